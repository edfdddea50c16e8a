"""Things that are asked for by name: an activation, an initialiser."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import TypeVar

from helpers.errors import CourseError, UnknownNameError
from helpers.given import check_numbers

__all__ = ["make_named"]

Thing = TypeVar("Thing")


def make_named(
    thing: type[Thing],
    name: str | Thing,
    makers: Mapping[str, Callable[..., Thing]],
    parameters: Mapping[str, float],
) -> Thing:
    """Make the thing of a name; one that is already made is returned as it is.

    Parameters
    ----------
    thing
        The class, whose objects have a `name` and a `label`.
    name
        A key of `makers`, or an object of the class.
    makers
        What makes each thing.
    parameters
        What the maker is to be called with.

    Raises
    ------
    UnknownNameError
        If no maker has the name, or the maker takes no such parameter.
    CourseError
        If a parameter is not a finite number, or parameters come with an object that is already
        made.
    """
    kind = thing.__name__.lower()
    if isinstance(name, thing):
        if parameters:
            raise CourseError(
                f"{name.label} is already made, so {', '.join(parameters)} cannot be set. "
                f"Ask by name: get_{kind}({name.name!r}, ...)."
            )
        return name
    if name not in makers:
        raise UnknownNameError.among(kind, name, makers)
    known = list(inspect.signature(makers[name]).parameters)
    for parameter, value in parameters.items():
        if parameter not in known:
            raise UnknownNameError.among(f"parameter of {name}", parameter, known or ["none"])
        check_numbers(parameter, value)
    return makers[name](**parameters)
