"""Nothing of a solution or of a hidden test reaches the site: no page, no source, no index, no link.

The tests look at ``book/_build/html``, which `make test` has built before, or at the folder that
the variable SITE_FOLDER names. What is looked for is tried first on a site that does leak.
"""

from __future__ import annotations

import html
import json
import os
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import assignment_forms as forms
import headless
import pytest

SITE = Path(os.environ.get("SITE_FOLDER") or headless.SITE)
SLUGS = forms.slugs()
READ = {".html", ".ipynb", ".js", ".json", ".md", ".txt", ".xml", ".rst", ".py", ".yml", ".csv"}
LONG = 14  # letters and digits: a shorter line may stand anywhere
SmallSite = Callable[..., tuple[Path, str]]

pytestmark = pytest.mark.site


def squeezed(line: str) -> str:
    """A line without blanks and signs, so that neither markup nor typography hides it."""
    return re.sub(r"\W|_", "", line).casefold()


def lines_of(path: Path) -> Iterator[str]:
    """The lines of a file as a reader sees them, and as they are written."""
    text = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix == ".ipynb":
        for value in strings_in(json.loads(text)):
            yield from value.splitlines()
        return
    yield from text.splitlines()
    if path.suffix == ".html":
        yield from html.unescape(re.sub(r"<[^>]*>", "", text)).splitlines()


def strings_in(value: object) -> Iterator[str]:
    """Every text inside a parsed file."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from strings_in(part)


@cache
def secrets(slug: str) -> frozenset[str]:
    """The squeezed lines of an assignment's source that the release does not have."""
    notebook = forms.rendered(forms.source(slug), forms.values(slug, 0))
    public = {
        squeezed(line) for c in forms.released(notebook).cells for line in c.source.split("\n")
    }
    hidden = {squeezed(line) for c in notebook.cells for line in forms.secrets_of(c)}
    return frozenset(line for line in hidden - public if len(line) >= LONG)


def words_in(text: str) -> set[str]:
    return set(re.findall(r"[a-z]{7,}", text.casefold()))


@cache
def secret_words() -> frozenset[str]:
    """Words of solutions and hidden tests that stand nowhere else in the course."""
    secret: set[str] = set()
    public = [*forms.ROOT.glob("src/helpers/**/*.py"), *forms.ROOT.glob("book/**/*.md")]
    public += [*forms.ROOT.glob("notebooks/*.ipynb"), *forms.PAGES.glob("*.ipynb")]
    public += [forms.ROOT / "book" / "claims.yml", forms.ROOT / "book" / "references.bib"]
    for slug in SLUGS:
        for cell in forms.rendered(forms.source(slug), forms.values(slug, 0)).cells:
            secret |= words_in("\n".join(forms.secrets_of(cell)))
    made = ("_build", "_vendor")
    texts = [path for path in public if not set(made).intersection(path.parts)]
    return frozenset(secret.difference(*(words_in(p.read_text("utf-8")) for p in texts)))


def leaks(site: Path, wanted: frozenset[str]) -> list[str]:
    """The files of a site that hold secret lines, with one of these."""
    found = []
    for path in sorted(site.rglob("*")):
        if path.suffix in READ and path.is_file():
            shown = wanted.intersection(map(squeezed, lines_of(path)))
            found += [f"{path.relative_to(site)}: {sorted(shown)[0]}"] if shown else []
    return found


def indexed(site: Path) -> set[str]:
    """The secret words that the search of a site finds; it cuts off their ends."""
    index = (site / "searchindex.js").read_text(encoding="utf-8").casefold()
    known = set(re.findall(r"[a-z]{5,}", index))
    return {word for word in secret_words() if word in known or word[:-2] in known}


@pytest.fixture(scope="module")
def site() -> Path:
    if not (SITE / "index.html").exists():
        pytest.fail(f"There is no site in {SITE}: run make book first.", pytrace=False)
    return SITE


def test_no_line_of_a_solution_or_hidden_test_is_in_the_site(site: Path) -> None:
    assert leaks(site, frozenset().union(*map(secrets, SLUGS))) == []


def test_the_search_finds_no_word_of_a_solution(site: Path) -> None:
    assert indexed(site) == set()


def test_no_source_and_no_link_to_one_is_in_the_site(site: Path) -> None:
    names = "|".join(map(re.escape, SLUGS))
    to_a_source = re.compile(rf"(?<!book/)(?<!\.\./)\bassignments/({names})/")
    assert not [path for path in site.rglob("*") if to_a_source.search(path.as_posix())]
    pages = [path for path in site.rglob("*.html") if to_a_source.search(path.read_text("utf-8"))]
    assert pages == []


@pytest.mark.parametrize("slug", SLUGS)
def test_the_page_folds_its_tests_and_gives_the_release(site: Path, slug: str) -> None:
    text = (site / "book" / "assignments" / f"{slug}.html").read_text(encoding="utf-8")
    page = forms.page(slug)
    tests = [cell for cell in page.cells if forms.is_test(cell)]
    assert text.count("tag_hide-input") >= len(tests)
    assert "NotImplementedError" in text
    assert "output_area" not in text
    download = site / "_sources" / "book" / "assignments" / f"{slug}.ipynb"
    assert json.loads(download.read_text("utf-8")) == json.loads(
        (forms.PAGES / f"{slug}.ipynb").read_text("utf-8")
    )


# --- A site that leaks ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def leaking(small_site: SmallSite) -> Path:
    """A site made of the first source by mistake."""
    notebook = forms.rendered(forms.source(SLUGS[0]), forms.values(SLUGS[0], 0))
    cells = [
        f"```python\n{cell.source}\n```" if cell.cell_type == "code" else cell.source
        for cell in notebook.cells
    ]
    folder, _ = small_site({"index.md": "\n\n".join(cells)}, [])
    return folder


def test_a_leak_is_found_in_pages_sources_and_the_index(leaking: Path) -> None:
    found = "\n".join(leaks(leaking, secrets(SLUGS[0])))
    assert "index.html: " in found
    assert "_sources/index.md.txt: " in found
    assert indexed(leaking) >= {"multiplicity"} or len(indexed(leaking)) > 5


def test_a_leak_is_found_in_a_notebook(tmp_path: Path) -> None:
    notebook = forms.ASSIGNMENTS / SLUGS[0] / f"{SLUGS[0]}.ipynb"
    (tmp_path / "a.ipynb").write_text(notebook.read_text("utf-8"), encoding="utf-8")
    assert leaks(tmp_path, secrets(SLUGS[0]))


@pytest.mark.parametrize("slug", SLUGS)
def test_there_is_something_to_look_for(slug: str) -> None:
    assert len(secrets(slug)) > 20
    assert secret_words()
