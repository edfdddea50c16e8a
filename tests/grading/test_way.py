"""The way of an instructor: collect, due date, grade, review, table, pages."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import tiny
from bs4 import BeautifulSoup
from classes import ROOT, Class, needs_sandbox

pytestmark = [needs_sandbox, pytest.mark.slow]

SCRIPT = "<script>document.title = 'taken over'</script><img src=x onerror='alert(1)'>"
SHOWS = f"from IPython.display import HTML, display\ndisplay(HTML({SCRIPT!r}))\n"

DRAWS = """from IPython.display import display
for length in (300_000, 900_000):
    display({"image/png": length * "A", "text/plain": "a figure"}, raw=True)
"""


@pytest.fixture(scope="module")
def done(released: Path, set_up, release, tmp_path_factory) -> Class:
    """A class that went all the way."""
    folder = tmp_path_factory.mktemp("way")
    shutil.copytree(released, folder / "class")
    course = Class(folder / "class", set_up.GRADING_PYTHON)
    words = "Because $x^2$ grows." + SCRIPT
    good = tiny.answered(release, words=words, relu=SHOWS + tiny.RELU)
    handed_in = {
        f"李 明_{tiny.ASSIGNMENT}.ipynb": json.dumps(good),
        "Ana Ruiz_7_assignsubmission_file_/x.ipynb": json.dumps(release),
        "=evil_5_6_x.ipynb": "not a notebook <b>",
        f"late/{tiny.ASSIGNMENT}.ipynb": json.dumps(
            tiny.answered(release, slope=DRAWS + tiny.SLOPE)
        ),
        "pdf/report.pdf": "%PDF",
    }
    for name, text in handed_in.items():
        path = folder / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        day = 8 if name.startswith("late") else 1
        os.utime(path, (1_772_323_200 + 86_400 * (day - 1),) * 2)  # 2026-03-01 is day 1
    for verb in (
        ("collect", tiny.ASSIGNMENT, "--from", folder / "in"),
        ("due", tiny.ASSIGNMENT, "2026-03-05T00:00+00:00"),
        ("grade", tiny.ASSIGNMENT),
        ("grades",),
        ("feedback", tiny.ASSIGNMENT),
    ):
        result = course.run(*verb)
        assert result.returncode == 0, result.stdout + result.stderr
    return course


def table(course: Class) -> list[dict[str, str]]:
    text = (course.root / "grades.csv").read_text(encoding="utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def test_the_table_has_the_ungraded_apart_from_the_zeros(done: Class) -> None:
    rows = {row["student"]: row for row in table(done)}
    assert {name: (row["score"], row["status"]) for name, row in rows.items()} == {
        "Ana_Ruiz": ("0", "graded"),
        "late": ("6", "graded"),
        "李_明": ("6", "needs manual grading"),
        "evil_5": ("", "ungraded"),
        "pdf": ("", "ungraded"),
    }
    assert [row["status"] for row in table(done)][-2:] == ["ungraded"] * 2
    assert rows["李_明"]["reason"] == "to be graded by hand: words"
    assert "ungraded, because the file 01-tiny.ipynb is no notebook" in rows["evil_5"]["reason"]
    assert "no notebook was handed in (report.pdf)" in rows["pdf"]["reason"]
    assert rows["late"]["late"] == "3 d"
    assert rows["Ana_Ruiz"]["late"] == ""


def test_each_student_gets_a_page(done: Class) -> None:
    pages = {path.parts[-3]: path for path in done.root.glob("feedback/*/*/*.html")}
    assert set(pages) == {"Ana_Ruiz", "late", "李_明", "evil_5", "pdf"}
    good = pages["李_明"].read_text(encoding="utf-8")
    assert "6.0" in good
    assert "Because" in good
    assert "Not graded yet</b> (to be graded by hand: words)" in good
    assert "test_relu</a> (Score" in good
    assert "A tiny assignment" in BeautifulSoup(good, "html.parser").h1.text
    assert "&lt;p&gt;" not in good
    told = pages["evil_5"].read_text(encoding="utf-8")
    assert "no grade yet" in told
    assert "<b>" not in told


def test_a_test_is_folded_unless_it_has_cost_points(done: Class) -> None:
    for student, unfolded in {"李_明": False, "Ana_Ruiz": True}.items():
        [path] = done.root.glob(f"feedback/{student}/*/*.html")
        page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        tests = page.select("details")
        assert [each["id"] for each in tests] == ["test_relu", "test_relu_hidden", "test_slope"]
        assert {each.has_attr("open") for each in tests} == {unfolded}
        assert tests[0].summary.text == f"test_relu: {0 if unfolded else 1} of 1 points"
        assert "relu(" in tests[0].text


def test_a_page_asks_no_other_server_and_runs_nobody_s_script(done: Class) -> None:
    for path in done.root.glob("feedback/*/*/*.html"):
        page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        loaded = [tag.get("src") or tag.get("href") for tag in page.select("script, link, img")]
        assert [name for name in loaded if name and re.match(r"(https?:)?//", name)] == []
        assert "taken over" not in "".join(tag.text for tag in page.select("script"))
        assert page.select("[onerror]") == []


def test_a_figure_is_on_the_page_and_a_heap_of_them_is_not(done: Class) -> None:
    text = next(done.root.glob("feedback/late/*/*.html")).read_text(encoding="utf-8")
    pictures = BeautifulSoup(text, "html.parser").select('img[src^="data:image/png"]')
    assert [len(picture["src"]) // 100_000 for picture in pictures] == [3]
    assert text.count("output cut off") == 1


def test_mathjax_is_ours_or_formulas_stay_legible(done: Class) -> None:
    page = next(done.root.glob("feedback/李_明/*/*.html"))
    text = page.read_text(encoding="utf-8")
    if (ROOT / "book" / "_vendor" / "mathjax").exists():
        assert 'src="mathjax/tex-mml-chtml.js"' in text
        assert (page.parent / "mathjax" / "tex-mml-chtml.js").is_file()
    else:
        assert "mathjax/" not in text
    assert "$x^2$" in text


def test_the_page_is_made_of_ours_when_it_is_there(set_up) -> None:
    script = (
        "import sys; sys.path[:0] = ['tools', 'src']\n"
        "from grading.feedback import served_by_us\n"
        'page = \'<head><!-- Load mathjax --><script src="https://x/y.js"> </script>a'
        "<!-- End of mathjax configuration --></head>$x$<SCRIPT SRC=//a.b/c></SCRIPT>'\n"
        "print(served_by_us(page, mathjax=True))\nprint(served_by_us(page, mathjax=False))"
    )
    said = subprocess.run(
        [set_up.GRADING_PYTHON, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    ours, bare = said.rsplit("<head>", 1)
    assert bare.strip() == "</head>$x$"
    assert '<script src="mathjax/tex-mml-chtml.js" defer></script>' in ours
    assert "//x" not in ours


def test_a_text_becomes_html_without_scripts_and_boxes(set_up) -> None:
    script = (
        "import sys; sys.path[:0] = ['tools', 'src']\n"
        "from grading.pages import safe_markdown\n"
        "print(safe_markdown('## A\\n\\n:::{note} Read\\n:class: tip\\n\\nthis\\n\\n:::\\n\\n"
        '| a |\\n|---|\\n| 1 |\\n\\n<p onclick="x()">b</p><script>c()</script>\'))'
    )
    said = subprocess.run(
        [set_up.GRADING_PYTHON, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    page = BeautifulSoup(said, "html.parser")
    assert page.h2.text.startswith("A")
    assert page.strong.text == "Read"
    assert page.td.text == "1"
    assert ":::" not in said
    assert ":class:" not in said
    assert page.find("script") is None
    assert page.select("[onclick]") == []


def test_an_extension_counts(done: Class) -> None:
    result = done.run("due", tiny.ASSIGNMENT, "2026-03-09T00:00+00:00", "--student", "late")
    assert result.returncode == 0, result.stderr
    done.run("grades")
    assert {row["student"]: row["late"] for row in table(done)}["late"] == ""
    ungraded = done.run("due", tiny.ASSIGNMENT, "2026-03-09T00:00+00:00", "--student", "pdf")
    assert (ungraded.returncode, ungraded.stderr) == (0, "")
    result = done.run("due", tiny.ASSIGNMENT, "2026-03-09T00:00+00:00", "--student", "latte")
    assert result.returncode == 1
    assert "did you mean 'late'?" in result.stderr


def test_a_student_s_name_reaches_no_other_folder(done: Class) -> None:
    made = {path.name for path in (done.root / "submitted").iterdir()}
    assert made == {"Ana_Ruiz", "late", "李_明", "evil_5", "pdf"}


def test_a_student_can_be_forgotten(done: Class, tmp_path: Path) -> None:
    shutil.copytree(done.root, tmp_path / "class")
    course = Class(tmp_path / "class", done.python)
    copy = course.root / "backups" / "gradebook-of-today.db"
    shutil.copy(course.root / "gradebook.db", copy)
    others = {row["student"] for row in table(course)} - {"李_明"}
    (course.root / "work" / tiny.ASSIGNMENT / "李_明" / "left").mkdir(parents=True)
    result = course.run("forget", "李_明")
    assert result.returncode == 0, result.stderr
    assert {row["student"] for row in table(course)} == others
    left = [str(path) for path in course.root.rglob("*") if "李_明" in str(path)]
    held = [path for path in course.root.rglob("*") if path.is_file()]
    left += [str(path) for path in held if "李_明".encode() in path.read_bytes()]
    assert left == [], "and no file, backups and tables included, still names the student"
    result = course.run("forget", "late ")
    assert result.returncode == 1
    assert "did you mean 'late'?" in result.stderr
    result = Class(tmp_path / "nowhere", done.python).run("forget", "late")
    assert result.returncode == 1
    assert "There is no class in" in result.stderr


# --- What is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "verb",
    ["release", "solution", "collect", "due", "grade", "review", "feedback", "grades", "forget"],
)
def test_each_verb_explains_itself(verb: str, course: Class) -> None:
    result = course.run(verb, "--help")
    assert result.returncode == 0
    assert len(result.stdout) > 100


def test_what_is_unknown_is_named(course: Class) -> None:
    (course.root / "source" / "03-written").mkdir()
    for arguments, words in {
        ("grade", "02-tiny"): "Unknown assignment '02-tiny' (did you mean '01-tiny'?)",
        ("grade", "01-tiny"): "Nothing was handed in for 01-tiny",
        ("grade", "03-written"): "03-written is written but not released",
        ("collect", "01-tiny"): "Name the folder",
        ("due", "01-tiny"): "make due ASSIGNMENT=01-tiny DATE=",
        ("forget",): "make forget STUDENT=name",
        ("release", "09-dead-relu"): "did you mean '09-dead-relus'?",
    }.items():
        result = course.run(*arguments)
        assert result.returncode == 1
        assert words in result.stderr


def test_what_seems_to_be_of_several_people_makes_itself_heard(
    course: Class, tmp_path: Path
) -> None:
    for name in ("one/ana/x.ipynb", "one/bo/x.ipynb", "cy/x.ipynb"):
        (tmp_path / "in" / name).parent.mkdir(parents=True)
        (tmp_path / "in" / name).touch()
    result = course.run("collect", tiny.ASSIGNMENT, "--from", tmp_path / "in")
    assert result.returncode == 1
    assert "LEFT OUT: one seems to be several people" in result.stdout
    assert "Submissions: 1, new or replaced: 1. Left out, see above: 1." in result.stdout


def test_without_bubblewrap_it_refuses_and_says_why(
    course: Class, release: tiny.Notebook, tmp_path: Path
) -> None:
    tiny.hand_in(course.root, "ana", tiny.answered(release))
    bare = tmp_path / "bin"
    bare.mkdir()
    for name in ("prlimit", "setpriv", "ps"):
        (bare / name).symlink_to(shutil.which(name))
    result = course.run("grade", tiny.ASSIGNMENT, PATH=str(bare))
    assert result.returncode == 1
    assert "bwrap is not installed" in result.stderr
    assert "could change every grade" in result.stderr
    assert "--unsafe" in result.stderr
    assert course.scores() == {}
    result = course.run("grade", tiny.ASSIGNMENT, "--unsafe", PATH=str(bare))
    assert result.returncode == 0, result.stderr
    assert course.scores() == {"ana": tiny.TESTS}


def test_the_examples_in_the_code_are_true(set_up) -> None:
    script = (
        "import doctest, importlib, pathlib, sys; sys.path[:0] = ['tools', 'src']\n"
        "names = [path.stem for path in pathlib.Path('tools/grading').glob('*.py')]\n"
        "tried = [doctest.testmod(importlib.import_module(f'grading.{name}')) for name in names]\n"
        "print(sum(each.failed for each in tried), sum(each.attempted for each in tried))"
    )
    said = subprocess.run(
        [set_up.GRADING_PYTHON, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    failed, attempted = map(int, said.split()[-2:])
    assert failed == 0, said
    assert attempted >= 8
