"""The two commands: what they say when something is missing, and what they reuse."""

import importlib.util
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]


def load(name: str):
    """Import a script of tools/ as a module, independent of other tests."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def make(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess:
    """Run make in `folder`, with only the environment variables that a command needs."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [shutil.which("make"), *arguments],
        cwd=folder,
        env={**environment, **variables},
        capture_output=True,
        text=True,
    )


@pytest.fixture
def copy(tmp_path):
    """The files that the set-up needs, in a folder of their own."""
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(
        ROOT / "tools", tmp_path / "tools", ignore=shutil.ignore_patterns("__pycache__")
    )
    return tmp_path


def sentences(result: subprocess.CompletedProcess) -> list[str]:
    """Lines on stderr without make's own."""
    return [line for line in result.stderr.splitlines() if line and not line.startswith("make")]


def test_without_python_one_sentence_names_the_versions(copy):
    bare = copy / "bin"
    bare.mkdir()
    for name in ("sh", "make"):
        (bare / name).symlink_to(shutil.which(name))
    result = make(copy, "book", PATH=str(bare))
    assert result.returncode != 0
    assert len(sentences(result)) == 1
    assert "needs Python 3.11, 3.12 or 3.13, and none was found" in sentences(result)[0]


def test_another_version_of_python_is_named(copy):
    old = copy / "old-python"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(old.stat().st_mode | stat.S_IXUSR)
    result = make(copy, "test", f"PYTHON={old}")
    assert result.returncode != 0
    assert len(sentences(result)) == 1
    assert str(old) in sentences(result)[0]


def test_without_a_network_one_sentence_says_so(copy):
    nowhere = "http://127.0.0.1:9"
    result = make(
        copy,
        "book",
        f"PYTHON={sys.executable}",
        PIP_NO_CACHE_DIR="1",
        HTTP_PROXY=nowhere,
        HTTPS_PROXY=nowhere,
        PIP_CONFIG_FILE=os.devnull,
    )
    assert result.returncode != 0
    assert len(sentences(result)) == 1
    assert "check the network connection" in sentences(result)[0]
    assert (copy / "build" / "setup.log").exists()
    assert not (copy / ".venv" / "course-stamp").exists()


def test_the_site_scripts_need_a_network_too(tmp_path, monkeypatch):
    build = load("build_book")
    monkeypatch.setattr(build, "VENDOR", tmp_path / "vendor")
    monkeypatch.setattr(build, "VENDOR_WORK", tmp_path / "work")
    for name in ("npm_config_proxy", "npm_config_https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "empty"))
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    with pytest.raises(build.BuildError, match="check the network connection"):
        build.fetch_site_scripts()
    assert not (tmp_path / "work" / "vendor.key").exists()


def test_every_command_of_the_makefile_exists():
    names = (ROOT / "Makefile").read_text().split("COMMANDS := ")[1].splitlines()[0].split()
    assert set(names) == set(load("course").commands())


def test_the_clock_reports_failures(capsys):
    clock = load("course").Clock()
    clock.part("good part", lambda: True)
    clock.part("bad part", lambda: False)
    assert not clock.report()
    output = capsys.readouterr().out
    assert "FAILED  bad part" in output
    assert "FAILED  good part" not in output


def test_the_environment_follows_the_lock(monkeypatch, tmp_path):
    course = load("course")
    before = course.environment_key()
    changed = tmp_path / "requirements.lock"
    changed.write_text(course.LOCK.read_text().replace("numpy==", "numpy==9"))
    monkeypatch.setattr(course, "LOCK", changed)
    assert course.environment_key() != before


def test_a_package_that_the_lock_lacks_is_named():
    course = load("course")
    with pytest.raises(course.SetupError, match="does not list no-such-package"):
        course.locked_version("no-such-package")


def notebook(source: str) -> nbformat.NotebookNode:
    cell = nbformat.v4.new_code_cell(source, id="only")
    return nbformat.v4.new_notebook(
        cells=[cell], metadata=load("clean_notebooks").NOTEBOOK_METADATA
    )


@pytest.fixture
def small_repository(tmp_path, monkeypatch):
    """A repository with one helper, a ledger and one page, seen through build_book."""
    build = load("build_book")
    places = {
        "src/helpers/one.py": "value = 1\n",
        "book/claims.yml": "claims: []\n",
        "book/_toc.yml": "root: book/intro\nchapters:\n- file: notebooks/01-a\n",
        "book/intro.md": "# Intro\n",
        "requirements.lock": "numpy==2\n",
    }
    for name, text in places.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "notebooks").mkdir()
    monkeypatch.setattr(build, "ROOT", tmp_path)
    monkeypatch.setattr(build, "BOOK", tmp_path / "book")
    monkeypatch.setattr(build, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(build, "CACHE_KEY", tmp_path / "notebooks.key")
    monkeypatch.setattr(build, "__file__", str(tmp_path / "requirements.lock"))
    return build


def run_and_say(build, capsys) -> str:
    build.run_notebooks()
    return capsys.readouterr().out


def test_notebooks_run_again_only_when_needed(small_repository, capsys):
    build, root = small_repository, small_repository.ROOT
    nbformat.write(notebook("print(1)"), root / "notebooks" / "01-a.ipynb")
    assert "01-a.ipynb: running" in run_and_say(build, capsys)
    assert "01-a.ipynb: unchanged" in run_and_say(build, capsys)
    for changed in ("src/helpers/one.py", "book/claims.yml"):
        (root / changed).write_text("# changed\n")
        assert "01-a.ipynb: running" in run_and_say(build, capsys), changed
        assert "01-a.ipynb: unchanged" in run_and_say(build, capsys)
    nbformat.write(notebook("print(2)"), root / "notebooks" / "01-a.ipynb")
    assert "01-a.ipynb: running" in run_and_say(build, capsys)


def test_another_seed_runs_the_notebooks_again(small_repository, capsys, monkeypatch):
    build = small_repository
    nbformat.write(notebook("print(1)"), build.ROOT / "notebooks" / "01-a.ipynb")
    run_and_say(build, capsys)
    monkeypatch.setenv("COURSE_SEED", "7")
    assert "01-a.ipynb: running" in run_and_say(build, capsys)


def test_a_failing_cell_stops_the_build_and_is_shown(small_repository):
    build = small_repository
    path = build.ROOT / "notebooks" / "01-a.ipynb"
    nbformat.write(notebook("raise RuntimeError('the evidence is gone')"), path)
    with pytest.raises(build.BuildError, match=r"01-a.ipynb failed(.|\n)*the evidence is gone"):
        build.run_notebooks()


def test_a_ledger_that_is_no_yaml_stops_the_build_early(small_repository):
    build = small_repository
    (build.BOOK / "claims.yml").write_text("claims: [unclosed\n")
    with pytest.raises(build.BuildError, match=r"claims.yml cannot be read(.|\n)*line"):
        build.check_ledger()


def test_site_key_sees_every_source(small_repository):
    build, root = small_repository, small_repository.ROOT
    keys = {build.digest(build.files_under(root / "src", root / "book"))}
    for name in ("src/helpers/one.py", "book/claims.yml", "book/intro.md", "book/_toc.yml"):
        (root / name).write_text((root / name).read_text() + "\n")
        keys.add(build.digest(build.files_under(root / "src", root / "book")))
    assert len(keys) == 5
