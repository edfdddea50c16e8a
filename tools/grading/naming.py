"""Whose file it is, from where it lies and how it is called, whatever platform it came from."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

# Each takes as little as it can for the name: what stands behind is called as a student likes, and
# must not make the file another's. All but Canvas's may be a folder as well.
PLATFORMS = (
    # Moodle: "Full Name_12345_assignsubmission_file_"
    re.compile(r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_(?:file|onlinetext)_?.*"),
    # Brightspace: "12345-67890 - Full Name - Mar 1, 2026 1000 AM", the first number the student's
    re.compile(
        r"(?P<number>\d+)-\d+ - (?P<name>.+?) - "
        r"(?P<date>(?:(?! - ).)*\b\d{4}\b(?:(?! - ).)*)(?: - .*)?"
    ),
    # Sakai: "Last, First(user)", in front of "_Submission attachment(s)_" if there are no folders
    re.compile(r"(?P<name>.*?,.*?)\((?P<user>[^()]+)\)(?:_.*)?"),
    # Blackboard: "Title_user_attempt_2026-03-01-10-00-00_file.ipynb", "attempt" in any language
    re.compile(r"(?P<title>.+?)_(?P<user>[^_]+)_[^_]+_(?P<date>\d{4}(?:-\d\d){5})(?:[_.].*)?"),
)
# Canvas: "lastfirst_123_456_file-1.ipynb", with LATE after the name if it came late.
CANVAS = re.compile(r"(?P<name>[^_]+?)_(?:LATE_)?(?P<user>\d+)_\d+_.+")
LONGEST_NAME = 150  # bytes; a file's name has 255 at most, and some add to it


@dataclass(frozen=True)
class Owner:
    """Who handed in a file.

    Attributes
    ----------
    name
        The name under which the submission is kept.
    origin
        The person as the platform, a folder or a file names it, to notice two behind one name.
    number
        The platform's number of the person, to tell two of one name apart.
    seconds
        When it was handed in, if the name says so.
    depth
        How many parts of the path lead to what is the person's own; 0 if a platform names one.
    """

    name: str
    origin: str
    number: str = ""
    seconds: float | None = None
    depth: int = 0


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
    joined = re.sub(r"\s+", "_", kept.strip(" ._-")).encode()[:LONGEST_NAME]
    return joined.decode(errors="ignore").strip("._-")


def seconds(date: str) -> float | None:
    """Return the time that a platform writes into a name, in this computer's zone.

    Examples
    --------
    >>> seconds("2026-03-01-10-00-00") == seconds("Mar 1, 2026 1000 AM")
    True
    >>> seconds("05 March 2026 612 PM") == seconds("Mar 5, 2026 1812")
    True
    >>> seconds("in 2026")
    """
    words = re.sub(r"[.,:]", "", date).split()
    words[3:4] = [clock.zfill(4) for clock in words[3:4]]  # "612 PM" is 06:12
    days = ("%b %d", "%B %d", "%d %b", "%d %B")
    forms = [f"{day} %Y {clock}" for day in days for clock in ("%I%M %p", "%H%M")]
    for form in ["%Y-%m-%d-%H-%M-%S", *forms]:
        try:
            return datetime.datetime.strptime(" ".join(words), form).timestamp()
        except ValueError:
            continue
    return None


def by_platform(part: str, *, is_file: bool) -> Owner | None:
    """Return whom a platform names in a folder or in a file, or None."""
    for pattern in (*PLATFORMS, *([CANVAS] if is_file else [])):
        match = pattern.fullmatch(part)
        if match:
            named = match.groupdict()
            parts = [named[key] for key in ("name", "user") if named.get(key)]
            number, date = named.get("number") or "", named.get("date")
            origin = "_".join([*parts, named.get("title") or number])
            when = seconds(date) if date else None
            return Owner(clean(" ".join(parts)), origin, number, when)
    return None


def in_the_name(name: str, assignment: str) -> str:
    """Return whom the name of a file that nobody's folder holds tells, or an empty name.

    Examples
    --------
    >>> in_the_name("ana ruiz - 05-backpropagation (1).ipynb", "05-backpropagation")
    'ana ruiz'
    >>> in_the_name("05-backpropagation_ana.ipynb", "05-backpropagation")
    'ana'
    >>> in_the_name("05-backpropagation (2).ipynb", "05-backpropagation")
    ''
    """
    path = PurePosixPath(name)
    prefix = re.fullmatch(rf"(.+?)[ _-]+{re.escape(assignment)}.*", path.stem, re.IGNORECASE)
    if prefix:
        return prefix[1]
    if path.suffix.lower() != ".ipynb":
        return ""
    # A number alone behind the name is what a platform or a browser adds to a second file.
    rest = re.sub(rf"^{re.escape(assignment)}([ _-]*\(?\d*\)?$)?", "", path.stem, flags=re.I)
    return rest.strip(" _-")


def owner(path: PurePosixPath, assignment: str) -> Owner | None:
    """Return who handed in a file: the outermost part of its path that tells decides.

    What is further inside a student has named, perhaps after somebody else.

    Examples
    --------
    >>> def name(path):
    ...     return owner(PurePosixPath(path), "05-backpropagation").name
    >>> name("ana/05-backpropagation/drafts/x.ipynb")
    'ana'
    >>> name("Ana Ruiz_1234_assignsubmission_file_/x.ipynb")
    'Ana_Ruiz'
    >>> name("12-34 - Ana Ruiz - Mar 1, 2026 1000 AM/x.ipynb")
    'Ana_Ruiz'
    >>> name("Ruiz, Ana(aruiz)/Submission attachment(s)/x.ipynb")
    'Ruiz_Ana_aruiz'
    >>> name("Week 5_aruiz_attempt_2026-03-01-10-00-00_x.ipynb")
    'aruiz'
    >>> name("ruizana_77_5021_05-backpropagation-1.ipynb")
    'ruizana_77'
    >>> owner(PurePosixPath("readme.txt"), "05-backpropagation")
    """
    parts = path.parts
    folders = parts[:-1]
    # nbgrader's own: student/NN-slug/NN-slug.ipynb
    slug = next((at for at, part in enumerate(folders) if at and same(part, assignment)), None)
    for at, part in enumerate(parts[:slug]):
        found = by_platform(part, is_file=at == len(folders))
        if found:
            return found if found.name else None
    if slug is None and folders and same(folders[0], assignment):
        inside = owner(PurePosixPath(*parts[1:]), assignment)
        return replace(inside, depth=inside.depth + 1) if inside and inside.depth else inside
    if folders:
        at = slug - 1 if slug else 0
        found = Owner(clean(folders[at]), "/".join(folders[: at + 1]), depth=(slug or 0) + 1)
    else:
        told = in_the_name(parts[-1], assignment)
        found = Owner(clean(told), told, depth=1)
    return found if found.name else None


def same(part: str, assignment: str) -> bool:
    """Tell whether a folder is named like the assignment."""
    return part.casefold() == assignment.casefold()


def shared(paths: Sequence[PurePosixPath], assignment: str) -> int:
    """Return how many folders lie above all students' own, as in a zip file that holds one.

    Examples
    --------
    >>> shared([PurePosixPath(f"Week 5/{name}/x.ipynb") for name in ("ana", "bo")], "05-x")
    1
    >>> shared([PurePosixPath(f"ana/{name}.ipynb") for name in ("05-x", "scratch")], "05-x")
    0
    """
    depth = 0
    while paths and all(len(path.parts) > 1 for path in paths):
        top, *others = {path.parts[0] for path in paths}
        if others or by_platform(top, is_file=False):
            break
        paths = [PurePosixPath(*path.parts[1:]) for path in paths]
        if not same(top, assignment):
            if all(same(path.parts[0], assignment) for path in paths):
                break  # nbgrader's folder of one student
            owners = [owner(path, assignment) for path in paths]
            people = {each.name for each in owners if each}
            if None in owners or (len(people) == 1 and any(each.depth for each in owners if each)):
                break
        depth += 1
    return depth


def several(files: Sequence[tuple[PurePosixPath, Owner]], assignment: str) -> bool:
    """Tell whether files that would be one student's seem to be several people's.

    Parameters
    ----------
    files
        Where each lies, and whose it would be.
    assignment
        The name of the assignment.
    """
    if len({whose.origin for _, whose in files}) > 1:
        return True
    inside = [path.parts[whose.depth :] for path, whose in files if whose.depth]
    names = [parts[0] for parts in inside if len(parts) == 1]
    if names:  # a student's own folder; but if each of its files bears a name, a section's
        about = [name for name in names if assignment.casefold() in name.casefold()]
        told = {in_the_name(name, assignment) for name in about}
        return len(told) > 1 and "" not in told
    return len({parts[0] for parts in inside if parts}) > 1
