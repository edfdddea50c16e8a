"""The ledger of claims, and the verdict cards that the chapters show.

``book/claims.yml`` lists every claim and program on trial. A chapter measures one and ends with::

    verdict("C34", holds=error < 1e-6, measured=f"relative error {error:.1e}")

The card is the cell's output. If `holds` is false the cell fails, so running the notebooks tests
the whole content of the course.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from types import MappingProxyType
from typing import Any

import numpy as np

from helpers.errors import VerdictError
from helpers.ledger import Entry, Ledger, ledger

__all__ = [
    "VERDICT_MIME_TYPE",
    "Entry",
    "Ledger",
    "VerdictCard",
    "ledger",
    "phrase_html",
    "verdict",
    "verdict_anchor",
    "verdict_badge",
]

VERDICT_MIME_TYPE = "application/vnd.relu-on-trial.verdict+json"

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

_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class VerdictCard:
    """A claim with its verdict and the evidence that a cell has just measured."""

    entry: Entry
    measured: str
    sources: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    where: str | None = None

    def __repr__(self) -> str:
        """Return one line of plain text."""
        return f"{self.entry.id} {self.entry.verdict.upper()}: {self.measured}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """Return the card for people (HTML, text) and for the book's table (JSON)."""
        record = {
            "id": self.entry.id,
            "verdict": self.entry.verdict,
            "measured": self.measured,
            "holds": True,
        }
        if self.where is not None:
            record["where"] = self.where
        return {
            "text/html": self._repr_html_(),
            "text/plain": repr(self),
            VERDICT_MIME_TYPE: record,
        }

    def _repr_html_(self) -> str:
        """Return the card. It carries its own style, so that it looks right in JupyterLab too."""
        entry = self.entry
        rows = [
            ("Measured", escape(self.measured)),
            ("Where", escape(self.where) if self.where else ""),
            ("Must show" if entry.is_system else "Why", escape(entry.why)),
            ("Wrong in print", "<br>".join(escape(bug) for bug in entry.bugs)),
            ("Sources", escape("; ".join(self.sources))),
            ("Found on", "<br>".join(escape(page) for page in self.pages)),
        ]
        details = "".join(
            f'<div style="display:flex;flex-wrap:wrap;gap:0 .75em;margin:.3em 0 0">'
            f'<dt style="flex:0 0 7.5em;margin:0;font-weight:600">{term}</dt>'
            f'<dd style="flex:1 1 15em;margin:0;min-width:0">{text}</dd></div>'
            for term, text in rows
            if text
        )
        subject = "System" if entry.is_system else "Claim"
        name = f"<strong>{escape(entry.name)}.</strong> " if entry.name else ""
        colour = _LOOKS[entry.verdict][0]
        return (
            f'<div class="course-verdict course-verdict-{entry.verdict}" '
            f'id="{verdict_anchor(entry.id)}" role="group" '
            f'aria-label="{subject} {entry.id}: {entry.verdict}" '
            f'style="border:1px solid {colour};border-left-width:.4em;border-radius:.4em;'
            f"padding:.7em 1em;margin:1em 0;color:inherit;background:rgba(128,128,128,.07);"
            f'font-size:1em;line-height:1.5;overflow-wrap:anywhere">'
            f'<p class="course-verdict-head" style="margin:0 0 .4em">{verdict_badge(entry.verdict)}'
            f' <span style="margin-left:.4em;font-weight:600">{subject} {entry.id}</span></p>'
            f'<p class="course-verdict-claim" style="margin:0">{name}{escape(entry.text)} '
            f"{phrase_html(entry.phrase)}</p>"
            f'<dl class="course-verdict-details" style="margin:.4em 0 0">{details}</dl></div>'
        )


def verdict(
    claim_id: str, *, holds: bool | np.bool_, measured: str, where: str | None = None
) -> VerdictCard:
    """Close an experiment: show the card of a claim, or fail if the evidence contradicts it.

    Parameters
    ----------
    claim_id
        ``"C01"`` to ``"C76"`` for a claim, ``"S01"`` to ``"S13"`` for a program.
    holds
        Whether the evidence supports the verdict that the ledger records: an inequality with a
        margin, computed from the data of this run.
    measured
        The evidence in one sentence, with the numbers of this run (an f-string).
    where
        The setting, if the sentence needs it (data, number of seeds).

    Returns
    -------
    VerdictCard
        The last expression of a cell shows it.

    Raises
    ------
    VerdictError
        If `holds` is false; the message names the claim and the numbers. Also if `holds` is not a
        boolean, or if `measured` is empty or contains a ``nan``.
    UnknownNameError
        If the ledger has no such claim.

    Examples
    --------
    >>> slopes = [0.01, 0.2, 0.3]
    >>> verdict("C30", holds=min(slopes) > 0, measured=f"smallest slope {min(slopes)}")
    C30 FALSE: smallest slope 0.01
    """
    book = ledger()
    entry = book[claim_id]
    if not isinstance(holds, bool | np.bool_):
        raise VerdictError(
            f"{entry.id}: holds is {holds!r} of type {type(holds).__name__}, which is not a yes or "
            "no. Give a comparison, such as holds=error < 1e-6."
        )
    if not isinstance(measured, str) or not measured.strip():
        raise VerdictError(
            f"{entry.id}: measured is {measured!r}. Give one sentence with the numbers of this "
            'run, such as measured=f"relative error {error:.1e}".'
        )
    if re.search(r"\bnan\b", measured):
        raise VerdictError(
            f"{entry.id}: the evidence is not a number: {measured!r}. A run has diverged, or a "
            "mean was taken over nothing. Mend the experiment before it gives a verdict."
        )
    if not holds:
        raise VerdictError(
            f"{entry.id}: the evidence contradicts the recorded verdict {entry.verdict!r}. "
            f"Claim: {entry.text} Measured: {measured.rstrip('. ')}. If the experiment is right, "
            f"correct {entry.id} in book/claims.yml (line {entry.line}); otherwise mend the "
            "experiment."
        )
    sources, pages = book.sources_of(entry), book.pages_of(entry)
    return VerdictCard(entry, measured, tuple(sources), tuple(pages), where)


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
    if _CHINESE.search(phrase):
        return f'<span class="course-verdict-phrase" lang="zh">「{escape(phrase)}」</span>'
    return f'<code class="course-verdict-phrase">{escape(phrase)}</code>'
