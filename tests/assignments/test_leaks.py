"""Nothing of a solution or hidden test reaches the site: no page, no source, no index, no link.

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
import nbformat
import numpy as np
import pytest
from sphinx.search.en import SearchEnglish

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
def public_texts() -> tuple[str, ...]:
    """What the course publishes: helpers, pages, chapters, releases."""
    paths = [*forms.ROOT.glob("src/helpers/**/*.py"), *forms.ROOT.glob("book/*.md")]
    paths += [forms.ROOT / "book" / "claims.yml", forms.ROOT / "book" / "references.bib"]
    notebooks = [*forms.ROOT.glob("notebooks/*.ipynb"), *forms.PAGES.glob("*.ipynb")]
    cells = [strings_in(json.loads(path.read_text("utf-8"))) for path in notebooks]
    return (*(path.read_text("utf-8") for path in paths), *("\n".join(each) for each in cells))


@cache
def secret_lines(slug: str) -> frozenset[str]:
    """The lines of an assignment's source that no student may see."""
    notebook = forms.rendered(forms.source(slug), forms.values(slug, 0))
    return frozenset(line for cell in notebook.cells for line in forms.secrets_of(cell))


@cache
def secrets() -> frozenset[str]:
    """The squeezed lines of all solutions and hidden tests that stand nowhere else."""
    public = {squeezed(line) for text in public_texts() for line in text.splitlines()}
    hidden = {squeezed(line) for slug in SLUGS for line in secret_lines(slug)}
    return frozenset(line for line in hidden - public if len(line) >= LONG)


def terms_in(text: str) -> set[str]:
    """The words of a text as the search of the site may know them: with and without endings."""
    words = {word.lower() for word in re.findall(r"\w+", text)}
    return words | set(map(SearchEnglish({}).stem, words))


def leaks(site: Path, wanted: frozenset[str]) -> list[str]:
    """The files of a site that hold secret lines, with one of these."""
    found = []
    for path in sorted(site.rglob("*")):
        if path.suffix in READ and path.is_file():
            shown = wanted.intersection(map(squeezed, lines_of(path)))
            found += [f"{path.relative_to(site)}: {sorted(shown)[0]}"] if shown else []
    return found


def indexed(site: Path, page: str) -> set[str]:
    """The words by which the search of a site finds a page."""
    text = (site / "searchindex.js").read_text(encoding="utf-8")
    index = json.loads(text[text.index("{") : text.rindex("}") + 1])
    number = index["docnames"].index(page)
    places = {**index["terms"], **index["titleterms"]}.items()
    return {term.lower() for term, found in places if number in np.atleast_1d(found)}


def text_of_release(slug: str) -> str:
    page = nbformat.read(forms.PAGES / f"{slug}.ipynb", as_version=4)
    return "\n".join(cell.source for cell in page.cells)


@pytest.fixture(scope="module")
def site() -> Path:
    if not (SITE / "index.html").exists():
        pytest.fail(f"There is no site in {SITE}: run make book first.", pytrace=False)
    return SITE


def test_no_line_of_a_solution_or_hidden_test_is_in_the_site(site: Path) -> None:
    assert leaks(site, secrets()) == []


@pytest.mark.parametrize("slug", SLUGS)
def test_the_search_finds_a_page_by_words_of_the_release_only(site: Path, slug: str) -> None:
    found = indexed(site, f"book/assignments/{slug}")
    assert len(found) > 50
    assert found - terms_in(text_of_release(slug)) == set()


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
    assert "cell_output" not in text
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
    found = "\n".join(leaks(leaking, secrets()))
    assert "index.html: " in found
    assert "_sources/index.md.txt: " in found
    assert indexed(leaking, "index") - terms_in(text_of_release(SLUGS[0])) != set()


def test_a_leak_is_found_in_a_notebook(tmp_path: Path) -> None:
    notebook = forms.ASSIGNMENTS / SLUGS[0] / f"{SLUGS[0]}.ipynb"
    (tmp_path / "a.ipynb").write_text(notebook.read_text("utf-8"), encoding="utf-8")
    assert leaks(tmp_path, secrets())


@pytest.mark.parametrize("slug", SLUGS)
def test_there_is_something_to_look_for(slug: str) -> None:
    assert len(secrets().intersection(map(squeezed, secret_lines(slug)))) > 20
    samples = {squeezed(line) for line in secret_lines(slug) if line.startswith("> ")}
    assert len(samples) > 3  # the sample answers to the task in words
    assert samples <= secrets()
