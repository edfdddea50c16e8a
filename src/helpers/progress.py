"""A progress bar for everything that takes more than a moment."""

import os
from collections.abc import Iterable, Iterator
from typing import TypeVar

from tqdm.auto import tqdm

from helpers.settings import course_face

Item = TypeVar("Item")


def track(iterable: Iterable[Item], text: str, total: int | None = None) -> Iterator[Item]:
    """Yield the items while a bar labelled `text` shows how far we are; it leaves no trace.

    There is no bar in the static book, nor while the tests run.

    Parameters
    ----------
    iterable
        What to go through.
    text
        What is being done, e.g. ``"Training 20 networks"``.
    total
        How many items there are, where `iterable` cannot tell.
    """
    silent = course_face() == "static" or "PYTEST_CURRENT_TEST" in os.environ
    return iter(tqdm(iterable, desc=text, total=total, leave=False, disable=silent))
