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

from grading import collect, naming  # noqa: E402
from grading.course_root import Course, GradingError  # noqa: E402

A = "05-backpropagation"
NAMES = {
    f"ana/{A}.ipynb": "ana",
    f"ana/{A}/{A}.ipynb": "ana",
    f"ana_{A}.ipynb": "ana",
    f"ana/{A}/drafts/x.ipynb": "ana",
    f"ana/drafts/{A}.ipynb": "ana",
    f"{A}/ana/{A}.ipynb": "ana",
    f"{A}/ana.ipynb": "ana",
    f"ana ruiz - {A} (1).ipynb": "ana_ruiz",
    f"李明/{A}.ipynb": "李明",
    f"Олег Блохин_{A}.ipynb": "Олег_Блохин",
    "Zoë O'Neill_98765_assignsubmission_file_/my work.ipynb": "Zoë_O_Neill",
    f"Zoë O'Neill_98765_assignsubmission_file_{A}.ipynb": "Zoë_O_Neill",
    "محمد علي_11_assignsubmission_file/x.ipynb": "محمد_علي",
    f"ruizana_77_5021_{A}.ipynb": "ruizana_77",
    f"ruizana_LATE_77_5021_{A}-2.ipynb": "ruizana_77",
    "ruizana_77_5021_homework five.ipynb": "ruizana_77",
    f"Week 5_aruiz_attempt_2026-03-01-10-00-00_{A}.ipynb": "aruiz",
    "Week_5_3_aruiz_Versuch_2026-03-01-10-00-00_x.ipynb": "aruiz",
    "Week 5_aruiz_attempt_2026-03-01-10-00-00.txt": "aruiz",
    f"12345-67890 - Ana Ruiz - Mar 1, 2026 1000 AM - {A}.ipynb": "Ana_Ruiz",
    "12345-67890 - Ana Ruiz - 01 March 2026 612 PM/my - own.ipynb": "Ana_Ruiz",
    "12345-67890 - aruiz Ana Ruiz-Gil - 1 mars 2026 10h00/x.ipynb": "aruiz_Ana_Ruiz-Gil",
    "Ruiz, Ana(aruiz)/Submission attachment(s)/x.ipynb": "Ruiz_Ana_aruiz",
    "Ruiz, Ana(aruiz)/提出物の添付ファイル/x.ipynb": "Ruiz_Ana_aruiz",
    f"{A}/Ruiz (Gil), Ana(aruiz)/Submission attachment(s)/x.ipynb": "Ruiz_Gil_Ana_aruiz",
    "Ruiz, Ana(aruiz)_Submission attachment(s)_x.ipynb": "Ruiz_Ana_aruiz",
    "ana.ipynb": "ana",
    f"{A}_ana ruiz.ipynb": "ana_ruiz",
    f"{A}.ipynb": "",
    f"{A} (2).ipynb": "",
    "readme.txt": "",
}


# What a student calls a file, or a folder of their own, makes it nobody else's.
NOT_BO = {
    f"eve/{A}/bo_1_assignsubmission_file_/x.ipynb": "eve",
    f"eve/{A}/W_bo_attempt_2099-03-01-10-00-00_x.ipynb": "eve",
    f"eve/bo_{A}.ipynb": "eve",
    "Eve_9_assignsubmission_file_/W_bo_attempt_2099-03-01-10-00-00_x.ipynb": "Eve",
    "Eve_9_assignsubmission_file_Bo_1_assignsubmission_file_x.ipynb": "Eve",
    "W_eve_attempt_2026-03-01-10-00-00_W_bo_attempt_2099-03-01-10-00-00_x.ipynb": "eve",
    "1-9 - Eve - Mar 1, 2026 1000 AM - 2-9 - Bo - Mar 1, 2099 1000 AM - x.ipynb": "Eve",
    "Eve, E(eve)_Submission attachment(s)_Bo, B(bo)_Submission attachment(s)_x.ipynb": "Eve_E_eve",
}


@pytest.mark.parametrize(("path", "student"), [*NAMES.items(), *NOT_BO.items()])
def test_a_name_tells_the_student(path: str, student: str) -> None:
    owner = naming.owner(naming.PurePosixPath(path), A)
    assert (owner.name if owner else "") == student


LONG = ["x" * 500, "李" * 90, "\U00020000" * 90]


@pytest.mark.parametrize("name", ["..", "../..", "[a]*", "-x", "a\0b", "/etc", "a,b\n", *LONG])
def test_a_name_is_a_harmless_folder(name: str, tmp_path: Path) -> None:
    cleaned = naming.clean(name)
    assert not set(cleaned) & set("/*?[]\0,\n ")
    assert not cleaned.startswith((".", "-"))
    (tmp_path / f"{cleaned}_12345678901-feedback.log").touch()  # the longest that is made of it


def test_one_name_composed_in_two_ways_is_one_student() -> None:
    assert naming.clean("Zoe\u0308") == naming.clean("Zo\u00eb")


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
    names = [f"李明/{A}.ipynb", f"Олег Блохин_{A}.ipynb", f"ana/drafts/{A}.ipynb", "readme.txt"]
    for number, name in enumerate(names):
        put(source / "in a zip file", name, json.dumps(number))
    said: list[str] = []
    taken = collect.collect(course, A, source, said.append)
    assert taken == dict.fromkeys(["李明", "Олег_Блохин", "ana"], "new")
    assert "readme.txt: left out, because nothing says whose it is" in said
    assert f"ana: new, from in a zip file/ana/drafts/{A}.ipynb" in said
    stamp = course.folder("submitted", "李明", A) / "timestamp.txt"
    assert stamp.read_text() == "2023-11-14 22:13:20 UTC\n"
    assert set(collect.collect(course, A, source, said.append).values()) == {"unchanged"}


BLACKBOARD = "Week 5_{}_attempt_2026-03-0{}-10-00-00_{}.ipynb"
BRIGHTSPACE = "Week 5/{}-99 - {} - Mar {}, 2026 1000 AM/{}.ipynb"
SAKAI = "Week 5/{}/Submission attachment(s)/{}.ipynb"


def test_of_several_attempts_on_blackboard_the_last_counts(course: Course, tmp_path: Path) -> None:
    put(tmp_path / "in", BLACKBOARD.format("aruiz", 2, "final"), "second", 1_700_000_000)
    put(tmp_path / "in", BLACKBOARD.format("aruiz", 1, A), "first", 1_700_000_009)
    put(tmp_path / "in", "Week 5_aruiz_attempt_2026-03-01-10-00-00.txt", "a note")
    put(tmp_path / "in", BLACKBOARD.format("bli", 1, A), "other")
    said: list[str] = []
    collect.collect(course, A, tmp_path / "in", said.append)
    assert submitted(course) == {"aruiz": "second", "bli": "other"}
    assert "(the newest; other notebooks left: 1)" in said[0]
    stamp = course.folder("submitted", "aruiz", A) / "timestamp.txt"
    assert collect.moment(stamp.read_text()).timestamp() == naming.seconds("2026-03-02-10-00-00")
    put(tmp_path / "later", BLACKBOARD.format("aruiz", 3, "x"), "third", 1_600_000_000)
    assert collect.collect(course, A, tmp_path / "later", said.append) == {"aruiz": "replaced"}


def test_of_several_attempts_on_brightspace_the_last_counts(course: Course, tmp_path: Path) -> None:
    put(tmp_path / "in", BRIGHTSPACE.format(11, "Ana Ruiz", 11, "x"), "second", 1_700_000_000)
    put(tmp_path / "in", BRIGHTSPACE.format(11, "Ana Ruiz", 9, A), "first", 1_700_000_009)
    put(tmp_path / "in", BRIGHTSPACE.format(12, "Li Wei", 1, A), "other")
    put(tmp_path / "in", BRIGHTSPACE.format(13, "Li Wei", 1, A), "another")
    put(tmp_path / "in", "Week 5/index.html", "<html>")
    said: list[str] = []
    collect.collect(course, A, tmp_path / "in", said.append)
    assert submitted(course) == {"Ana_Ruiz": "second", "Li_Wei_12": "other", "Li_Wei_13": "another"}
    assert "index.html: left out, because nothing says whose it is" in said


@pytest.mark.parametrize("beside", [[], [f"dan/{A}.ipynb", f"cy_{A}.ipynb"]])
@pytest.mark.parametrize("people", [["Ruiz, Ana(aruiz)", "Li, Bo(bli)"], ["Ruiz, Ana(aruiz)"]])
def test_sakai_names_the_student_above_the_attachments(
    people: list[str], beside: list[str], course: Course, tmp_path: Path
) -> None:
    for name in beside:
        put(tmp_path / "in", name)
    for person in people:
        put(tmp_path / "in", SAKAI.format(person, A), person)
        put(tmp_path / "in", f"Week 5/{person}/timestamp.txt", "2026-03-01T10:00:00.500Z")
    put(tmp_path / "in", "Week 5/grades.csv", "a,b")
    said: list[str] = []
    taken = collect.collect(course, A, tmp_path / "in", said.append)
    names = [*map(naming.clean, people), *(["cy", "dan"] if beside else [])]
    assert taken == dict.fromkeys(names, "new")
    assert "grades.csv: left out, because nothing says whose it is" in said
    stamp = course.folder("submitted", "Ruiz_Ana_aruiz", A) / "timestamp.txt"
    assert stamp.read_text() == "2026-03-01 10:00:00 UTC\n"


SEVERAL = {
    "the folders of a section": [f"one/ana/{A}.ipynb", f"one/bo/{A}.ipynb", f"two/cy/{A}.ipynb"],
    "the files of a section": [f"one/ana_{A}.ipynb", f"one/bo_{A}.ipynb", f"two/cy_{A}.ipynb"],
    "names that become one": [f"o'neill/{A}.ipynb", f"o neill/{A}.ipynb"],
    "names too long to tell apart": [f"{'李' * 60}{last}/{A}.ipynb" for last in "明天"],
    "users with an underscore": [BLACKBOARD.format(f"{who}_ruiz", 1, A) for who in "ab"],
    "a file called like another": [f"bo/{A}.ipynb", f"eve/{BLACKBOARD.format('bo', 1, A)}"],
}


@pytest.mark.parametrize("names", SEVERAL.values(), ids=SEVERAL)
def test_several_people_do_not_become_one(names: list[str], course: Course, tmp_path: Path) -> None:
    for name in [*names, f"dan/{A}.ipynb"]:
        put(tmp_path / "in", name, name)
    said: list[str] = []
    taken = collect.collect(course, A, tmp_path / "in", said.append)
    left = [student for student, what in taken.items() if what == "unclear"]
    assert len(left) == 1
    assert f"LEFT OUT: {left[0]} seems to be several people, and would be one student:" in said
    assert f"   {names[0]}" in said
    assert f"   {names[1]}" in said
    assert not set(names[:2]) & set(submitted(course).values())
    assert f"dan/{A}.ipynb" in submitted(course).values()


def test_a_student_s_own_folders_are_one_student_s(course: Course, tmp_path: Path) -> None:
    for name in (f"{A}.ipynb", "scratch.ipynb", f"old_{A}.ipynb", f"old/{A}.ipynb", "data.csv"):
        put(tmp_path / "in", f"ana/{name}", name, 1_700_000_000 + ("old" not in name))
    assert collect.collect(course, A, tmp_path / "in", lambda line: None) == {"ana": "new"}
    assert submitted(course) == {"ana": f"{A}.ipynb"}


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
    assert collect.moment("20260301100000000") == collect.moment("2026-03-01T10:00:00Z")
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


def locked(folder: Path) -> Path:
    """A zip file with a member that claims to need a password."""
    archive = folder / "locked.zip"
    with zipfile.ZipFile(archive, "w") as content:
        content.writestr(f"ana_{A}.ipynb", "{}")
        content.writestr(f"bo_{A}.ipynb", "{}")
    data = bytearray(archive.read_bytes())
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    archive.write_bytes(data)
    return archive


def test_a_zip_file_with_a_password_is_refused_whole(course: Course, tmp_path: Path) -> None:
    archive = locked(tmp_path)
    with pytest.raises(GradingError, match=r"cannot be unpacked \(.*encrypted.*nothing of it"):
        collect.collect(course, A, archive, lambda line: None)
    assert submitted(course) == {}
    assert not (course.root / "work" / "unpacked").exists()
    assert archive.exists()


def test_what_a_zip_file_holds_too_much_of_is_named(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collect, "LARGEST", 10)
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as content:
        content.writestr(zipfile.ZipInfo(f"ana_{A}.ipynb", (1980, 0, 0, 0, 0, 0)), "{}")
        content.writestr(f"bo_{A}.ipynb", "{" + 20 * " " + "}")
    said: list[str] = []
    collect.collect(course, A, tmp_path / "all.zip", said.append)
    assert f"bo_{A}.ipynb: left out, because it is larger than 50 MB" in said
    assert submitted(course) == {"ana": "{}"}


def test_what_is_not_there_is_named(course: Course, tmp_path: Path) -> None:
    with pytest.raises(GradingError, match=r"There is no .*nowhere"):
        collect.collect(course, A, tmp_path / "nowhere", lambda line: None)
    (tmp_path / "empty").mkdir()
    with pytest.raises(GradingError, match="no submission"):
        collect.collect(course, A, tmp_path / "empty", lambda line: None)
    put(tmp_path / "empty", "all of them.zip", "no zip")
    with pytest.raises(GradingError, match=r"name the zip file: FROM='.*/all of them\.zip'"):
        collect.collect(course, A, tmp_path / "empty", lambda line: None)
    put(tmp_path, "broken.zip", "no zip")
    with pytest.raises(GradingError, match="cannot be unpacked"):
        collect.collect(course, A, tmp_path / "broken.zip", lambda line: None)
    with pytest.raises(ValueError, match="Unknown assignment '06'"):
        collect.collect(course, "06", tmp_path, lambda line: None)
