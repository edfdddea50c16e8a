"""The switches are read in one place, refuse bad values, and shift every seed."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import settings
from helpers.errors import CourseError

SOURCES = Path(settings.__file__).parent
COURSE_SEEDS = st.integers(0, settings.LARGEST_COURSE_SEED)
COUNTS = st.integers(1, 200)


def shifted(course_seed: int) -> pytest.MonkeyPatch:
    """Set COURSE_SEED until `undo` is called: hypothesis cannot use pytest's own fixture."""
    patch = pytest.MonkeyPatch()
    patch.setenv("COURSE_SEED", str(course_seed))
    return patch


def test_without_switches_there_are_defaults() -> None:
    assert settings.course_seed() == 0
    assert settings.course_data() == "embedded"
    assert settings.course_face() == "live"
    assert settings.seeds(3) == (0, 1, 2)


@pytest.mark.parametrize("text", ["7", " 7 ", "007"])
def test_a_seed_is_read(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_SEED", text)
    assert settings.course_seed() == 7
    assert settings.seeds(2) == (70_000, 70_001)


@pytest.mark.parametrize(
    "text", ["-1", "100000", "1.5", "1e3", "0x10", "seven", "+5", "\uff17", "1 2"]
)
def test_a_bad_seed_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_SEED", text)
    with pytest.raises(CourseError, match="integer from 0 to 99,999") as caught:
        settings.seeds(1)
    assert f"COURSE_SEED is {text!r}" in str(caught.value)


@pytest.mark.parametrize(
    ("variable", "read", "allowed"),
    [
        ("COURSE_DATA", settings.course_data, "embedded or full"),
        ("COURSE_FACE", settings.course_face, "live or static"),
    ],
)
def test_a_bad_choice_is_refused(variable, read, allowed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "Half")
    with pytest.raises(CourseError, match=f"{variable} is 'Half'. Allowed: {allowed}"):
        read()


@given(course_seed=st.integers(0, settings.LARGEST_COURSE_SEED - 1))
def test_no_two_shifts_share_a_seed(course_seed: int) -> None:
    largest_count = settings.RUNS_PER_COURSE_SEED
    patch = shifted(course_seed)
    here = settings.seeds(largest_count)
    patch.undo()
    patch = shifted(course_seed + 1)
    assert here[-1] < settings.seeds(largest_count)[0]
    patch.undo()


@given(course_seed=COURSE_SEEDS, few=st.integers(1, 5), more=st.integers(1, 5))
def test_generators_follow_the_seeds(course_seed: int, few: int, more: int) -> None:
    patch = shifted(course_seed)
    draws = [rng.random(3) for rng in settings.rngs(few)]
    longer = [rng.random(3) for rng in settings.rngs(few + more)]
    expected = [np.random.default_rng(seed).random(3) for seed in settings.seeds(few)]
    patch.undo()
    np.testing.assert_array_equal(draws, longer[:few])
    np.testing.assert_array_equal(draws, expected)


@given(course_seed=COURSE_SEEDS)
def test_shared_generators_are_streams_of_their_own(course_seed: int) -> None:
    patch = shifted(course_seed)
    firsts = [settings.rng(key).random() for key in range(5)]
    firsts += [rng.random() for rng in settings.rngs(5)]
    repeated = settings.rng(3).random()
    patch.undo()
    assert len(set(firsts)) == 10
    assert repeated == firsts[3]
