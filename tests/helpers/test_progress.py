"""The progress bar shows while something runs, leaves no trace, and is silent in book and tests."""

import pytest

from helpers.progress import track


def shown(capsys: pytest.CaptureFixture[str]) -> str:
    """Go through a few items, and return what was written."""
    assert list(track(range(3), "Counting")) == [0, 1, 2]
    captured = capsys.readouterr()
    return captured.out + captured.err


def test_there_is_none_in_the_tests(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys) == ""


def test_there_is_one_for_a_reader_and_it_goes_away(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    text = shown(capsys)
    assert "Counting" in text
    assert text.endswith("\r")
    assert text.split("\r")[-2].strip() == ""


def test_there_is_none_in_the_static_book(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    monkeypatch.setenv("COURSE_FACE", "static")
    assert shown(capsys) == ""


def test_a_total_can_be_given(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    assert list(track((number for number in range(2)), "Counting", total=4)) == [0, 1]
    assert "/4" in capsys.readouterr().err
