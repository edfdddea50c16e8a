"""Read the course's hand-written YAML files."""

from pathlib import Path
from typing import Any

import yaml

from helpers.errors import CourseError

# The C parser is about ten times as fast; not every build of PyYAML has it.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Path, error: type[CourseError], restore: str) -> Any:
    """Return the content of a file.

    Parameters
    ----------
    path
        The file.
    error
        The class of the error to raise.
    restore
        The command that brings the file back.

    Raises
    ------
    CourseError
        Of the class `error`, if the file is missing or is not valid YAML in UTF-8.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except OSError as problem:
        raise error(f"{path} cannot be read ({problem.strerror}); try: {restore}") from None
    except (UnicodeDecodeError, yaml.YAMLError, ValueError) as problem:
        raise error(f"{path} is not valid YAML: {problem}. To restore it: {restore}") from None
