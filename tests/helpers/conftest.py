"""The tests of the helpers start from the default switches, whatever the shell has set."""

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="module")
def default_switches() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("COURSE_SEED", "COURSE_DATA", "COURSE_FACE"):
            patch.delenv(variable, raising=False)
        yield
