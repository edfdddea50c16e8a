"""nbgrader's Formgrader, where tasks in words are graded by hand.

It shows submissions and runs none of them; it has no sandbox.
"""

from __future__ import annotations

import os
import subprocess
import sys

from grading.course_root import Course


def command(course: Course, port: int, *, browser: bool) -> list[str]:
    """Return the command line of a Jupyter server that shows only the class, on this computer."""
    options = [
        f"--ServerApp.root_dir={course.root}",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.default_url=/formgrader",
        "--ServerApp.jpserver_extensions=nbgrader.server_extensions.formgrader=True",
        "--ServerApp.terminals_enabled=False",
    ]
    if os.geteuid() == 0:
        options.append("--allow-root")
    if not browser:
        options.append("--no-browser")
    return [sys.executable, "-m", "jupyter_server", *options]


def review(course: Course, port: int, *, browser: bool) -> int:
    """Serve the Formgrader until it is stopped; return the exit status."""
    course.write_settings()
    print("Formgrader is starting; stop it with Ctrl-C.", flush=True)
    try:
        return subprocess.run(command(course, port, browser=browser), cwd=course.root).returncode
    except KeyboardInterrupt:
        return 0
