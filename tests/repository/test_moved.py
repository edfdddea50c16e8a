"""An old address leads on to the new one."""

from __future__ import annotations

from collections.abc import Callable

from bs4 import BeautifulSoup

Site = Callable[..., tuple]

PAGES = {
    "index.md": "# Home\n\n```{toctree}\nbook/new\n```\n",
    "book/new.md": "# The new page\n",
}


def test_an_old_address_leads_on_with_and_without_a_script(small_site: Site) -> None:
    site, warnings = small_site(PAGES, ["moved"], moved_pages={"book/old": "book/new"})
    assert warnings == ""
    page = BeautifulSoup((site / "book" / "old.html").read_text(encoding="utf-8"), "html.parser")
    assert page.script.string == 'location.replace("new.html" + location.search + location.hash);'
    assert page.noscript.meta["content"] == "0; url=new.html"
    assert page.a["href"] == "new.html"
    assert "The new page" in page.title.string


def test_an_old_address_may_stand_in_another_folder(small_site: Site) -> None:
    moves = {"old": "book/new", "a/b/old": "book/new"}
    site, _ = small_site(PAGES, ["moved"], moved_pages=moves)
    assert '"book/new.html"' in (site / "old.html").read_text(encoding="utf-8")
    assert '"../../book/new.html"' in (site / "a" / "b" / "old.html").read_text(encoding="utf-8")


def test_a_slip_of_the_pen_is_a_warning_so_the_strict_build_stops(small_site: Site) -> None:
    site, warnings = small_site(PAGES, ["moved"], moved_pages={"book/old": "book/nwe"})
    assert "book/old leads to book/nwe, which is no page" in warnings
    assert not (site / "book" / "old.html").exists()
    _, warnings = small_site(PAGES, ["moved"], moved_pages={"index": "book/new"})
    assert "there is still a page at index" in warnings


def test_the_bare_address_leads_to_the_first_page(small_site: Site) -> None:
    pages = {"book/new.md": PAGES["book/new.md"]}
    site, warnings = small_site(pages, ["moved"], root_doc="book/new")
    assert warnings == ""
    assert '"book/new.html"' in (site / "index.html").read_text(encoding="utf-8")
