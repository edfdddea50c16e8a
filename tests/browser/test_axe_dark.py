"""axe-core finds nothing to complain of in the dark theme, on a desktop and a phone."""

from __future__ import annotations

import pytest
from audits import audit
from visits import Open

pytestmark = pytest.mark.slow


def test_axe_finds_no_violation(site, turn_to: Open, page_name: str):
    audit(turn_to(page_name, "dark", reduced_motion="reduce").page)
