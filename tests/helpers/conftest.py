"""The tests of the helpers start from the default switches, whatever the shell has set."""

import pytest


@pytest.fixture(autouse=True)
def default_switches(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("COURSE_SEED", "COURSE_DATA", "COURSE_FACE"):
        monkeypatch.delenv(variable, raising=False)
