"""A verdict shows its card, or fails with the claim and the numbers."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from bs4 import BeautifulSoup

from helpers.claims import (
    Criterion,
    VerdictCard,
    phrase_html,
    verdict,
    verdict_anchor,
    verdict_badge,
)
from helpers.errors import CourseError, UnknownNameError, VerdictError
from helpers.ledger import ledger

MET = Criterion("relative error, 3 seeds", [2e-7, 1e-7, 2.8e-7], below=1e-4, form=".1e")


def soup(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


def card_of(claim: str) -> VerdictCard:
    return verdict(claim, MET, note="Measured & noted")


# --- The criterion --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "bound", "take", "value", "holds"),
    [
        ([1, 2, 6], {"above": 0.5}, "every", 1, True),
        ([1, 2, 6], {"above": 1}, "every", 1, False),
        ([1, 2, 6], {"below": 6}, "every", 6, False),
        ([1, 2, 6], {"below": 7}, "every", 6, True),
        ([1, 2, 6], {"above": 2.5}, "mean", 3, True),
        ([1, 2, 6], {"above": 2.5}, "median", 2, False),
        ([4, 4, 5], {"equals": 4}, "every", 5, False),
        ([4, 4], {"equals": 4}, "every", 4, True),
        (np.array([True, True]), {"equals": 1}, "every", 1, True),
        (3.5, {"below": 4}, "every", 3.5, True),
    ],
)
def test_a_criterion_compares_what_it_says(
    values: object, bound: dict[str, float], take: str, value: float, holds: bool
) -> None:
    criterion = Criterion("a number", values, **bound, take=take)
    assert criterion.value == value
    assert criterion.holds is holds


def test_an_interval_has_to_be_on_the_right_side_as_a_whole() -> None:
    values = [1.0, 2.0, 3.0]  # mean 2, and 4.303 standard errors to each side: -0.48 to 4.48
    low = Criterion("gain", values, above=-0.5, take="interval")
    assert low.value == pytest.approx(2 - 4.3027 / np.sqrt(3), abs=1e-3)
    assert low.holds
    assert not Criterion("gain", values, above=0, take="interval").holds
    assert Criterion("gain", values, below=4.5, take="interval").holds
    assert not Criterion("gain", values, below=4.4, take="interval").holds


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({}, "0 bounds"),
        ({"above": 0, "below": 1}, "2 bounds"),
        ({"below": np.inf}, "the bound below is not a finite number"),
        ({"below": 1e300}, r"lies beyond 1e\+12"),
        ({"above": float("nan")}, "the bound above is not a finite number"),
        ({"above": "high"}, "the bound above is 'high'"),
        ({"above": 0, "take": "most"}, "take is 'most'. Use every, mean, median, interval"),
        ({"equals": 1, "take": "interval"}, "an interval needs"),
    ],
)
def test_a_bound_that_cannot_be_missed_is_refused(given: dict, complaint: str) -> None:
    with pytest.raises(VerdictError, match=complaint):
        Criterion("an error", [0.1, 0.2], **given)


@pytest.mark.parametrize("values", [np.nan, [1, np.nan], [np.inf], [], "many", None, [[1], "a"]])
def test_values_that_are_no_numbers_are_refused(values: object) -> None:
    with pytest.raises(VerdictError, match="'an error': a value is"):
        Criterion("an error", values, below=1)


@pytest.mark.parametrize(
    ("criterion", "text"),
    [
        (
            MET,
            "3 seeds: 2.8e-07 (highest of 3), must be below 1.0e-04, margin: a factor of 360",
        ),
        (Criterion("zeros", 11, equals=11), "zeros: 11, must be equal to 11"),
        (
            Criterion("gain", [0.1, 0.3], above=0.05, take="mean", form="+.2f"),
            "gain: +0.20 (mean of 2), must be above +0.05, margin 0.15",
        ),
        (
            Criterion("share", 0.0004, above=0, form=".1%"),
            "share: 0.0004, must be above 0, margin 0.0004",
        ),
        (Criterion("pieces", 4096, above=1000), "pieces: 4,096, must be above 1,000, margin 3,096"),
    ],
    ids=["factor", "count", "difference", "tiny", "thousands"],
)
def test_a_criterion_is_a_sentence_with_its_margin(criterion: Criterion, text: str) -> None:
    assert str(criterion).endswith(text)


# --- The card -------------------------------------------------------------------------------------


@pytest.mark.parametrize("ident", list(ledger().entries))
def test_every_entry_has_a_card_with_all_that_stands_in_the_ledger(ident: str) -> None:
    entry = ledger()[ident]
    page = soup(card_of(ident)._repr_html_())
    assert page.div["id"] == verdict_anchor(ident)
    assert page.div["role"] == "group"
    text = page.get_text()
    wanted = (entry.text, entry.why, entry.defence, entry.quote, entry.waits, entry.phrase)
    for part in (*wanted, *entry.bugs, entry.verdict.capitalize(), f"judged by {entry.judged}"):
        assert part in text
    for source in ledger().sources_of(entry):
        assert source in text
    for number in entry.pages:
        assert f"page {number}" in text


def test_the_face_is_short_and_the_rest_waits_behind_more() -> None:
    criteria = [Criterion(f"criterion {n}", n, above=0) for n in (1, 2, 3, 4)]
    page = soup(verdict("C15", *criteria)._repr_html_())
    more = page.details.extract()
    assert "2 more criteria" in more.summary.get_text()
    face, entry = page.get_text(), ledger()["C15"]
    assert "criterion 2: 2; must be above 0, margin 2" in face
    assert "criterion 3" not in face
    assert "criterion 3: 3; must be above 0, margin 3" in more.get_text()
    for part in (entry.why, entry.phrase, "He et al. 2015", "page 1"):
        assert part not in face
        assert part in more.get_text()


def test_a_source_may_decide_alone_and_then_its_words_are_on_the_face() -> None:
    quoted = replace(ledger()["C30"], judged="source", quote="It is called so.")
    page = soup(VerdictCard(quoted)._repr_html_())
    assert page.q.get_text() == "It is called so."
    assert "“It is called so.”" in repr(VerdictCard(quoted))


def test_ipython_shows_html_and_text() -> None:
    from IPython.core.formatters import DisplayFormatter

    data, metadata = DisplayFormatter().format(card_of("C35"))
    assert set(data) == {"text/html", "text/plain"}
    assert metadata["evidence"] == card_of("C35").record()
    json.dumps(metadata)
    assert data["text/plain"].startswith("C35 TRUE: relative error, 3 seeds: 2.8e-07")


def test_what_a_card_shows_is_escaped() -> None:
    bad = "<script>alert('x')</script> & \"quotes\""
    names = ("text", "why", "phrase", "name", "defence", "quote", "waits")
    entry = replace(ledger()["S01"], bugs=(bad,), **dict.fromkeys(names, bad))
    criteria = (Criterion(bad, 1, above=0),) * 3
    html = VerdictCard(entry, criteria, bad, (bad,), (bad,))._repr_html_()
    assert "<script" not in html
    assert soup(html).get_text().count(bad) == 14


def test_the_phrase_is_marked_as_chinese_or_as_code() -> None:
    assert phrase_html("梯度消失") == (
        '<span class="course-verdict-phrase" lang="zh">「梯度消失」</span>'
    )
    assert phrase_html("a < b") == '<code class="course-verdict-phrase">a &lt; b</code>'


def luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))


@pytest.mark.parametrize("word", ["true", "conditional", "misleading", "false", "reproduced"])
def test_a_badge_is_told_by_word_and_shape_and_has_contrast(word: str) -> None:
    badge = verdict_badge(word)
    assert soup(badge).get_text() == word.capitalize()
    assert soup(badge).svg["aria-hidden"] == "true"
    colour = re.search(r"background:(#[0-9a-f]{6})", badge)[1]
    assert 1.05 / (luminance(colour) + 0.05) >= 4.5
    shapes = {str(soup(verdict_badge(each)).svg) for each in ("true", "false", word)}
    assert len(shapes) == (2 if word in ("true", "false") else 3)


# --- The verdict ----------------------------------------------------------------------------------


def test_evidence_against_the_verdict_fails_with_claim_and_numbers() -> None:
    with pytest.raises(VerdictError) as caught:
        verdict("C35", MET, Criterion("answers that differ", [0, 31], below=20))
    message = str(caught.value)
    assert message.startswith("C35: the evidence contradicts the recorded verdict 'true'.")
    assert ledger()["C35"].text in message
    assert "Measured: answers that differ: 31 (highest of 2), must be below 20." in message
    assert "relative error" not in message  # what was met is not to blame
    assert issubclass(VerdictError, AssertionError)
    assert issubclass(VerdictError, CourseError)


def test_an_experiment_needs_a_criterion() -> None:
    assert ledger()["C15"].judged == "experiment"
    with pytest.raises(VerdictError, match="C15 is judged by experiment, so it needs a criterion"):
        verdict("C15", note="It looked fine.")


def test_a_note_with_a_number_that_is_none_is_refused() -> None:
    with pytest.raises(VerdictError, match="C35: the note holds a number that is none"):
        verdict("C35", MET, note=f"error {np.nan:.1f}, here")


def test_an_unknown_claim_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match=r"Unknown claim 'c35'.*C35"):
        verdict("c35", MET)


# --- The evidence ---------------------------------------------------------------------------------


def test_evidence_is_left_where_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    card_of("C35")
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setenv("COURSE_EVIDENCE", str(tmp_path / "evidence"))
    monkeypatch.setenv("COURSE_SEED", "7")
    many = np.arange(1000.0)
    verdict("C35", MET, Criterion("many", many, below=1e4), note="Measured & noted")
    record = json.loads((tmp_path / "evidence" / "C35.json").read_text(encoding="utf-8"))
    assert (record["seed"], record["verdict"], record["note"]) == (7, "true", "Measured & noted")
    first, second = record["criteria"]
    assert first["values"] == [2e-7, 1e-7, 2.8e-7]
    assert (first["direction"], first["bound"], first["value"]) == ("below", 1e-4, 2.8e-7)
    assert first["sentence"] == str(MET)
    assert len(second["values"]) == 100
    many[-1] += 1e-9  # beyond the values that are kept
    changed = Criterion("many", many, below=1e4).record()
    assert changed["values"] == second["values"]
    assert changed["fingerprint"] != second["fingerprint"]
