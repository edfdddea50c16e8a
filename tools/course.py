"""The commands behind the Makefile: set up the environment, build, test, serve and clean.

This file runs on a bare Python, from 3.8 on, so it imports the standard library only. It creates
``.venv`` from ``requirements.lock`` and hands every other job to a script that runs inside it. If
the course does not support the version of Python, uv finds or fetches one that it does.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SUPPORTED = range(11, 14)  # Python 3.11 to 3.13
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
UV_VENV = ROOT / "build" / "uv"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "course-stamp"
LOG = ROOT / "build" / "setup.log"
GRADING_VENV = ROOT / ".venv-grading"
GRADING_PYTHON = GRADING_VENV / "bin" / "python"
GRADING_LOCK = ROOT / "tools" / "grading" / "requirements.lock"
GRADING_STAMP = GRADING_VENV / "course-stamp"
CLASS = ROOT / "build" / "nbgrader"  # a class's submissions, gradebook and feedback
GRADING_VERBS = (
    "release",
    "solution",
    "collect",
    "due",
    "grade",
    "review",
    "feedback",
    "grades",
    "forget",
)
SITE = ROOT / "book" / "_build" / "html" / "index.html"


class SetupError(Exception):
    """What stops the set-up, in one sentence that also says what to do."""


class Clock:
    """Say what begins, and how long each finished part took.

    The last line of a command lists the parts, because a reader who waited wants to know for what.
    """

    def __init__(self) -> None:
        """Begin with no parts."""
        self.parts: list[tuple[str, float, bool]] = []

    def part(self, name: str, job: Callable[[], bool]) -> bool:
        """Run `job`, which returns whether it succeeded, and note its time."""
        print(f"\n── {name}", flush=True)
        start = time.perf_counter()
        succeeded = job()
        self.parts.append((name, time.perf_counter() - start, succeeded))
        return succeeded

    def report(self) -> bool:
        """Print the parts with their times, and return whether all of them succeeded."""
        print("\n── How long it took")
        for name, seconds, succeeded in self.parts:
            print(f"   {seconds:7.1f} s  {'' if succeeded else 'FAILED  '}{name}")
        return all(succeeded for _, _, succeeded in self.parts)


def environment_key() -> str:
    """Digest of everything that decides what stands in the environment."""
    package = (ROOT / "pyproject.toml").read_text(encoding="utf-8").split("\n[tool.")[0]
    return hashlib.sha256(repr([sys.version, LOCK.read_text(), package]).encode()).hexdigest()


def locked_version(package: str) -> str:
    """Return the version of `package` in the lock."""
    for line in LOCK.read_text().splitlines():
        name, separator, version = line.partition("==")
        if separator and name == package:
            return version.split(";")[0].strip()
    raise SetupError(
        f"{LOCK.name} does not list {package}; restore it with: git checkout {LOCK.name}"
    )


def uv_variables() -> dict[str, str]:
    """Return the environment for uv, which does not read pip's settings."""
    variables = dict(os.environ)
    if "PIP_INDEX_URL" in variables:
        variables.setdefault("UV_DEFAULT_INDEX", variables["PIP_INDEX_URL"])
    return variables


def logged(failure: str, *command: str | Path) -> None:
    """Run a command of the set-up; its output goes to the log.

    Raises
    ------
    SetupError
        With the sentence `failure`, when the command fails.
    """
    with LOG.open("a") as log:
        log.write("\n$ " + " ".join(map(str, command)) + "\n")
        log.flush()
        finished = subprocess.run(
            list(map(str, command)),
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            env=uv_variables(),
        )
    if finished.returncode != 0:
        raise SetupError(f"{failure} (details: {LOG.relative_to(ROOT)})")


def python_for_the_course(again: str) -> tuple[str, str]:
    """Return the Python at hand if the course runs with it, else what uv shall find or fetch.

    With it comes what to say when uv makes no environment of it; `again` says how to go on.
    """
    if sys.version_info[0] == 3 and sys.version_info[1] in SUPPORTED:
        return sys.executable, (
            "The environment .venv could not be created; see that this folder can be written and "
            "the disk is not full, then run the command again"
        )
    print(
        "   the course needs Python 3.{}, 3.{} or 3.{}, and this is {}.{}: ".format(
            *SUPPORTED, *sys.version_info
        )
        + "uv looks for one, or fetches it",
        flush=True,
    )
    return f">=3.{SUPPORTED[0]},<3.{SUPPORTED[-1] + 1}", (
        "No Python 3.{}, 3.{} or 3.{} was found, and none could be downloaded; ".format(*SUPPORTED)
        + f"{again}, or install one and name it with PYTHON=/path/to/python3"
    )


def set_up() -> bool:
    """Create ``.venv`` with the locked packages, unless it is there already."""
    key = environment_key()
    if VENV_PYTHON.exists() and STAMP.exists() and STAMP.read_text() == key:
        print("   the environment is there already (.venv)")
        return True
    LOG.parent.mkdir(parents=True, exist_ok=True)
    LOG.write_text("")
    again = "check the network connection (and the proxy settings), then run the command again"
    no_packages = f"The packages could not be downloaded; {again}"
    print("   installing uv, the installer", flush=True)
    logged(
        "Python could not create a virtual environment; on Debian and Ubuntu install the package "
        "python3-venv, then run the command again",
        *[sys.executable, "-m", "venv", "--clear", UV_VENV],
    )
    pip = [UV_VENV / "bin" / "python", "-m", "pip", "install", "--retries", "1"]
    logged(no_packages, *pip, f"uv=={locked_version('uv')}")
    uv = UV_VENV / "bin" / "uv"
    print("   creating .venv", flush=True)
    python, no_environment = python_for_the_course(again)
    # uv removes the old .venv, whatever it holds, but only after it has found a Python
    clear = ["--clear", "--force"]
    logged(no_environment, uv, "venv", "--no-project", *clear, "--python", python, VENV)
    print("   installing the locked packages (about 2 GB on disk, TensorFlow included)", flush=True)
    logged(no_packages, uv, "pip", "sync", "--python", VENV_PYTHON, LOCK)
    print("   installing the course's own package, helpers, and pip for yours", flush=True)
    logged(
        "The course's own package, helpers, could not be installed; check the network connection "
        "and that src/helpers is complete (git status), then run the command again",
        *[uv, "pip", "install", "--python", VENV_PYTHON, "--no-deps", "--editable", ROOT, "pip"],
    )
    STAMP.write_text(key)
    return True


def set_up_grading() -> bool:
    """Create ``.venv-grading``, where nbgrader lives, unless it is there already.

    It is an environment of its own, because in the learner's JupyterLab nbgrader would show an
    instructor's menu. It takes the same Python as ``.venv``.
    """
    learners = (VENV / "pyvenv.cfg").read_text(encoding="utf-8")
    key = hashlib.sha256(repr([learners, GRADING_LOCK.read_text()]).encode()).hexdigest()
    if GRADING_PYTHON.exists() and GRADING_STAMP.exists() and GRADING_STAMP.read_text() == key:
        return True
    LOG.parent.mkdir(parents=True, exist_ok=True)
    LOG.write_text("")
    uv = VENV / "bin" / "uv"
    print("   creating .venv-grading, where nbgrader lives", flush=True)
    python = VENV_PYTHON.resolve()  # not .venv itself, which a later set-up replaces
    logged(
        "The environment .venv-grading could not be created; see that this folder can be written "
        "and the disk is not full, then run the command again",
        *[uv, "venv", "--no-project", "--clear", "--force", "--python", python, GRADING_VENV],
    )
    logged(
        "The packages for grading could not be downloaded; check the network connection (and the "
        "proxy settings), then run the command again",
        *[uv, "pip", "sync", "--python", GRADING_PYTHON, GRADING_LOCK],
    )
    GRADING_STAMP.write_text(key)
    return True


def ready_to_grade() -> None:
    """See to both environments; say nothing where they are there already."""
    if not (VENV_PYTHON.exists() and STAMP.exists() and STAMP.read_text() == environment_key()):
        set_up()
    set_up_grading()


def grading(verb: str, arguments: Sequence[str]) -> bool:
    """Run a verb of ``tools/grade.py`` in the environment for grading."""
    ready_to_grade()
    return run(GRADING_PYTHON, ROOT / "tools" / "grade.py", verb, *arguments)


def run(*command: str | Path) -> bool:
    """Run a command inside the environment; return whether it succeeded."""
    search_path = f"{VENV_PYTHON.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    environment = {**os.environ, "PATH": search_path}
    process = subprocess.Popen(list(map(str, command)), cwd=ROOT, env=environment)
    interrupted = False
    while process.poll() is None:
        try:
            process.wait()
        except KeyboardInterrupt:  # the command has got it too, and ends what it has started
            interrupted = True
    if interrupted:
        raise KeyboardInterrupt
    return process.returncode == 0


def tool(name: str, *arguments: str) -> bool:
    """Run ``tools/<name>.py`` inside the environment."""
    return run(VENV_PYTHON, ROOT / "tools" / f"{name}.py", *arguments)


def ready(clock: Clock) -> bool:
    """Set up, and check the switches before anything takes minutes."""
    check = "import sys; from helpers import settings; sys.exit(settings.complaint())"
    return clock.part("Environment", lambda: set_up() and run(VENV_PYTHON, "-c", check))


def lint() -> bool:
    """Check the style of scripts and notebooks."""
    checked = run(VENV_PYTHON, "-m", "ruff", "check", ".")
    return run(VENV_PYTHON, "-m", "ruff", "format", "--check", ".") and checked


def make_book(clock: Clock) -> bool:
    """Set up, run the notebooks that changed, build the site."""
    built = ready(clock) and clock.part("Book: notebooks and site", lambda: tool("build_book"))
    succeeded = clock.report()
    if built:
        print(f"\nThe book is ready: {SITE.as_uri()}\nServe it with: make serve")
    return succeeded


def make_test(clock: Clock) -> bool:
    """Set up, then run every test; a failing part does not hide the later ones."""
    if ready(clock) and clock.part("Environment for grading", set_up_grading):
        # Three for two cores: a test waits for a browser, a kernel or a time limit now and then.
        side_by_side = ["-n", "3", "--dist", "loadfile", "--no-loadscope-reorder"]
        tests = [VENV_PYTHON, "-m", "pytest", *side_by_side, "-q"]
        clock.part("Style of code and notebooks (ruff)", lint)
        clock.part("Book: notebooks and site, warnings are errors", lambda: tool("build_book"))
        clock.part("Helpers, ledger, repository, grading and site (pytest)", lambda: run(*tests))
        clock.part(
            "Every notebook, cell by cell, under other seeds (nbval)",
            lambda: tool("check_notebooks"),
        )
        clock.part("The evidence of both runs", lambda: tool("compare_evidence"))
    succeeded = clock.report()
    print("\nAll tests passed." if succeeded else "\nSome tests failed: see above.")
    return succeeded


def make_clean() -> bool:
    """Remove what the commands made: the site, its caches and the environments.

    A class's submissions and grades are no cache: nothing could make them again.
    """
    made = ["book/_build", "book/_vendor", ".venv", ".venv-grading", ".venv-hub", ".pytest_cache"]
    paths = [ROOT / name for name in [*made, ".ruff_cache", ".hypothesis"]]
    paths += [path for path in (ROOT / "build").glob("*") if path != CLASS]
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        elif path.exists():
            path.unlink()
    kept = "my-course and the grades in build/nbgrader" if CLASS.exists() else "my-course"
    print(f"Removed the environments, the site and every cache; sources and {kept} are untouched.")
    return True


def after_set_up(job: Callable[[], bool]) -> Callable[[Clock], bool]:
    """Turn a plain job into a command that first sees to the environment."""
    return lambda clock: ready(clock) and job()


def commands(url: str = "", rest: Sequence[str] = ()) -> dict[str, Callable[[Clock], bool]]:
    """Return the commands by name; `url` is for the command address, `rest` for the verbs."""

    def verb(name: str) -> Callable[[Clock], bool]:
        return lambda clock: grading(name, rest)

    return {
        **{name: verb(name) for name in GRADING_VERBS},
        "setup": after_set_up(lambda: True),
        "book": make_book,
        "test": make_test,
        "lab": after_set_up(lambda: tool("lab")),
        "serve": lambda clock: (SITE.exists() or make_book(clock)) and tool("serve"),
        "bench": after_set_up(lambda: run(VENV_PYTHON, ROOT / "benchmarks" / "run.py")),
        "clean": lambda clock: make_clean(),
        "clean-notebooks": after_set_up(lambda: tool("clean_notebooks")),
        "seeds": after_set_up(lambda: tool("seed_sweep")),
        "screenshots": after_set_up(lambda: tool("screenshots", "build/screenshots")),
        "address": after_set_up(lambda: tool("address", url)),
    }


def main() -> int:
    """Run the command named on the command line; return its exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=sorted(commands()))
    parser.add_argument("url", nargs="?", default="", help="for the command address")
    parser.add_argument("rest", nargs=argparse.REMAINDER, help="for the commands that grade")
    options = parser.parse_args()
    try:
        return 0 if commands(options.url, options.rest)[options.command](Clock()) else 1
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        if options.command in ("lab", "serve", "review"):  # there is no other way to end them
            print("\nStopped.")
            return 0
        print("\nStopped. Run the command again to go on; what is finished is kept.")
        return 130


if __name__ == "__main__":
    sys.exit(main())
