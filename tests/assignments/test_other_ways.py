"""Right answers in another style than the solution's get every point.

They stand in ``other_ways/NN-slug.yml``, by the cell that they are written into::

    train:
      - way: the losses as an array
        code: |
          def train(...): ...

Checks once refused some of them. The first ways of all cells are tried together, then the second
ones, and so on. Placeholders are filled in.
"""

from __future__ import annotations

from pathlib import Path

import assignment_forms as forms
import pytest
import yaml
from assignment_scores import answered, score

WAYS = Path(__file__).parent / "other_ways"
SLUGS = sorted(path.stem for path in WAYS.glob("*.yml"))
VARIANTS = (0, 7, 2_026)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("slug", SLUGS)
def test_another_way_gets_every_point(slug: str, variant: int) -> None:
    values = forms.values(slug, variant)
    notebook = forms.rendered(forms.source(slug), values)
    ways = yaml.safe_load((WAYS / f"{slug}.yml").read_text(encoding="utf-8"))
    missed = {}
    for place in range(max(map(len, ways.values()))):
        now = {name: given[place] for name, given in ways.items() if place < len(given)}
        codes = {name: forms.filled(each["code"], values) for name, each in now.items()}
        assert set(codes) <= set(forms.each_cell(notebook, forms.is_solution))
        for name, each in score(answered(notebook, codes)).items():
            if each.points < each.most:
                missed[name, *sorted(way["way"] for way in now.values())] = each.said
    assert missed == {}
