"""Read the course's hand-written YAML files, with errors that name the file and the line."""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

import yaml

from helpers.errors import CourseError

# Each mapping that is read carries the line it begins on, under this name.
LINE = "line of the file"


class _LineLoader(yaml.SafeLoader):
    """A YAML reader whose mappings remember their line and refuse a field given twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[str, Any]:
        names = [key.value for key, _ in node.value]
        for key, _ in node.value:
            if names.count(key.value) > 1:
                raise yaml.MarkedYAMLError(
                    problem=f"the field {key.value!r} is given twice", problem_mark=key.start_mark
                )
        return {**super().construct_mapping(node, deep=deep), LINE: node.start_mark.line + 1}


def read_yaml(path: Path, error: type[CourseError], restore: str) -> Any:
    """Return the content of a file, with the line of each mapping under `LINE`.

    Parameters
    ----------
    path
        The file.
    error
        The class of the error to raise.
    restore
        What to do if the file is missing or unreadable.

    Raises
    ------
    CourseError
        Of the class `error`, if the file is missing or is not valid YAML in UTF-8.
    """
    try:
        text = path.read_text(encoding="utf-8")
        return yaml.load(text, Loader=_LineLoader)
    except OSError as problem:
        raise error(f"{path} cannot be read ({problem.strerror}). {restore}") from None
    except UnicodeDecodeError as problem:
        refuse(error, path, None, f"not UTF-8 text at byte {problem.start}", restore)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line = mark.line + 1 if mark else None
        begin = problem.context_mark.line + 1 if problem.context_mark else line
        since = f" in what begins in line {begin}" if begin != line else ""
        refuse(
            error,
            path,
            line,
            f"not valid YAML: {problem.problem}{since}",
            "Look at these lines and the one above: indentation, a colon or a special character "
            "in a text without quotes, or an open quote.",
        )
    except (yaml.YAMLError, ValueError) as problem:  # a ValueError is an impossible date
        refuse(error, path, None, f"not valid YAML: {problem}", restore)


def refuse(error: type[CourseError], path: Path, line: int | None, what: str, fix: str) -> NoReturn:
    """Raise an error that says where, what, and how to mend it."""
    place = f"{path}, line {line}" if line else str(path)
    raise error(f"{place}: {what}. {fix}")


def near(name: object, known: Iterable[object]) -> str:
    """Return a question for the known name that is nearest to a wrong one, or nothing."""
    found = get_close_matches(str(name), [str(each) for each in known], n=1, cutoff=0.5)
    return f" (did you mean {found[0]!r}?)" if found else ""
