"""Who handed in which file, whatever platform named it."""

from __future__ import annotations

import json
import os
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from grading import collect  # noqa: E402
from grading.course_root import Course, GradingError  # noqa: E402

A = "05-backpropagation"
NAMES = {
    f"ana/{A}.ipynb": "ana",
    f"ana/{A}/{A}.ipynb": "ana",
    f"ana_{A}.ipynb": "ana",
    f"ana ruiz - {A} (1).ipynb": "ana_ruiz",
    f"李明/{A}.ipynb": "李明",
    f"Олег Блохин_{A}.ipynb": "Олег_Блохин",
    "Zoë O'Neill_98765_assignsubmission_file_/my work.ipynb": "Zoë_O_Neill",
    f"Zoë O'Neill_98765_assignsubmission_file_{A}.ipynb": "Zoë_O_Neill",
    "محمد علي_11_assignsubmission_file/x.ipynb": "محمد_علي",
    f"ruizana_77_5021_{A}.ipynb": "ruizana_77",
    f"ruizana_LATE_77_5021_{A}-2.ipynb": "ruizana_77",
    "ruizana_77_5021_homework five.ipynb": "ruizana_77",
    "ana.ipynb": "ana",
    f"{A}_ana ruiz.ipynb": "ana_ruiz",
    f"{A}.ipynb": "",
    f"{A} (2).ipynb": "",
    "readme.txt": "",
}


@pytest.mark.parametrize("path", NAMES)
def test_a_name_tells_the_student(path: str) -> None:
    assert collect.who(collect.PurePosixPath(path), A)[0] == NAMES[path]


@pytest.mark.parametrize("name", ["..", "../..", "[a]*", "-x", "a\0b", "x" * 500, "/etc", "a,b\n"])
def test_a_name_is_a_harmless_folder(name: str) -> None:
    cleaned = collect.clean(name)
    assert not set(cleaned) & set("/*?[]\0,\n ")
    assert not cleaned.startswith((".", "-"))
    assert len(cleaned) <= 100


def test_one_name_composed_in_two_ways_is_one_student() -> None:
    assert collect.clean("Zoe\u0308") == collect.clean("Zo\u00eb")


@pytest.fixture
def course(tmp_path: Path) -> Course:
    made = Course(tmp_path / "class")
    (made.root / "source" / A).mkdir(parents=True)
    made.gradebook.touch()
    return made


def put(folder: Path, name: str, content: str = "{}", stamp: int = 1_700_000_000) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    os.utime(path, (stamp, stamp))
    return path


def submitted(course: Course) -> dict[str, str]:
    found = course.root.glob(f"submitted/*/{A}/*.ipynb")
    return {path.parts[-3]: path.read_text() for path in found}


def test_a_folder_is_taken_over_with_its_times(course: Course, tmp_path: Path) -> None:
    source = tmp_path / "down loads"
    for number, name in enumerate(NAMES):
        put(source / str(number), name, json.dumps(number))
    said: list[str] = []
    taken = collect.collect(course, A, source, said.append)
    assert set(taken.values()) == {"new"}
    assert {"李明", "Олег_Блохин", "Zoë_O_Neill", "محمد_علي", "ruizana_77", "ana"} <= set(taken)
    stamp = course.folder("submitted", "李明", A) / "timestamp.txt"
    assert stamp.read_text() == "2023-11-14 22:13:20 UTC\n"
    assert set(collect.collect(course, A, source, said.append).values()) == {"unchanged"}


def test_the_newest_notebook_counts_and_replaces(course: Course, tmp_path: Path) -> None:
    put(tmp_path / "in", f"ana/{A}.ipynb", "old", 1_700_000_000)
    put(tmp_path / "in", f"ana/{A} (1).ipynb", "new", 1_700_000_001)
    put(tmp_path / "in", "ana/scratch.ipynb", "other", 1_700_000_002)
    collect.collect(course, A, tmp_path / "in", lambda line: None)
    assert submitted(course) == {"ana": "new"}
    put(tmp_path / "in", f"ana/{A} (2).ipynb", "newest", 1_700_000_003)
    assert collect.collect(course, A, tmp_path / "in", lambda line: None) == {"ana": "replaced"}
    assert submitted(course) == {"ana": "newest"}


def test_an_older_one_replaces_nothing_unless_it_is_asked_for(
    course: Course, tmp_path: Path
) -> None:
    put(tmp_path / "in", f"ana/{A}.ipynb", "new", 1_700_000_001)
    collect.collect(course, A, tmp_path / "in", lambda line: None)
    put(tmp_path / "in", f"ana/{A}.ipynb", "old", 1_700_000_000)
    said: list[str] = []
    assert collect.collect(course, A, tmp_path / "in", said.append) == {"ana": "older"}
    assert "OPTIONS=--older takes it" in said[0]
    assert submitted(course) == {"ana": "new"}
    taken = collect.collect(course, A, tmp_path / "in", said.append, older=True)
    assert taken == {"ana": "replaced"}
    assert submitted(course) == {"ana": "old"}


def test_times_are_compared_whoever_wrote_them() -> None:
    ours, theirs = "2026-03-01 10:00:00 UTC", "2026-03-01 10:00:00.250000 UTC"
    assert collect.moment(f"{ours}\n") < collect.moment(theirs)
    assert collect.moment("2026-03-01 12:00:00+02:00") == collect.moment(ours)
    assert collect.moment("some day") is None


def test_two_students_of_one_name_are_told_apart(course: Course, tmp_path: Path) -> None:
    said: list[str] = []
    for number in (1, 2):
        put(tmp_path / "in", f"Li Wei_{number}_assignsubmission_file_/x.ipynb", str(number))
        collect.collect(course, A, tmp_path / "in", said.append)
    assert submitted(course) == {"Li_Wei": "1", "Li_Wei_1": "1", "Li_Wei_2": "2"}
    assert sum("Li_Wei: collected before" in line for line in said) == 2


def test_what_belongs_to_another_assignment_is_left_out(course: Course, tmp_path: Path) -> None:
    put(tmp_path / "in", f"ana/{A}.ipynb")
    put(tmp_path / "in", "bo/06-vanishing-gradients.ipynb")
    put(tmp_path / "in", "cy_06-Vanishing-Gradients (1).ipynb")
    said: list[str] = []
    assert set(collect.collect(course, A, tmp_path / "in", said.append)) == {"ana"}
    assert sum("named after 06-vanishing-gradients" in line for line in said) == 2


def test_a_link_is_not_followed(course: Course, tmp_path: Path) -> None:
    secret = put(tmp_path, "secret.ipynb", "secret")
    put(tmp_path / "in", f"ana/{A}.ipynb")
    (tmp_path / "in" / "eve").mkdir()
    (tmp_path / "in" / "eve" / f"{A}.ipynb").symlink_to(secret)
    (tmp_path / "in" / "mallory").symlink_to(tmp_path)
    collect.collect(course, A, tmp_path / "in", lambda line: None)
    assert set(submitted(course)) == {"ana"}


def test_without_a_notebook_the_files_are_kept_for_the_reason(
    course: Course, tmp_path: Path
) -> None:
    put(tmp_path / "in", "ana/report.pdf")
    collect.collect(course, A, tmp_path / "in", lambda line: None)
    kept = {path.name for path in course.folder("submitted", "ana", A).iterdir()}
    assert kept == {"report.pdf", "timestamp.txt"}


def test_a_zip_file_is_unpacked_inside_only(course: Course, tmp_path: Path) -> None:
    archive = tmp_path / "all.zip"
    with zipfile.ZipFile(archive, "w") as content:
        content.writestr(f"Ana Ruiz_1_assignsubmission_file_/{A}.ipynb", "{}")
        content.writestr(f"../../eve_{A}.ipynb", "{}")
    collect.collect(course, A, archive, lambda line: None)
    assert set(submitted(course)) == {"Ana_Ruiz", "eve"}
    assert list(tmp_path.glob("eve*")) == []


def test_what_is_not_there_is_named(course: Course, tmp_path: Path) -> None:
    with pytest.raises(GradingError, match=r"There is no .*nowhere"):
        collect.collect(course, A, tmp_path / "nowhere", lambda line: None)
    (tmp_path / "empty").mkdir()
    with pytest.raises(GradingError, match="no submission"):
        collect.collect(course, A, tmp_path / "empty", lambda line: None)
    put(tmp_path, "broken.zip", "no zip")
    with pytest.raises(GradingError, match="cannot be unpacked"):
        collect.collect(course, A, tmp_path / "broken.zip", lambda line: None)
    with pytest.raises(ValueError, match="Unknown assignment '06'"):
        collect.collect(course, "06", tmp_path, lambda line: None)
