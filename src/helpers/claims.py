"""Verdict cards: where a chapter's experiment meets the ledger of claims.

``book/claims.yml`` lists every claim and program on trial. A chapter measures one and ends with::

    verdict(
        "C34",
        Criterion("largest relative difference, 20 seeds", gaps, below=1e-12),
    )

A criterion is said in words, with the bound that would overturn the verdict beside it. The card is
the cell's output. If a criterion is not met the cell fails, so running the notebooks tests the
whole content of the course.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from types import MappingProxyType
from typing import Any, Literal

import numpy as np

from helpers.errors import VerdictError
from helpers.ledger import Entry
from helpers.ledger import ledger as read_ledger
from helpers.settings import course_seed, evidence_folder
from helpers.statistics import mean_interval

__all__ = [
    "Criterion",
    "VerdictCard",
    "card_html",
    "phrase_html",
    "verdict",
    "verdict_anchor",
    "verdict_badge",
]

Take = Literal["every", "mean", "median", "interval"]

# The look of a verdict: a colour that carries white text at a contrast of at least 4.5 to 1, and a
# shape of its own on a grid of 16 by 16 (tick, half circle, triangle, cross, arrow round).
_LOOKS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "true": ("#1a7f37", '<path d="M3 8.5 6.5 12 13 4.5"/>'),
        "conditional": (
            "#805500",
            '<circle cx="8" cy="8" r="5.5"/><path d="M8 2.5a5.5 5.5 0 0 0 0 11z" fill="#fff"/>',
        ),
        "misleading": ("#8a3b9c", '<path d="M8 2 14.5 13.5H1.5zM8 6.2V9.4M8 11.4V11.5"/>'),
        "false": ("#b3261e", '<path d="M3.5 3.5 12.5 12.5M12.5 3.5 3.5 12.5"/>'),
        "reproduced": ("#0b5cad", '<path d="M13 8A5 5 0 1 1 8 3h3M9 1 11.5 3 9 5.2"/>'),
    }
)
_FACE_CRITERIA = 2  # how many a card shows before one asks for more
_LARGEST_BOUND = 1e12  # no quantity of the course comes near it: beyond it nothing is at stake
_KEPT_VALUES = 100  # how many raw values the evidence holds in full; a fingerprint covers them all


class Criterion:
    """What was measured, and the bound that it must keep for the verdict to stand.

    Parameters
    ----------
    words
        What the values are, with unit and setting: ``"accuracy gained by He's start, 20 seeds"``.
    values
        The raw values: one number, or one for each run; yes and no count as 1 and 0.
    above, below, equals
        The bound, a finite number chosen before the run. Exactly one of the three.
    take
        What has to keep the bound: ``"every"`` value, their ``"mean"``, their ``"median"``, or the
        whole 95 % ``"interval"`` of their mean.
    form
        How the card writes values, a format such as ``".0%"`` or ``"+.3f"``.
    fixed
        Whether the values may be the same under every seed: a count, arithmetic, or a score at its
        ceiling. Values of an experiment that do not say so must change with the seed.

    Raises
    ------
    VerdictError
        If there is no value, a value or the bound is not a finite number, the bound is beyond 1e12,
        or not exactly one direction is given.

    Examples
    --------
    >>> print(Criterion("slope for negative inputs", [0.01, 0.2, 0.3], above=0))
    slope for negative inputs: 0.01 (lowest of 3), must be above 0, margin 0.01
    >>> print(Criterion("digits that change", 0.001, below=0.02, form=".1%"))
    digits that change: 0.1%, must be below 2.0%, margin: a factor of 20
    """

    def __init__(
        self,
        words: str,
        values: Any,
        *,
        above: float | None = None,
        below: float | None = None,
        equals: float | None = None,
        take: Take = "every",
        form: str = ".3g",
        fixed: bool = False,
    ) -> None:
        """Check what is given; see the class."""
        bounds = {"above": above, "below": below, "equals": equals}
        given = {name: bound for name, bound in bounds.items() if bound is not None}
        if len(given) != 1:
            raise VerdictError(
                f"{words!r}: {len(given)} bounds are given. Give exactly one of above=, below= and "
                "equals=, a number chosen before the run."
            )
        [(self.direction, bound)] = given.items()
        self.words, self.take, self.form, self.fixed = words, take, form, fixed
        self.bound = _finite(bound, words, f"the bound {self.direction}")[0]
        if abs(self.bound) > _LARGEST_BOUND:
            raise VerdictError(
                f"{words!r}: the bound {self.bound:.3g} lies beyond {_LARGEST_BOUND:.0e}, so "
                "nothing measured could miss it. Choose one that would overturn the verdict."
            )
        self.values = _finite(values, words, "a value")
        if take not in Take.__args__:
            raise VerdictError(f"{words!r}: take is {take!r}. Use {', '.join(Take.__args__)}.")
        if take == "interval" and (self.direction == "equals" or self.values.size < 2):
            raise VerdictError(
                f"{words!r}: an interval needs two values or more, and above= or below=."
            )

    @property
    def value(self) -> float:
        """The one number that is compared with the bound."""
        if self.take == "interval":
            interval = mean_interval(self.values)
            return float(interval.low if self.direction == "above" else interval.high)
        if self.take != "every":
            return float(getattr(np, self.take)(self.values))
        if self.direction == "equals":  # the one furthest from the bound
            return float(self.values[np.abs(self.values - self.bound).argmax()])
        return float(self.values.min() if self.direction == "above" else self.values.max())

    @property
    def holds(self) -> bool:
        """Whether the value keeps the bound."""
        if self.direction == "equals":
            return bool(self.value == self.bound)
        above = self.direction == "above"
        return bool(self.value > self.bound if above else self.value < self.bound)

    @property
    def measured(self) -> str:
        """The value as the card writes it, with what it is of how many."""
        text, count = self._text(self.value), self.values.size
        if count == 1:
            return text
        kinds = {"above": "lowest", "below": "highest", "equals": "each"}
        kind = kinds[self.direction] if self.take == "every" else self.take
        if self.take == "interval":
            kind = f"{'lower' if self.direction == 'above' else 'upper'} end of the mean's interval"
        return f"{text} ({kind} of {count:,})"

    @property
    def demand(self) -> str:
        """What the value must be, and with what margin it is."""
        word = "equal to" if self.direction == "equals" else self.direction
        return ", ".join(filter(None, (f"must be {word} {self._text(self.bound)}", self._margin())))

    def _margin(self) -> str:
        """Return how far the value is from the bound: a difference, or a factor if it says more."""
        small, large = sorted((abs(self.value), abs(self.bound)))
        if self.direction == "equals" or not self.holds:
            return ""
        difference = "+" in self.form  # a factor says nothing about what may be 0 or change sign
        if not difference and small > 0 and large >= 10 * small and self.value * self.bound > 0:
            factor = float(f"{large / small:.2g}")
            return f"margin: a factor of {factor:{',.0f' if factor < 1e5 else '.0e'}}"
        return f"margin {self._text(abs(self.value - self.bound)).removeprefix('+')}"

    def _text(self, value: float) -> str:
        """Write a value in the form asked for, unless that hides its difference from the bound."""
        alike = format(self.value, self.form) == format(self.bound, self.form)
        form = ".3g" if alike and self.value != self.bound else self.form
        return f"{value:,.0f}" if value == int(value) and form == ".3g" else format(value, form)

    def __str__(self) -> str:
        """Return the criterion as one sentence."""
        return f"{self.words}: {self.measured}, {self.demand}"

    def record(self) -> dict[str, Any]:
        """Return what the evidence keeps: `fingerprint` tells two sets of raw values apart."""
        return {
            "words": self.words,
            "take": self.take,
            "direction": self.direction,
            "bound": self.bound,
            "fixed": self.fixed,
            "value": self.value,
            "values": self.values[:_KEPT_VALUES].tolist(),
            "fingerprint": sha256(self.values.tobytes()).hexdigest(),
            "sentence": str(self),
        }


@dataclass(frozen=True)
class VerdictCard:
    """A claim with its verdict and the evidence that a cell has just measured."""

    entry: Entry
    criteria: tuple[Criterion, ...] = ()
    note: str = ""
    sources: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Return the card as one line of plain text."""
        parts = [*map(str, self.criteria), self.note, self.entry.quote and f"“{self.entry.quote}”"]
        return f"{self.entry.id} {self.entry.verdict.upper()}: {'; '.join(filter(None, parts))}"

    def record(self) -> dict[str, Any]:
        """Return the evidence as plain data."""
        return {
            "id": self.entry.id,
            "verdict": self.entry.verdict,
            "seed": course_seed(),
            "criteria": [criterion.record() for criterion in self.criteria],
            "note": self.note,
        }

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> tuple[dict[str, str], dict[str, Any]]:
        """Return the card for people, and the evidence as the output's metadata, for the book."""
        data = {"text/html": self._repr_html_(), "text/plain": repr(self)}
        return data, {"evidence": self.record()}

    def _repr_html_(self) -> str:
        """Return the card. It carries its own style, so that it looks right in JupyterLab too."""
        quote = self.entry.quote
        quoted = f'<q class="course-verdict-quote">{escape(quote)}</q>' if quote else ""
        found = f"{quoted}{_criteria_html(self.criteria[:_FACE_CRITERIA])}{self._more_html()}"
        return card_html(self.entry, found, f'id="{verdict_anchor(self.entry.id)}"')

    def _more_html(self) -> str:
        """Return what the card shows when asked: the reasons, the other criteria, the page."""
        entry, further = self.entry, self.criteria[_FACE_CRITERIA:]
        rows = [
            ("Must show" if entry.is_program else "Why", escape(entry.why)),
            ("For the claim", escape(entry.defence)),
            ("Also needed", _criteria_html(further)),
            ("In this run", escape(self.note)),
            ("Wrong in print", "<br>".join(map(escape, entry.bugs))),
            ("Sources", escape("; ".join(self.sources))),
            ("Found on", "<br>".join(map(escape, self.pages))),
            ("The page’s words", phrase_html(entry.phrase)),
            ("Waits", escape(entry.waits)),
        ]
        details = "".join(
            f'<div style="display:flex;flex-wrap:wrap;gap:0 .75em;margin:.3em 0 0">'
            f'<dt style="flex:0 0 7.5em;margin:0;font-weight:600">{term}</dt>'
            f'<dd style="flex:1 1 15em;margin:0;min-width:0">{text}</dd></div>'
            for term, text in rows
            if text
        )
        count = len(further)
        more = f", and {count} more {'criterion' if count == 1 else 'criteria'}" if count else ""
        return (
            f'<details class="course-verdict-more" style="margin:.3em 0 0">'
            f'<summary style="cursor:pointer">Why, and the page’s own words{more}</summary>'
            f'<dl class="course-verdict-details" style="margin:.2em 0 0">{details}</dl></details>'
        )


def verdict(claim_id: str, *criteria: Criterion, note: str = "") -> VerdictCard:
    """Close an experiment: show the card of a claim, or fail if the evidence contradicts it.

    Parameters
    ----------
    claim_id
        ``"C01"`` ... for a claim, ``"S01"`` ... for a program.
    *criteria
        What has to hold for the verdict that the ledger records. An entry that a proof, a
        definition or a source decides may do without.
    note
        What else this run found, in one sentence.

    Returns
    -------
    VerdictCard
        The last expression of a cell shows it.

    Raises
    ------
    VerdictError
        If a criterion is not met; the message names the claim and the numbers. Also if an
        experiment has no criterion.
    UnknownNameError
        If the ledger has no such claim.

    Examples
    --------
    >>> verdict("C30", Criterion("slope for negative inputs", [0.01, 0.2, 0.3], above=0))
    C30 FALSE: slope for negative inputs: 0.01 (lowest of 3), must be above 0, margin 0.01
    """
    ledger = read_ledger()
    entry = ledger[claim_id]
    if not criteria and entry.judged == "experiment":
        raise VerdictError(
            f"{entry.id} is judged by experiment, so it needs a criterion: "
            'Criterion("what was measured", values, above=0.1).'
        )
    if re.search(r"\b(?:nan|inf)\b", note):
        raise VerdictError(f"{entry.id}: the note holds a number that is none: {note!r}.")
    failed = [str(criterion) for criterion in criteria if not criterion.holds]
    if failed:
        raise VerdictError(
            f"{entry.id}: the evidence contradicts the recorded verdict {entry.verdict!r}. "
            f"Claim: {entry.text} Measured: {'; '.join(failed)}. If the experiment is right, "
            f"correct {entry.id} in book/claims.yml; otherwise mend the experiment."
        )
    sources, pages = ledger.sources_of(entry), ledger.pages_of(entry)
    card = VerdictCard(entry, criteria, note, tuple(sources), tuple(pages))
    if folder := evidence_folder():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{entry.id}.json").write_text(json.dumps(card.record()), encoding="utf-8")
    return card


def card_html(entry: Entry, found: str, attributes: str = "") -> str:
    """Return a card as HTML: the verdict, by what means, the claim, and what was found.

    Parameters
    ----------
    entry
        What the card is about.
    found
        HTML that follows the claim.
    attributes
        More of the card's own, such as its id.
    """
    colour = _LOOKS[entry.verdict][0]
    subject = "Program" if entry.is_program else "Claim"
    name = f"<strong>{escape(entry.name)}.</strong> " if entry.name else ""
    return (
        f'<div class="course-verdict course-verdict-{entry.verdict}" {attributes} '
        f'role="group" aria-label="{subject} {entry.id}: {entry.verdict}" '
        f'style="border:1px solid {colour};border-left-width:.4em;border-radius:.4em;'
        f"padding:.5em .9em;margin:.8em 0;color:inherit;background:rgba(128,128,128,.07);"
        f'font-size:1em;line-height:1.45;overflow-wrap:anywhere">'
        f'<p class="course-verdict-head" style="margin:0 0 .25em">'
        f'{verdict_badge(entry.verdict)} <span style="margin-left:.4em;font-weight:600">'
        f"{subject} {entry.id}</span> "
        f'<span style="opacity:.8">judged by {entry.judged}</span></p>'
        f'<p class="course-verdict-claim" style="margin:0">{name}{escape(entry.text)}</p>'
        f"{found}</div>"
    )


def verdict_anchor(claim_id: str) -> str:
    """Return the HTML id of a claim's card, which the book's table links to."""
    return f"verdict-{claim_id}"


def verdict_badge(word: str) -> str:
    """Return a verdict as HTML: an icon and the word on the verdict's colour."""
    colour, shape = _LOOKS[word]
    return (
        f'<span class="course-verdict-badge course-verdict-badge-{word}" '
        f'style="display:inline-flex;align-items:center;gap:.35em;padding:.05em .6em .05em .45em;'
        f'border-radius:1em;background:{colour};color:#fff;font-weight:600;white-space:nowrap">'
        f'<svg viewBox="0 0 16 16" width="1em" height="1em" aria-hidden="true" focusable="false" '
        f'fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" '
        f'stroke-linejoin="round">{shape}</svg>{word.capitalize()}</span>'
    )


def phrase_html(phrase: str) -> str:
    """Return the page's own words as HTML: Chinese text marked as such, anything else as code."""
    if any("\u4e00" <= letter <= "\u9fff" for letter in phrase):
        return f'<span class="course-verdict-phrase" lang="zh">「{escape(phrase)}」</span>'
    return f'<code class="course-verdict-phrase">{escape(phrase)}</code>'


def _criteria_html(criteria: tuple[Criterion, ...]) -> str:
    """Return criteria as a list: what was measured, what it must be, and the margin."""
    items = "".join(
        f'<li style="margin:.1em 0">{escape(each.words)}: '
        f"<strong>{escape(each.measured)}</strong>; {escape(each.demand)}</li>"
        for each in criteria
    )
    style = "margin:.25em 0 0;padding-left:1.2em"
    return f'<ul class="course-verdict-criteria" style="{style}">{items}</ul>' if items else ""


def _finite(values: Any, words: str, what: str) -> np.ndarray:
    """Return values as a row of numbers, or say which is none."""
    try:
        numbers = np.asarray(values, dtype=float).ravel()
    except (TypeError, ValueError):
        raise VerdictError(f"{words!r}: {what} is {values!r}, which is not a number.") from None
    finite = np.isfinite(numbers).sum()
    if not numbers.size or finite < numbers.size:
        raise VerdictError(
            f"{words!r}: {what} is not a finite number ({finite} of {numbers.size} are). A run has "
            "diverged, or a mean was taken over nothing. Mend the experiment before it gives a "
            "verdict."
        )
    return numbers
