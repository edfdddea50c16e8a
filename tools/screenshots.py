"""Picture every page of the site, on a desktop and a phone, in light and in dark.

python tools/screenshots.py build/screenshots      every page
python tools/screenshots.py build/screenshots book/intro.html
python tools/screenshots.py --readme               book/_static/readme.png, for the README
"""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path

from headless import (
    DESKTOP,
    PHONE,
    SITE,
    THEMES,
    find_chromium,
    launch,
    pages_of,
    serve,
    theme_script,
)
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
SCREENS = {"desktop": DESKTOP, "phone": PHONE}
README_PICTURE = ROOT / "book" / "_static" / "readme.png"
README_PAGE = "book/intro.html"
MAX_BYTES = 300_000


def open_page(browser: Browser, address: str, theme: str, screen: dict[str, int]) -> Page:
    """Open a page and wait until its formulas and figures are drawn."""
    page = browser.new_page(viewport=screen, color_scheme=theme, reduced_motion="reduce")
    page.add_init_script(theme_script(theme))
    page.goto(address, wait_until="networkidle")
    page.wait_for_timeout(300)
    return page


def picture_pages(browser: Browser, base: str, folder: Path, wanted: list[str]) -> None:
    """Write one PNG for each page, screen and theme."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in wanted:
        for kind, screen in SCREENS.items():
            for theme in THEMES:
                page = open_page(browser, base + name, theme, screen)
                path = folder / f"{name.removesuffix('.html').replace('/', '_')}-{kind}-{theme}.png"
                page.screenshot(path=path, full_page=True)
                page.close()
        print(f"   {name}", flush=True)


# Leaves the title, the first words, the figure with its line folded, and the cards.
ARRANGE = """() => {
  const section = document.querySelector(".bd-article section");
  const slider = section.querySelector("input[type=range]");
  slider.value = slider.max;
  slider.dispatchEvent(new Event("input"));
  const kept = ["h1", "p", "figure.course-figure", ".folklore-cards"];
  section.replaceChildren(...kept.map((part) => section.querySelector(part)));
  document.querySelectorAll(".bd-header-article, .bd-sidebar").forEach((part) => part.remove());
  section.id = "readme-picture";
}"""


def picture_readme(browser: Browser, base: str) -> None:
    """Write the README's picture: the figure of the first page, and its verdict cards."""
    screen = {"width": 1180, "height": 900}
    page = open_page(browser, base + README_PAGE, "light", screen)
    page.evaluate(ARRANGE)
    page.wait_for_timeout(500)
    box = page.locator("#readme-picture").bounding_box()
    edge = 24
    clip = {
        "x": box["x"] - edge,
        "y": box["y"] - edge,
        "width": box["width"] + 2 * edge,
        "height": box["height"] + 2 * edge,
    }
    picture = Image.open(io.BytesIO(page.screenshot(full_page=True, clip=clip))).convert("RGB")
    picture.quantize(colors=200, dither=Image.Dither.NONE).save(README_PICTURE, optimize=True)
    size = README_PICTURE.stat().st_size
    if size > MAX_BYTES:
        raise SystemExit(f"{README_PICTURE} has {size:,} bytes; at most {MAX_BYTES:,} are allowed.")
    print(f"   {README_PICTURE.relative_to(ROOT)}: {size:,} bytes, {picture.width} wide")


def main() -> int:
    """Take the pictures; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "build" / "screenshots")
    parser.add_argument("pages", nargs="*", help="pages such as book/intro.html; all by default")
    parser.add_argument("--readme", action="store_true", help="take the README's picture instead")
    parser.add_argument("--site", type=Path, default=SITE, help="the built site")
    options = parser.parse_args()
    if not (options.site / "index.html").exists():
        print(f"There is no site in {options.site}: run `make book` first.", file=sys.stderr)
        return 1
    with sync_playwright() as playwright, serve(options.site) as base:
        path = find_chromium(playwright)
        if path is None:
            print("Screenshots need Chromium or Chrome, and none was found.", file=sys.stderr)
            return 1
        browser = launch(playwright, path)
        if options.readme:
            picture_readme(browser, base)
        else:
            picture_pages(browser, base, options.folder, options.pages or pages_of(options.site))
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
