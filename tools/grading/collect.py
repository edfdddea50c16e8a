"""Taking over a folder of submissions, whatever platform it was downloaded from."""

from __future__ import annotations

import datetime
import os
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from grading.course_root import ROOT, Course, GradingError, write_whole
from grading.naming import Owner, clean, owner, several, shared

LARGEST = 50 * 2**20  # bytes of a file that is taken over; more is named, not copied
STAMP = "%Y-%m-%d %H:%M:%S UTC"


@dataclass(frozen=True)
class Found:
    """A file that somebody handed in.

    Attributes
    ----------
    path
        Where the file is.
    place
        Where it is below the folder that holds everybody's.
    owner
        Who handed it in.
    """

    path: Path
    place: PurePosixPath
    owner: Owner

    @property
    def is_notebook(self) -> bool:
        """Whether it is a notebook by its name."""
        return self.path.suffix.lower() == ".ipynb"


@dataclass
class Findings:
    """What lies in a folder.

    Attributes
    ----------
    students
        What each student handed in.
    unclear
        What would be one student's, and seems to be several people's.
    nobody
        What nothing tells the student of.
    other
        What is named after another assignment, with that.
    """

    students: dict[str, list[Found]] = field(default_factory=dict)
    unclear: dict[str, list[Found]] = field(default_factory=dict)
    nobody: list[Path] = field(default_factory=list)
    other: dict[Path, str] = field(default_factory=dict)


def files_in(folder: Path) -> Iterator[Path]:
    """Give the plain files below a folder; no link, which could lead anywhere."""
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        hidden = any(part.startswith((".", "__MACOSX")) for part in inside.parts)
        linked = any(above.is_symlink() for above in [path, *path.parents][: len(inside.parts)])
        if not hidden and not linked and path.is_file():
            yield path


def unpacked(archive: Path, folder: Path, tell: Callable[[str], object]) -> Path:
    """Unpack a platform's zip file; a file that is too large is left out, and named.

    Raises
    ------
    GradingError
        If it is no zip file, or needs a password.
    """
    try:
        with zipfile.ZipFile(archive) as content:
            for member in content.infolist():
                if member.is_dir():
                    continue
                if member.file_size > LARGEST:
                    tell(f"{member.filename}: left out, because it is larger than 50 MB")
                    continue
                target = Path(content.extract(member, folder))
                os.utime(target, (packed(member, archive),) * 2)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
        # RuntimeError: a password is needed, or the method of packing is unknown
        raise GradingError(
            f"{archive.name} cannot be unpacked ({error}), and nothing of it was collected; "
            "download it again, or unpack it yourself and name the folder."
        ) from error
    return folder


def packed(member: zipfile.ZipInfo, archive: Path) -> float:
    """Return when a file was last changed before it was packed, in seconds."""
    try:
        return datetime.datetime(*member.date_time).timestamp()
    except ValueError:  # some programs write a month 0
        return archive.stat().st_mtime


def find(folder: Path, assignment: str) -> Findings:
    """Return what lies in a folder, and whose it is.

    Two students of one name in one folder are told apart by the platform's numbers.
    """
    others = {path.name for path in (ROOT / "assignments").glob("*-*")} - {assignment}
    findings = Findings()
    places = {}
    for path in files_in(folder):
        if slug := of_another(path, assignment, others):
            findings.other[path] = slug
        else:
            places[path] = PurePosixPath(path.relative_to(folder).as_posix())
    notebooks = [place for path, place in places.items() if path.suffix.lower() == ".ipynb"]
    decisive = notebooks or list(places.values())
    above = decisive[0].parts[: shared(decisive, assignment)] if decisive else ()
    found = []
    for path, place in places.items():
        if place.parts[: len(above)] == above:
            place = PurePosixPath(*place.parts[len(above) :])
        whose = owner(place, assignment)
        if whose is None:
            findings.nobody.append(path)
        else:
            found.append(Found(path, place, whose))
    numbers: dict[str, set[str]] = {}
    for each in found:
        numbers.setdefault(each.owner.name.casefold(), set()).add(each.owner.number)
    for each in found:
        name, number = each.owner.name, each.owner.number
        alone = len(numbers[name.casefold()]) == 1 or not number
        findings.students.setdefault(name if alone else f"{name}_{number}", []).append(each)
    # The folders that a platform lays around its students' work hold lists of its own as well.
    platform = {str(up) for each in found if not each.owner.depth for up in each.place.parents}
    for student, files in list(findings.students.items()):
        pairs = [(each.place, each.owner) for each in files if each.is_notebook]
        if several(pairs, assignment):
            findings.unclear[student] = findings.students.pop(student)
        elif not pairs and any(each.owner.origin in platform for each in files):
            findings.nobody += [each.path for each in findings.students.pop(student)]
    return findings


def chosen(files: Sequence[Found], assignment: str) -> list[Found]:
    """Return which of a student's files count: the newest notebook, one of the right name first.

    Where the platform keeps each attempt, it is one of the last attempt. Without any notebook all
    files count, so that grading can say what was handed in instead.
    """

    def order(each: Found) -> tuple[float, bool, float, str]:
        named = assignment.casefold() in each.path.stem.casefold()
        return each.owner.seconds or 0.0, named, each.path.stat().st_mtime, each.path.name

    notebooks = [each for each in files if each.is_notebook]
    return [max(notebooks, key=order)] if notebooks else list(files)


def stamp(files: Sequence[Found]) -> str:
    """Return when what counts was handed in.

    The name may tell it, or a ``timestamp.txt`` in the student's folder; else it is the time of
    the file.
    """
    first = files[0]
    time = None
    if first.owner.seconds is None:
        within = len(first.place.parts) - max(first.owner.depth, 1)
        notes = [above / "timestamp.txt" for above in first.path.parents[:within]]
        note = next((note for note in notes if note.is_file() and not note.is_symlink()), None)
        time = moment(note.read_text(encoding="utf-8", errors="replace")) if note else None
    if time is None:
        newest = first.owner.seconds or max(each.path.stat().st_mtime for each in files)
        time = datetime.datetime.fromtimestamp(newest, datetime.UTC)
    return time.astimezone(datetime.UTC).strftime(STAMP)


def of_another(path: Path, assignment: str, others: set[str]) -> str | None:
    """Return the other assignment that a file is named after, or None."""
    name = path.stem.casefold()
    if assignment.casefold() in name:
        return None
    return next((other for other in sorted(others) if other.casefold() in name), None)


def moment(stamp: str) -> datetime.datetime | None:
    """Return the time in a ``timestamp.txt``, ours or the exchange's; None if it is no time."""
    text = stamp.strip().removesuffix(" UTC")
    if len(text) == 17 and text.isdecimal():  # Sakai's, before its version 12
        text = f"{text[:8]}T{text[8:14]}"
    try:
        time = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=datetime.UTC)


def is_older(new: Path, old: Path) -> bool:
    """Tell whether a submission was handed in before the one that is kept."""
    stamps = [folder / "timestamp.txt" for folder in (new, old)]
    times = [moment(stamp.read_text()) if stamp.is_file() else None for stamp in stamps]
    return None not in times and times[0] < times[1]


def take(
    course: Course, assignment: str, student: str, files: Sequence[Found], *, older: bool = False
) -> str:
    """Copy what a student handed in to where nbgrader looks for it; say if it is new or another.

    What is older than what was collected before is left, unless `older` asks for it.
    """
    target = course.folder("submitted", student, assignment)
    new = target.with_name(f".new-{assignment}")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    for path in (each.path for each in files):
        if path.stat().st_size > LARGEST:
            (new / f"{clean(path.stem)} (too large){path.suffix}.txt").touch()
        elif path.suffix.lower() == ".ipynb":
            shutil.copyfile(path, new / f"{assignment}.ipynb")
        elif path.name != "timestamp.txt":
            shutil.copyfile(path, new / path.name)
    write_whole(new / "timestamp.txt", f"{stamp(files)}\n")
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
        For each student whether the submission is ``new``, ``replaced``, ``unchanged``, ``older``
        than the one that is kept, or ``unclear``: it seems to be several people's, and is left.

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
        folder = unpacked(source, unpacking, tell) if source.is_file() else source
        findings = find(folder, assignment)
        if not findings.students and not findings.unclear:
            zips = [path for path in findings.nobody if path.suffix.lower() == ".zip"]
            name = f" Or name the zip file: FROM='{zips[0]}'" if zips else ""
            raise GradingError(f"{source} holds no submission whose student can be told.{name}")
        taken = {}
        for student, files in sorted(findings.students.items()):
            counted = chosen(files, assignment)
            taken[student] = take(course, assignment, student, counted, older=older)
            note = f", from {counted[0].path.relative_to(folder)}"
            more = sum(each.is_notebook for each in files) - 1
            if taken[student] == "older":
                note = " than what was collected before: left; OPTIONS=--older takes it"
            elif more > 0:
                note += f" (the newest; other notebooks left: {more})"
            tell(f"{student}: {taken[student]}{note}")
            alone = files[0].owner.name
            if student != alone and course.folder("submitted", alone, assignment).is_dir():
                tell(f"{alone}: collected before, and one of several of that name; see whose it is")
        for path in findings.nobody:
            tell(f"{path.name}: left out, because nothing says whose it is")
        for path, slug in findings.other.items():
            tell(f"{path.name}: left out, because it is named after {slug}")
        for student, files in sorted(findings.unclear.items()):
            taken[student] = "unclear"
            tell(f"LEFT OUT: {student} seems to be several people, and would be one student:")
            for each in files:
                tell(f"   {each.path.relative_to(folder)}")
        if findings.unclear:
            tell(f"   Lay each into a folder of its student, STUDENT/{assignment}.ipynb, or name")
            tell("   the folder that holds the students' folders, and collect again.")
    finally:
        shutil.rmtree(unpacking, ignore_errors=True)
    return taken
