"""The commands: what they say when something is missing, and which Python they take."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import course
import pytest

ROOT = Path(__file__).resolve().parents[2]

# A Python that says it is 3.14, or 3.$MINOR. Its environments hold itself, and its pip installs the
# file $UV.
NEW_PYTHON = """\
import os, runpy, shutil, sys
from pathlib import Path
sys.executable, *arguments = sys.argv[1:]
sys.version_info = (3, int(os.environ.get("MINOR", 14)), 0, "final", 0)
if arguments[0] == "-c":
    exec(arguments[1])
elif arguments[:2] == ["-m", "venv"]:
    (Path(arguments[-1]) / "bin").mkdir(parents=True)
    shutil.copy(sys.executable, Path(arguments[-1]) / "bin" / "python")
elif arguments[:3] == ["-m", "pip", "install"]:
    shutil.copy(os.environ["UV"], Path(sys.executable).with_name("uv"))
else:
    sys.argv = arguments
    runpy.run_path(arguments[0], run_name="__main__")
"""
# An uv that writes down what it is asked for, and makes environments with the tests' own Python.
FAKE_UV = f"""\
#!/bin/sh
echo "$@" >> asked
if [ "$1" = venv ]; then
  for folder; do :; done
  mkdir -p "$folder/bin"
  printf '#!/bin/sh\\nexec {sys.executable} "$@"\\n' > "$folder/bin/python"
  chmod +x "$folder/bin/python"
fi
"""


def make(folder: Path, *arguments: str, **variables: object) -> subprocess.CompletedProcess:
    """Run make in `folder`, with only the environment variables that a command needs."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [shutil.which("make"), *arguments],
        cwd=folder,
        env={**environment, **{name: str(value) for name, value in variables.items()}},
        capture_output=True,
        text=True,
    )


def sentence(result: subprocess.CompletedProcess) -> str:
    """The one sentence on stderr of a command that failed, beside make's own lines."""
    assert result.returncode != 0
    lines = [line for line in result.stderr.splitlines() if line and not line.startswith("make")]
    assert len(lines) == 1, lines
    return lines[0]


def program(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The files that the set-up needs, in a folder of their own."""
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools" / "course.py", tmp_path / "tools")
    return tmp_path


@pytest.fixture
def new_python(copy: Path) -> Path:
    """A Python that is newer than the course supports."""
    script = copy / "new-python.py"
    script.write_text(NEW_PYTHON)
    return program(
        copy / "new-python", f'#!/bin/sh\nexec {sys.executable} {script} "$(realpath "$0")" "$@"\n'
    )


def test_without_python_one_sentence_says_so(copy: Path) -> None:
    bare = copy / "bin"
    bare.mkdir()
    for name in ("sh", "make"):
        (bare / name).symlink_to(shutil.which(name))
    assert "needs a Python of 3.8 or newer" in sentence(make(copy, "book", PATH=bare))


def test_what_is_no_python_is_named(copy: Path) -> None:
    none = program(copy / "no-python", "#!/bin/sh\nexit 1\n")
    assert str(none) in sentence(make(copy, "test", f"PYTHON={none}"))


def test_an_old_python_can_read_the_set_up() -> None:
    source = (ROOT / "tools" / "course.py").read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 8))
    imported = {
        alias.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    assert "tomllib" not in imported  # of 3.11


def test_another_python_asks_uv_for_one_that_the_course_supports(
    copy: Path, new_python: Path
) -> None:
    uv = program(copy / "uv", FAKE_UV)
    result = make(copy, "setup", f"PYTHON={new_python}", UV=uv)
    assert result.returncode == 0, result.stderr
    assert "needs Python 3.11, 3.12 or 3.13, and this is 3.14: uv looks for one" in result.stdout
    asked = (copy / "asked").read_text().splitlines()
    assert "venv --no-project --clear --force --python >=3.11,<3.14" in asked[0]
    assert "pip sync" in asked[1]
    again = make(copy, "setup", f"PYTHON={new_python}", UV=uv)
    assert "is there already" in again.stdout
    assert (copy / "asked").read_text().splitlines() == asked


def test_where_no_python_can_be_fetched_one_sentence_says_so(copy: Path, new_python: Path) -> None:
    uv = Path(sys.executable).with_name("uv")
    kept = copy / ".venv" / "kept"
    kept.parent.mkdir()
    kept.touch()
    nothing = {"UV_PYTHON_PREFERENCE": "only-managed", "UV_PYTHON_INSTALL_DIR": copy / "none"}
    result = make(copy, "book", f"PYTHON={new_python}", UV=uv, UV_OFFLINE=1, **nothing)
    said = sentence(result)
    assert "No Python 3.11, 3.12 or 3.13 was found, and none could be downloaded" in said
    assert "PYTHON=/path/to/python3" in said
    assert kept.exists(), "the environment that was there is removed once there is a Python"


def test_where_a_python_is_there_nobody_is_sent_to_look_for_one(
    copy: Path, new_python: Path
) -> None:
    uv = program(copy / "uv", "#!/bin/sh\nexit 1\n")
    said = sentence(make(copy, "book", f"PYTHON={new_python}", UV=uv, MINOR=12))
    assert said.startswith("The environment .venv could not be created")
    assert "build/setup.log" in said


def test_uv_asks_the_index_that_pip_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", "https://index.example.org")
    assert course.uv_variables()["UV_DEFAULT_INDEX"] == "https://index.example.org"
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://other.example.org")
    assert course.uv_variables()["UV_DEFAULT_INDEX"] == "https://other.example.org"


def test_without_a_network_one_sentence_says_so(copy: Path) -> None:
    nowhere = "http://127.0.0.1:9"
    result = make(
        copy,
        "book",
        f"PYTHON={sys.executable}",
        PIP_NO_CACHE_DIR=1,
        HTTP_PROXY=nowhere,
        HTTPS_PROXY=nowhere,
        PIP_CONFIG_FILE=os.devnull,
    )
    assert "check the network connection" in sentence(result)
    assert (copy / "build" / "setup.log").exists()
    assert not (copy / ".venv" / "course-stamp").exists()


@pytest.mark.parametrize("command", ["book", "test", "seeds"])
@pytest.mark.parametrize(
    ("switch", "value", "allowed"),
    [
        ("COURSE_SEED", "many", "an integer from 0 to 99,999"),
        ("COURSE_DATA", "half", "embedded or full"),
        ("COURSE_REPOSITORY", "http://host.org/a/b", "the https address of a repository"),
    ],
)
def test_a_bad_switch_stops_a_command_at_once(
    copy: Path, new_python: Path, command: str, switch: str, value: str, allowed: str
) -> None:
    uv = program(copy / "uv", FAKE_UV)
    result = make(copy, command, f"PYTHON={new_python}", UV=uv, **{switch: value})
    assert f"{switch} is {value!r}. Allowed: {allowed}" in sentence(result)
    assert "──" in result.stdout
    assert "Book:" not in result.stdout
    assert "Style" not in result.stdout


def test_every_command_of_the_makefile_exists() -> None:
    names = (ROOT / "Makefile").read_text().split("COMMANDS := ")[1].splitlines()[0].split()
    assert set(names) == set(course.commands())


def test_the_clock_reports_failures(capsys: pytest.CaptureFixture[str]) -> None:
    clock = course.Clock()
    clock.part("good part", lambda: True)
    clock.part("bad part", lambda: False)
    assert not clock.report()
    output = capsys.readouterr().out
    assert "FAILED  bad part" in output
    assert "FAILED  good part" not in output


def test_the_environment_follows_the_lock(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = course.environment_key()
    changed = tmp_path / "requirements.lock"
    changed.write_text(course.LOCK.read_text().replace("numpy==", "numpy==9"))
    monkeypatch.setattr(course, "LOCK", changed)
    assert course.environment_key() != before


def test_a_package_that_the_lock_lacks_is_named() -> None:
    with pytest.raises(course.SetupError, match="does not list no-such-package"):
        course.locked_version("no-such-package")


# --- Grading --------------------------------------------------------------------------------------


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The script works in a folder of this test's own."""
    for name, value in list(vars(course).items()):
        if isinstance(value, Path) and value.is_relative_to(ROOT):
            monkeypatch.setattr(course, name, tmp_path / value.relative_to(ROOT))
    return tmp_path


def test_clean_keeps_the_grades_of_a_class(
    elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("build/nbgrader/gradebook.db", "build/vendor/x.js", ".venv-grading/x", "src/x"):
        (elsewhere / name).parent.mkdir(parents=True, exist_ok=True)
        (elsewhere / name).touch()
    (elsewhere / "build" / "setup.log").touch()
    course.make_clean()
    left = {path.relative_to(elsewhere).as_posix() for path in elsewhere.rglob("*")}
    kept = {"build", "build/nbgrader", "build/nbgrader/gradebook.db", "src", "src/x"}
    assert left == kept
    assert "the grades in build/nbgrader are untouched" in capsys.readouterr().out


def test_grading_gets_an_environment_of_its_own_once(elsewhere: Path) -> None:
    for name in (".venv/bin/python", ".venv/pyvenv.cfg", "tools/grading/requirements.lock"):
        (elsewhere / name).parent.mkdir(parents=True, exist_ok=True)
        (elsewhere / name).write_text("one")
    program(elsewhere / ".venv" / "bin" / "uv", FAKE_UV)
    assert course.set_up_grading()
    asked = (elsewhere / "asked").read_text().splitlines()
    assert "venv --no-project --clear" in asked[0]
    assert asked[0].endswith(".venv-grading")
    assert asked[1].startswith("pip sync")
    assert course.set_up_grading()
    assert (elsewhere / "asked").read_text().splitlines() == asked
    (elsewhere / "tools" / "grading" / "requirements.lock").write_text("two")
    assert course.set_up_grading()
    assert len((elsewhere / "asked").read_text().splitlines()) == 4
