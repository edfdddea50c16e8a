"""Students' texts as HTML for a page: with headings and paragraphs, without scripts."""

from __future__ import annotations

import re

import bleach
from nbconvert.filters import markdown2html

# What Markdown makes. nbconvert's own list has neither paragraphs nor headings, so that its pages
# show "<p>" as text. No pictures: they would be asked for from other servers.
TAGS = {
    *bleach.ALLOWED_TAGS,
    *("p", "br", "hr", "div", "span", "pre", "del", "sub", "sup"),
    *(f"h{level}" for level in range(1, 7)),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {**bleach.ALLOWED_ATTRIBUTES, "*": ["class", "id"]}
FENCE = re.compile(r"^:{3,}(?:\{[\w:-]+\}[ \t]*(?P<title>.*))?$(?:\n:\w+:.*$)*", re.MULTILINE)


def without_fences(source: str) -> str:
    """Return a text in which a box (`:::{note} Title`) is its title in bold, and its content."""

    def title(fence: re.Match[str]) -> str:
        return f"**{fence['title']}**" if fence["title"] else ""

    return FENCE.sub(title, source)


def safe_markdown(source: str) -> str:
    """Return the page of a student's text, without scripts."""
    made = markdown2html(without_fences(source))
    return bleach.clean(made, tags=TAGS, attributes=ATTRIBUTES)
