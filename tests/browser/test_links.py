"""What stands in the pages' HTML: links that lead somewhere, cards for sharing, the buttons."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from urllib.parse import quote, unquote, urldefrag, urlsplit

import nbformat
import pytest
from bs4 import BeautifulSoup

Parse = Callable[[str], BeautifulSoup]


@pytest.fixture(scope="module")
def targets(parse: Parse) -> Callable[[str], set[str]]:
    """Return what tells where on a page a link can jump to."""

    @cache
    def of_page(name: str) -> set[str]:
        named = parse(name).find_all("a", attrs={"name": True})
        return {tag["id"] for tag in parse(name).find_all(id=True)} | {tag["name"] for tag in named}

    return of_page


def is_outside(address: str) -> bool:
    return bool(urlsplit(address).scheme or urlsplit(address).netloc)


def test_links_lead_somewhere(
    site: Path, parse: Parse, targets: Callable[[str], set[str]], page_name: str
):
    page = parse(page_name)
    broken = []
    for tag in page.find_all(["a", "link"], href=True):
        if is_outside(tag["href"]):
            continue
        address, fragment = urldefrag(unquote(tag["href"]))
        path = urlsplit(address).path
        target = (site / page_name).parent / path if path else site / page_name
        target = target / "index.html" if target.is_dir() else target
        if not target.exists():
            broken.append(f"{tag['href']}: no such file")
        elif fragment and target.suffix == ".html":
            name = target.resolve().relative_to(site.resolve()).as_posix()
            if fragment not in targets(name):
                broken.append(f"{tag['href']}: no such place on that page")
    assert broken == []


def test_scripts_styles_and_pictures_are_the_sites_own(site: Path, parse: Parse, page_name: str):
    page = parse(page_name)
    used = [tag["src"] for tag in page.find_all(["script", "img", "iframe", "source"], src=True)]
    used += [
        tag["href"]
        for tag in page.find_all("link", href=True)
        if not {"canonical", "alternate"} & set(tag.get("rel", []))
    ]
    used = [address for address in used if not address.startswith("data:")]
    assert [address for address in used if is_outside(address)] == []
    paths = [(site / page_name).parent / urlsplit(unquote(address)).path for address in used]
    assert [str(path) for path in paths if not path.exists()] == []


def test_no_id_occurs_twice(site: Path, parse: Parse, page_name: str):
    ids = [tag["id"] for tag in parse(page_name).find_all(id=True)]
    assert sorted(ids) == sorted(set(ids))


GENERATED = ("genindex", "py-modindex", "prf-prf", "search")


def test_a_shared_link_has_a_card(site: Path, parse: Parse, page_name: str):
    if page_name.startswith(GENERATED):
        pytest.skip("a page that Sphinx makes")
    tags = parse(page_name).find_all("meta", property=True)
    cards = {tag["property"]: tag["content"] for tag in tags}
    for name in ("og:title", "og:type", "og:url", "og:site_name", "og:description", "og:image"):
        assert cards.get(name, "").strip(), f"{name} is missing"
    root = cards["og:url"].removesuffix("book/intro.html").removesuffix(page_name)
    picture = cards["og:image"].removeprefix(root)
    assert (site / picture).stat().st_size > 5_000


def test_the_site_brings_its_search_index(site: Path):
    assert (site / "searchindex.js").stat().st_size > 1_000


def test_a_chapter_can_be_launched_downloaded_and_mended(
    site: Path, parse: Parse, chapter: str, repository: str
):
    source = chapter.replace(".html", ".ipynb")
    links = [tag["href"] for tag in parse(chapter).find_all("a", href=True)]
    owner = repository.removeprefix("https://github.com/")
    binder = f"https://mybinder.org/v2/gh/{owner}/main?urlpath=lab/tree/{source}"
    assert binder in [unquote(link) for link in links]
    assert f"https://colab.research.google.com/github/{owner}/blob/main/{source}" in links
    assert f"{repository}/edit/main/{source}" in links
    assert any(f"/issues/new?title={quote('Issue on page')}" in link for link in links)
    download = f"../_sources/{source}"
    assert download in links
    notebook = nbformat.read((site / chapter).parent / download, as_version=4)
    nbformat.validate(notebook)
    assert any(cell.cell_type == "code" for cell in notebook.cells)


def test_no_solution_key_of_an_instructor_is_published(site: Path):
    leaked = [path for path in site.rglob("*") if "exercises" in path.parts]
    assert leaked == []
