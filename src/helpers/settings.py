"""The course's switches, and the seeds that follow from them.

The environment variables ``COURSE_...`` are read here and nowhere else.
Every experiment takes its random numbers from `seeds`, `rng` or `rngs`, so that one switch shifts
them all: a verdict has to hold for any shift.
"""

import os
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from helpers.errors import CourseError
from helpers.given import check_integer

LARGEST_COURSE_SEED = 99_999
RUNS_PER_COURSE_SEED = 10_000
Rngs = np.random.Generator | Sequence[np.random.Generator]

DATA_CHOICES = ("embedded", "full")
FACE_CHOICES = ("live", "static")
_ADDRESS = re.compile(r"https://[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:\d+)?(/[A-Za-z0-9._~-]+){2,}")


def course_seed() -> int:
    """Return the shift of all seeds, from ``COURSE_SEED`` (0 where it is not set).

    Raises
    ------
    CourseError
        If it is not an integer from 0 to 99,999.
    """
    text = os.environ.get("COURSE_SEED", "").strip() or "0"
    if not (text.isascii() and text.isdigit() and int(text) <= LARGEST_COURSE_SEED):
        raise CourseError(
            f"COURSE_SEED is {text!r}. Allowed: an integer from 0 to {LARGEST_COURSE_SEED:,}, "
            "written in digits only, or not set (0)."
        )
    return int(text)


def course_data() -> str:
    """Return which digits to use, from ``COURSE_DATA``: ``"embedded"`` (default) or ``"full"``.

    Raises
    ------
    CourseError
        If it is anything else.
    """
    return _choice("COURSE_DATA", DATA_CHOICES)


def course_face() -> str:
    """Return which face outputs show, from ``COURSE_FACE``: ``"live"`` (default) or ``"static"``.

    The build of the book sets ``static``: no live widgets, no progress bars.

    Raises
    ------
    CourseError
        If it is anything else.
    """
    return _choice("COURSE_FACE", FACE_CHOICES)


def evidence_folder() -> Path | None:
    """Return where verdicts leave their evidence, from ``COURSE_EVIDENCE``; None where not set.

    The build of the book and the tests set it, to compare what they measured.
    """
    text = os.environ.get("COURSE_EVIDENCE", "").strip()
    return Path(text) if text else None


def https_address(name: str, text: str) -> str:
    """Return the address of a repository, without the slash or ``.git`` it may end in.

    Parameters
    ----------
    name
        What holds the address, for the error.
    text
        The address.

    Raises
    ------
    CourseError
        If it is not an https address with an owner and a name, and nothing else.
    """
    address = text.strip().rstrip("/").removesuffix(".git")
    if not _ADDRESS.fullmatch(address):
        shown = re.sub(r"//[^/]*@", "//...@", text)  # what stands there may be a password
        raise CourseError(
            f"{name} is {shown!r}. Allowed: the https address of a repository, in the form "
            "https://HOST/OWNER/NAME, without a user or a password."
        )
    return address


def course_repository() -> str:
    """Return the address of the course's repository, from ``COURSE_REPOSITORY`` ("" if not set).

    Raises
    ------
    CourseError
        If it is not the https address of a repository.
    """
    text = os.environ.get("COURSE_REPOSITORY", "").strip()
    return https_address("COURSE_REPOSITORY", text) if text else ""


def complaint() -> str | None:
    """Return what is wrong with the first bad switch, or None where all can be used."""
    try:
        for read in (course_seed, course_data, course_face, course_repository):
            read()
    except CourseError as error:
        return str(error)
    return None


def seeds(count: int) -> tuple[int, ...]:
    """Return the first `count` seeds: 10,000 times the course's seed, plus 0, 1, 2, ...

    More seeds extend the same list: ``seeds(5) == seeds(20)[:5]``.

    Raises
    ------
    CourseError
        If `count` is not from 1 to 10,000 (more would run into the seeds of the next shift).
    """
    check_integer("count", count, most=RUNS_PER_COURSE_SEED)
    first = RUNS_PER_COURSE_SEED * course_seed()
    return tuple(range(first, first + count))


def rngs(count: int) -> list[np.random.Generator]:
    """Return one fresh random generator for each of `seeds(count)`, with the same errors."""
    return [np.random.default_rng(seed) for seed in seeds(count)]


def rng(key: int = 0) -> np.random.Generator:
    """Return one fresh random generator, for what is drawn once and shared by all runs.

    Parameters
    ----------
    key
        0 or more; each key gives its own stream, unrelated to those of `rngs`.

    Raises
    ------
    CourseError
        If `key` is not an integer of 0 or more.
    """
    check_integer("key", key, least=0)
    # The last word keeps the stream apart from default_rng(seed): numpy pads seeds with zeros.
    return np.random.default_rng([seeds(1)[0], key, 1])


def given_rng(generators: Rngs | None) -> Rngs:
    """Return what was given as `rng`: a generator, or a list of them; for None the course's own.

    Raises
    ------
    CourseError
        If it is anything else.
    """
    if generators is None:
        return rng()
    many = generators if isinstance(generators, list | tuple) else [generators]
    if not all(isinstance(each, np.random.Generator) for each in many):
        raise CourseError(
            f"rng is {generators!r}. Give a generator, such as rng(), or a list with one for each "
            "run, such as rngs(20)."
        )
    return generators


def _choice(variable: str, choices: tuple[str, ...]) -> str:
    """Read a switch that has a few allowed words, of which the first is the default."""
    text = os.environ.get(variable, "").strip() or choices[0]
    if text not in choices:
        raise CourseError(
            f"{variable} is {text!r}. Allowed: {' or '.join(choices)}, or not set ({choices[0]})."
        )
    return text
