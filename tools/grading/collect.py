"""Taking over a folder of submissions, whatever platform it was downloaded from."""

from __future__ import annotations

import datetime
import os
import re
import shutil
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grading.course_root import ROOT, Course, GradingError, write_whole

# Moodle: a folder, or with flat downloads a prefix, "Full Name_12345_assignsubmission_file_".
MOODLE = re.compile(
    r"(?P<name>.+)_(?P<number>\d+)_assignsubmission_(?:file|onlinetext)_?(?P<rest>.*)"
)
# Canvas: "lastfirst_123_456_file-1.ipynb", with LATE after the name if it came late.
CANVAS = re.compile(r"(?P<name>[^_]+?)_(?:LATE_)?(?P<user>\d+)_\d+_(?P<rest>.+)")
LARGEST = 50 * 2**20  # bytes of a file that is taken over; more is named, not copied
LONGEST_NAME = 100
STAMP = "%Y-%m-%d %H:%M:%S UTC"


@dataclass(frozen=True)
class Found:
    """A file that somebody handed in.

    Attributes
    ----------
    student
        The name under which its submission is kept.
    path
        Where the file is.
    number
        The platform's number of the submission, to tell students of one name apart.
    """

    student: str
    path: Path
    number: str = ""


def clean(name: str) -> str:
    """Return a name that can be a folder: letters of every script, digits, and ``. _ -``.

    Examples
    --------
    >>> clean("  李 明 ")
    '李_明'
    >>> clean("../O'Brien [x]")
    'O_Brien_x'
    """
    name = unicodedata.normalize("NFC", name)
    kept = "".join(
        letter if unicodedata.category(letter)[0] in "LMN" or letter in "._-" else " "
        for letter in name
    )
    return re.sub(r"\s+", "_", kept.strip(" ._-"))[:LONGEST_NAME].strip("._-")


def who(path: PurePosixPath, assignment: str) -> tuple[str, str]:
    """Return who handed in a file, and the platform's number of it, from its place and its name.

    Examples
    --------
    >>> who(PurePosixPath("ana/05-backpropagation.ipynb"), "05-backpropagation")
    ('ana', '')
    >>> who(PurePosixPath("ana_05-backpropagation.ipynb"), "05-backpropagation")
    ('ana', '')
    >>> who(PurePosixPath("Ana Ruiz_1234_assignsubmission_file_/x.ipynb"), "05-backpropagation")
    ('Ana_Ruiz', '1234')
    >>> who(PurePosixPath("ruizana_77_5021_05-backpropagation-1.ipynb"), "05-backpropagation")
    ('ruizana_77', '')
    >>> who(PurePosixPath("05-backpropagation_ana.ipynb"), "05-backpropagation")
    ('ana', '')
    >>> who(PurePosixPath("readme.txt"), "05-backpropagation")
    ('', '')
    """
    for part in reversed(path.parts):  # the folder that is nearest to the file
        moodle = MOODLE.fullmatch(part)
        if moodle:
            return clean(moodle["name"]), moodle["number"]
    canvas = CANVAS.fullmatch(path.name)
    if canvas:
        return clean(f"{canvas['name']}_{canvas['user']}"), ""
    prefix = re.fullmatch(rf"(.+?)[ _-]+{re.escape(assignment)}.*", path.stem, re.IGNORECASE)
    if prefix:
        return clean(prefix[1]), ""
    folders = [part for part in path.parts[:-1] if part != assignment]
    if folders:  # student/NN-slug.ipynb, or nbgrader's student/NN-slug/NN-slug.ipynb
        return clean(folders[-1]), ""
    if path.suffix.lower() != ".ipynb":
        return "", ""
    # A number alone behind the name is what a platform or a browser adds to a second file.
    rest = re.sub(rf"^{re.escape(assignment)}([ _-]*\(?\d*\)?$)?", "", path.stem, flags=re.I)
    return clean(rest), ""


def files_in(folder: Path) -> Iterator[Path]:
    """Give the plain files below a folder; no link, which could lead anywhere."""
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        hidden = any(part.startswith((".", "__MACOSX")) for part in inside.parts)
        linked = any(above.is_symlink() for above in [path, *path.parents][: len(inside.parts)])
        if not hidden and not linked and path.is_file():
            yield path


def unpacked(archive: Path, folder: Path) -> Path:
    """Unpack a platform's zip file; a file that is too large is left out.

    Raises
    ------
    GradingError
        If it is no zip file.
    """
    try:
        with zipfile.ZipFile(archive) as content:
            for member in content.infolist():
                if member.is_dir() or member.file_size > LARGEST:
                    continue
                target = Path(content.extract(member, folder))
                stamp = datetime.datetime(*member.date_time).timestamp()
                os.utime(target, (stamp, stamp))
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise GradingError(
            f"{archive.name} cannot be unpacked ({error}); download it again, or unpack it "
            "yourself and name the folder."
        ) from error
    return folder


def find(
    folder: Path, assignment: str
) -> tuple[dict[str, list[Found]], list[Path], dict[Path, str]]:
    """Return what each student handed in, the files of nobody, and those of other assignments.

    Two students of one name in one folder are told apart by the platform's numbers.
    """
    others = {path.name for path in (ROOT / "assignments").glob("*-*")} - {assignment}
    found, nobody, other = [], [], {}
    for path in files_in(folder):
        if slug := of_another(path, assignment, others):
            other[path] = slug
            continue
        student, number = who(PurePosixPath(path.relative_to(folder).as_posix()), assignment)
        if student:
            found.append(Found(student, path, number))
        else:
            nobody.append(path)
    numbers: dict[str, set[str]] = {}
    for each in found:
        numbers.setdefault(each.student.casefold(), set()).add(each.number)
    students: dict[str, list[Found]] = {}
    for each in found:
        several = len(numbers[each.student.casefold()]) > 1
        name = f"{each.student}_{each.number}" if several and each.number else each.student
        students.setdefault(name, []).append(each)
    return students, nobody, other


def chosen(files: list[Found], assignment: str) -> list[Path]:
    """Return which of a student's files count: the newest notebook, one of the right name first.

    Without any notebook all files count, so that grading can say what was handed in instead.
    """
    notebooks = [each.path for each in files if each.path.suffix.lower() == ".ipynb"]
    if not notebooks:
        return [each.path for each in files]
    named = [path for path in notebooks if assignment.casefold() in path.stem.casefold()]
    return [max(named or notebooks, key=lambda path: (path.stat().st_mtime, path.name))]


def of_another(path: Path, assignment: str, others: set[str]) -> str | None:
    """Return the other assignment that a file is named after, or None."""
    name = path.stem.casefold()
    if assignment.casefold() in name:
        return None
    return next((other for other in sorted(others) if other.casefold() in name), None)


def moment(stamp: str) -> datetime.datetime | None:
    """Return the time in a ``timestamp.txt``, ours or the exchange's; None if it is no time."""
    try:
        time = datetime.datetime.fromisoformat(stamp.strip().removesuffix(" UTC"))
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=datetime.UTC)


def is_older(new: Path, old: Path) -> bool:
    """Tell whether a submission was handed in before the one that is kept."""
    stamps = [folder / "timestamp.txt" for folder in (new, old)]
    times = [moment(stamp.read_text()) if stamp.is_file() else None for stamp in stamps]
    return None not in times and times[0] < times[1]


def take(
    course: Course, assignment: str, student: str, paths: list[Path], *, older: bool = False
) -> str:
    """Copy what a student handed in to where nbgrader looks for it; say if it is new or another.

    What is older than what was collected before is left, unless `older` asks for it.

    The time of the file is the time of the submission, unless a ``timestamp.txt`` lies beside it.
    """
    target = course.folder("submitted", student, assignment)
    new = target.with_name(f".new-{assignment}")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    for path in paths:
        if path.stat().st_size > LARGEST:
            (new / f"{clean(path.stem)} (too large){path.suffix}.txt").touch()
        elif path.suffix.lower() == ".ipynb":
            shutil.copyfile(path, new / f"{assignment}.ipynb")
        elif path.name != "timestamp.txt":
            shutil.copyfile(path, new / path.name)
    newest = max(path.stat().st_mtime for path in paths)
    stamp = datetime.datetime.fromtimestamp(newest, datetime.UTC).strftime(STAMP)
    given = paths[0].with_name("timestamp.txt")
    if given.is_file() and not given.is_symlink():
        stamp = given.read_text(encoding="utf-8", errors="replace").strip()[:40] or stamp
    write_whole(new / "timestamp.txt", f"{stamp}\n")
    before = {path.name: path.read_bytes() for path in target.glob("*")} if target.exists() else {}
    after = {path.name: path.read_bytes() for path in new.glob("*")}
    if before == after:
        shutil.rmtree(new)
        return "unchanged"
    if before and not older and is_older(new, target):
        shutil.rmtree(new)
        return "older"
    shutil.rmtree(target, ignore_errors=True)
    new.rename(target)
    return "replaced" if before else "new"


def collect(
    course: Course,
    assignment: str,
    source: Path,
    tell: Callable[[str], object] = print,
    *,
    older: bool = False,
) -> dict[str, str]:
    """Take over a folder, or a zip file, of submissions.

    Returns
    -------
    dict
        For each student whether the submission is ``new``, ``replaced``, ``unchanged``, or
        ``older`` than the one that is kept.

    Raises
    ------
    GradingError
        If there is no such folder, or nothing in it.
    """
    course.check(assignment)
    course.write_settings()
    if not source.exists():
        raise GradingError(
            f"There is no {source}; name the folder, or the zip file, that you downloaded: "
            f"make collect ASSIGNMENT={assignment} FROM=folder"
        )
    unpacking = course.root / "work" / "unpacked"
    shutil.rmtree(unpacking, ignore_errors=True)
    try:
        folder = unpacked(source, unpacking) if source.is_file() else source
        students, nobody, other = find(folder, assignment)
        if not students:
            raise GradingError(f"{source} holds no submission whose student can be told.")
        taken = {}
        for student, files in sorted(students.items()):
            paths = chosen(files, assignment)
            taken[student] = take(course, assignment, student, paths, older=older)
            more = len(files) - len(paths)
            note = f" (the newest notebook; others left: {more})" if more else ""
            if taken[student] == "older":
                note = " than what was collected before: left; OPTIONS=--older takes it"
            tell(f"{student}: {taken[student]}{note}")
            alone = files[0].student
            if student != alone and course.folder("submitted", alone, assignment).is_dir():
                tell(f"{alone}: collected before, and one of several of that name; see whose it is")
        for path in nobody:
            tell(f"{path.name}: left out, because nothing says whose it is")
        for path, slug in other.items():
            tell(f"{path.name}: left out, because it is named after {slug}")
    finally:
        shutil.rmtree(unpacking, ignore_errors=True)
    return taken
