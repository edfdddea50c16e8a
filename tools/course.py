"""The commands behind the Makefile: set up the environment, build, test, serve and clean.

This file runs on a bare Python 3.11-3.13, so it imports the standard library only. It creates
``.venv`` from ``requirements.lock`` and hands every other job to a script that runs inside it.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
VENV_BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
VENV_PYTHON = VENV_BIN / ("python.exe" if os.name == "nt" else "python")
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "course-stamp"
LOG = ROOT / "build" / "setup.log"
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
    package = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    parts = [sys.version, LOCK.read_text(), package["project"], package["build-system"]]
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def is_set_up() -> bool:
    """Whether ``.venv`` is complete and was made from the present lock."""
    return VENV_PYTHON.exists() and STAMP.exists() and STAMP.read_text() == environment_key()


def has_same_python() -> bool:
    """Whether ``.venv`` works and belongs to the Python that runs this file."""
    if not VENV_PYTHON.exists():
        return False
    command = [str(VENV_PYTHON), "-c", "import sys; print(sys.version, end='')"]
    answer = subprocess.run(command, capture_output=True, text=True)
    return answer.returncode == 0 and answer.stdout == sys.version


def locked_version(package: str) -> str:
    """Return the version of `package` in the lock."""
    for line in LOCK.read_text().splitlines():
        name, separator, version = line.partition("==")
        if separator and name == package:
            return version.split(";")[0].strip()
    raise SetupError(
        f"{LOCK.name} does not list {package}; restore it with: git checkout {LOCK.name}"
    )


def logged(command: Sequence[str | Path], failure: str) -> None:
    """Run a command of the set-up; its output goes to the log.

    Raises
    ------
    SetupError
        With the sentence `failure`, when the command fails.
    """
    LOG.parent.mkdir(parents=True, exist_ok=True)
    variables = dict(os.environ)
    if "PIP_INDEX_URL" in variables:  # uv does not read pip's settings
        variables.setdefault("UV_DEFAULT_INDEX", variables["PIP_INDEX_URL"])
    with LOG.open("a") as log:
        log.write("\n$ " + " ".join(map(str, command)) + "\n")
        log.flush()
        finished = subprocess.run(
            list(map(str, command)), stdout=log, stderr=subprocess.STDOUT, cwd=ROOT, env=variables
        )
    if finished.returncode != 0:
        raise SetupError(f"{failure} (details: {LOG.relative_to(ROOT)})")


def set_up() -> bool:
    """Create ``.venv`` with the locked packages, unless it is there already."""
    if is_set_up():
        print("   the environment is there already (.venv)")
        return True
    if STAMP.exists():
        STAMP.unlink()
    if LOG.exists():
        LOG.unlink()
    if not has_same_python():
        print("   creating .venv", flush=True)
        logged(
            [sys.executable, "-m", "venv", "--clear", VENV],
            "Python could not create a virtual environment; on Debian and Ubuntu install the "
            "package python3-venv, then run the command again",
        )
    no_network = (
        "The packages could not be downloaded; check the network connection (and the proxy "
        "settings), then run the command again"
    )
    print("   installing uv, the installer", flush=True)
    uv = f"uv=={locked_version('uv')}"
    logged([VENV_PYTHON, "-m", "pip", "install", "--retries", "1", uv], no_network)
    print("   installing the locked packages (about 2 GB on disk, TensorFlow included)", flush=True)
    installer = VENV_BIN / "uv"
    in_environment = ["--python", VENV_PYTHON]
    logged([installer, "pip", "sync", *in_environment, LOCK], no_network)
    print("   installing the course's own package, helpers", flush=True)
    own_package = ["--no-deps", "--editable", ROOT]
    logged(
        [installer, "pip", "install", *in_environment, *own_package],
        "The course's own package, helpers, could not be installed; check the network connection "
        "and that src/helpers is complete (git status), then run the command again",
    )
    STAMP.write_text(environment_key())
    return True


def run(*command: str | Path, **variables: str) -> bool:
    """Run a command inside the environment; return whether it succeeded."""
    search_path = f"{VENV_BIN}{os.pathsep}{os.environ.get('PATH', '')}"
    environment = {**os.environ, "PATH": search_path, **variables}
    return subprocess.run(list(map(str, command)), cwd=ROOT, env=environment).returncode == 0


def tool(name: str, *arguments: str) -> bool:
    """Run ``tools/<name>.py`` inside the environment."""
    return run(VENV_PYTHON, ROOT / "tools" / f"{name}.py", *arguments)


def pytest(*arguments: str) -> bool:
    """Run pytest inside the environment.

    Two workers share the processors, and matrix products that each want all of them slow down many
    times over; so every process gets one thread.
    """
    one_thread = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    return run(VENV_PYTHON, "-m", "pytest", *arguments, **one_thread)


def lint() -> bool:
    """Check the style of scripts and notebooks."""
    checked = run(VENV_PYTHON, "-m", "ruff", "check", ".")
    return run(VENV_PYTHON, "-m", "ruff", "format", "--check", ".") and checked


def make_book(clock: Clock) -> bool:
    """Set up, run the notebooks that changed, build the site."""
    built = clock.part("Environment", set_up) and clock.part(
        "Book: notebooks and site", lambda: tool("build_book")
    )
    succeeded = clock.report()
    if built:
        print(f"\nThe book is ready: {SITE.as_uri()}\nServe it with: make serve")
    return succeeded


def make_test(clock: Clock) -> bool:
    """Set up, then run every test; a failing part does not hide the later ones."""
    if clock.part("Environment", set_up):
        workers = ["-n", "2", "--dist", "loadfile", "-q"]
        clock.part("Style of code and notebooks (ruff)", lint)
        clock.part("Book: notebooks and site, warnings are errors", lambda: tool("build_book"))
        clock.part(
            "Helpers, ledger, repository and site (pytest)", lambda: pytest(*workers, "tests")
        )
        clock.part(
            "Every notebook, cell by cell (nbval)",
            lambda: pytest(
                *workers,
                "--nbval-lax",
                "--nbval-current-env",
                "--nbval-cell-timeout=300",
                "notebooks",
            ),
        )
    succeeded = clock.report()
    print("\nAll tests passed." if succeeded else "\nSome tests failed: see above.")
    return succeeded


def make_clean() -> bool:
    """Remove what the commands made: the site, its caches and the environment."""
    made = ["book/_build", "book/_vendor", "build", ".venv", ".pytest_cache", ".ruff_cache"]
    for name in [*made, ".hypothesis"]:
        shutil.rmtree(ROOT / name, ignore_errors=True)
    print("Removed the environment, the site and every cache; the sources are untouched.")
    return True


def after_set_up(job: Callable[[], bool]) -> Callable[[Clock], bool]:
    """Turn a plain job into a command that first sees to the environment."""
    return lambda clock: clock.part("Environment", set_up) and job()


def commands() -> dict[str, Callable[[Clock], bool]]:
    """Return the commands by name."""
    return {
        "setup": after_set_up(lambda: True),
        "book": make_book,
        "test": make_test,
        "lab": after_set_up(
            lambda: run(VENV_PYTHON, "-m", "jupyter", "lab", "--notebook-dir", "notebooks")
        ),
        "serve": lambda clock: (SITE.exists() or make_book(clock)) and tool("serve"),
        "bench": after_set_up(lambda: run(VENV_PYTHON, ROOT / "benchmarks" / "run.py")),
        "clean": lambda clock: make_clean(),
        "clean-notebooks": after_set_up(lambda: tool("clean_notebooks")),
        "seeds": after_set_up(lambda: tool("seed_sweep")),
        "screenshots": after_set_up(lambda: tool("screenshots", "build/screenshots")),
    }


def main() -> int:
    """Run the command named on the command line; return its exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=sorted(commands()))
    name = parser.parse_args().command
    command = commands()[name]
    try:
        return 0 if command(Clock()) else 1
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        if name in ("lab", "serve"):  # there is no other way to end them
            print("\nStopped.")
            return 0
        print("\nStopped. Run the command again to go on; what is finished is kept.")
        return 130


if __name__ == "__main__":
    sys.exit(main())
