"""An audit of a page by axe-core, on a desktop and on a phone."""

from __future__ import annotations

from contextlib import suppress

import pytest
from headless import DESKTOP, PHONE
from playwright.sync_api import Page, TimeoutError
from visits import ROOT

# Whether everything that scrolls sideways can be reached by the keyboard.
SCROLLED_BY_KEYBOARD = """() => [...document.querySelectorAll(
    "pre, .cell_output, .cell_output > .output, .pst-scrollable-table-container, table, div.math"
  )].every((box) => box.scrollWidth <= box.clientWidth || box.tabIndex === 0)"""
AUDIT = "(selectors) => axe.run(document, { resultTypes: ['violations'], selectors })"
AXE = ROOT / "build" / "vendor" / "axe.min.js"


def violations(page: Page, where: bool = False) -> list[str]:
    """What axe-core complains of; to say where, it takes a fifth longer."""
    found = page.evaluate(AUDIT, where)["violations"]
    return [
        f"{rule['id']}: {node.get('target', '')} {node['html'][:120]}"
        for rule in found
        for node in rule["nodes"][:3]
    ]


def audit(page: Page) -> None:
    """See that axe-core finds nothing to complain of."""
    if not AXE.exists():
        pytest.fail(f"{AXE.relative_to(ROOT)} is missing: run make book first.", pytrace=False)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for screen in (DESKTOP, PHONE):
        page.set_viewport_size(screen)
        with suppress(TimeoutError):  # what stays, axe will name
            page.wait_for_function(SCROLLED_BY_KEYBOARD)
        found = violations(page)
        if found:  # the theme waits for the last of several changes, on a busy machine for long
            page.wait_for_timeout(2_000)
            found = violations(page, where=True)
        assert not found, "\n".join([f"{screen['width']} px wide:", *found])
