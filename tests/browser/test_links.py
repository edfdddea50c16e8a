"""What stands in the pages' HTML: links that lead somewhere, cards for sharing, the buttons."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

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
    shared = (
        page_name,
        "book/intro.html",
        "book/all-verdicts.html",
    )  # of what leads on: the target
    root = next(
        cards["og:url"].removesuffix(page) for page in shared if cards["og:url"].endswith(page)
    )
    picture = cards["og:image"].removeprefix(root)
    assert (site / picture).stat().st_size > 5_000


def test_the_site_brings_its_search_index(site: Path):
    assert (site / "searchindex.js").stat().st_size > 1_000


LAUNCH = ("https://mybinder.org", "https://colab.research.google.com")


def test_a_chapter_can_be_launched_and_mended_where_its_repository_is_known(
    parse: Parse, chapter: str, repository: str
):
    source = chapter.replace(".html", ".ipynb")
    links = [unquote(tag["href"]) for tag in parse(chapter).find_all("a", href=True)]
    if not repository:
        buttons = [link for link in links if link.startswith(LAUNCH) or "/issues/new" in link]
        assert buttons == []
        return
    assert any(f"/edit/main/{source}" in link for link in links if link.startswith(repository))
    assert any("/issues/new?" in link for link in links)
    if owner := repository.partition("https://github.com/")[2]:
        binder = f"{LAUNCH[0]}/v2/gh/{owner}/main?urlpath=lab/tree/{source}"
        assert binder in links
        assert f"{LAUNCH[1]}/github/{owner}/blob/main/{source}" in links


def test_a_chapter_can_be_downloaded(site: Path, parse: Parse, chapter: str):
    links = [tag["href"] for tag in parse(chapter).find_all("a", href=True)]
    source = chapter.replace(".html", ".ipynb")
    download = f"../_sources/{source}"
    assert download in links
    notebook = nbformat.read((site / chapter).parent / download, as_version=4)
    nbformat.validate(notebook)
    assert any(cell.cell_type == "code" for cell in notebook.cells)


def test_no_solution_key_of_an_instructor_is_published(site: Path):
    leaked = [path for path in site.rglob("*") if "exercises" in path.parts]
    assert leaked == []
