"""A verdict shows its card, or fails with the claim and the numbers."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter

from helpers.claims import (
    VERDICT_MIME_TYPE,
    VerdictCard,
    ledger,
    phrase_html,
    verdict,
    verdict_anchor,
    verdict_badge,
)
from helpers.errors import CourseError, UnknownNameError, VerdictError

VOID = {"br", "path", "circle"}


class Page(HTMLParser):
    """Collects the tags, attributes and text of a piece of HTML, and checks that tags close."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def card(claim: str = "C35", measured: str = "relative error 2.8e-7") -> VerdictCard:
    return verdict(claim, holds=True, measured=measured)


# --- The card -------------------------------------------------------------------------------------


def test_the_card_has_a_face_for_people_and_one_for_the_book() -> None:
    bundle = verdict(
        "C35", holds=True, measured="relative error 2.8e-7", where="four layers"
    )._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain", VERDICT_MIME_TYPE}
    assert bundle["text/plain"] == "C35 TRUE: relative error 2.8e-7"
    assert bundle[VERDICT_MIME_TYPE] == {
        "id": "C35",
        "verdict": "true",
        "measured": "relative error 2.8e-7",
        "holds": True,
        "where": "four layers",
    }
    json.dumps(bundle)


def test_ipython_shows_all_faces() -> None:
    data, _ = DisplayFormatter().format(card())
    assert set(data) == {"text/html", "text/plain", VERDICT_MIME_TYPE}


def test_the_setting_is_left_out_where_there_is_none() -> None:
    assert "where" not in card()._repr_mimebundle_()[VERDICT_MIME_TYPE]
    assert "Where" not in Page(card()._repr_html_()).text


@pytest.mark.parametrize("ident", list(ledger().entries))
def test_every_entry_has_a_well_formed_card(ident: str) -> None:
    entry = ledger()[ident]
    page = Page(card(ident)._repr_html_())
    assert page.tags[0][1]["id"] == verdict_anchor(ident)
    for part in (entry.text, entry.why, entry.phrase, entry.verdict.capitalize(), *entry.bugs):
        assert part in page.text
    for source in ledger().sources_of(entry):
        assert source in page.text
    for number in entry.seeds:
        assert f"page {number}" in page.text


def test_the_card_is_named_for_a_screen_reader() -> None:
    page = Page(card("C29")._repr_html_())
    assert page.tags[0][1]["role"] == "group"
    assert page.tags[0][1]["aria-label"] == "Claim C29: false"
    icons = [attributes for tag, attributes in page.tags if tag == "svg"]
    assert all(icon["aria-hidden"] == "true" for icon in icons)
    assert ("span", "zh") in [(tag, attributes.get("lang")) for tag, attributes in page.tags]
    assert "System S01" in Page(card("S01")._repr_html_()).text


def test_what_a_card_shows_is_escaped() -> None:
    bad = "<script>alert('x')</script> & \"quotes\""
    shown = verdict("C35", holds=True, measured=bad, where=bad)
    entry = replace(
        shown.entry, text=bad, why=bad, phrase=bad, bugs=(bad,), name=bad, verdict="false"
    )
    html = VerdictCard(entry, bad, (bad,), (bad,), bad)._repr_html_()
    assert "<script" not in html
    assert Page(html).text.count(bad) == 9


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
    assert Page(badge).text == word.capitalize()
    colour = re.search(r"background:(#[0-9a-f]{6})", badge)[1]
    assert 1.05 / (luminance(colour) + 0.05) >= 4.5
    shapes = {
        re.search(r"<svg.*</svg>", verdict_badge(each))[0] for each in ("true", "false", word)
    }
    assert len(shapes) == (2 if word in ("true", "false") else 3)


# --- What is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize("holds", [False, np.bool_(False), np.array([3.0]).max() < 1])
def test_evidence_against_the_verdict_fails_with_claim_and_numbers(holds: bool) -> None:
    with pytest.raises(VerdictError) as caught:
        verdict("C35", holds=holds, measured="relative error 0.31")
    message = str(caught.value)
    assert message.startswith("C35: the evidence contradicts the recorded verdict 'true'.")
    assert ledger()["C35"].text in message
    assert "Measured: relative error 0.31." in message
    assert f"correct C35 in book/claims.yml (line {ledger()['C35'].line})" in message


def test_the_failure_is_an_assertion_and_an_error_of_the_course() -> None:
    assert issubclass(VerdictError, AssertionError)
    assert issubclass(VerdictError, CourseError)


@pytest.mark.parametrize("holds", [True, np.bool_(True), np.array([3.0]).max() > 1])
def test_python_and_numpy_say_yes(holds: bool) -> None:
    assert verdict("C35", holds=holds, measured="error 0.1").measured == "error 0.1"


@pytest.mark.parametrize(
    "holds",
    [1, 0, 1.0, "True", None, [True], np.array([True]), np.array(True), np.float64(1), np.nan],
    ids=repr,
)
def test_holds_has_to_be_a_yes_or_no(holds: object) -> None:
    with pytest.raises(VerdictError, match=r"C35: holds is .* not a yes or no.*error < 1e-6"):
        verdict("C35", holds=holds, measured="error 0.1")


@pytest.mark.parametrize("measured", ["", "   ", None, 0.1, ["error"], b"error"], ids=repr)
def test_the_evidence_has_to_be_a_sentence(measured: object) -> None:
    with pytest.raises(VerdictError, match=r"C35: measured is .* one sentence with the numbers"):
        verdict("C35", holds=True, measured=measured)


@pytest.mark.parametrize("value", [float("nan"), np.nan, np.float32("nan")], ids=repr)
def test_evidence_that_is_not_a_number_is_refused(value: float) -> None:
    with pytest.raises(VerdictError, match="C35: the evidence is not a number: 'error nan'"):
        verdict("C35", holds=True, measured=f"error {value:.1f}")


def test_a_word_that_contains_nan_is_no_nan() -> None:
    assert "nanosecond" in verdict("C35", holds=True, measured="3 nanoseconds").measured


@pytest.mark.parametrize(
    ("claim", "near"),
    [
        ("C77", "C76"),
        ("c35", "mean C35?"),
        ("S14", "S1"),
        ("C3", "mean C03?"),
        ("c007", "mean C07?"),
        ("nonsense", "C01 to C76"),
    ],
)
def test_an_unknown_claim_is_refused_with_the_nearest(claim: str, near: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        verdict(claim, holds=True, measured="error 0.1")
    assert f"Unknown claim {claim!r}" in str(caught.value)
    assert near in str(caught.value).removeprefix(f"Unknown claim {claim!r}")
    assert "see book/claims.yml" in str(caught.value)


def test_evidence_has_to_be_named() -> None:
    with pytest.raises(TypeError):
        verdict("C35", True, "error 0.1")
