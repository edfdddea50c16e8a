"""Settings that all tests share."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

# The tests run in three processes at once. If the matrix products of each of them also took every
# core, they would wait for each other most of the time. This has to stand before numpy's import.
for library in ("OPENBLAS", "OMP", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

import headless  # noqa: E402
import pytest  # noqa: E402
from hypothesis import settings  # noqa: E402
from playwright.sync_api import Browser, Playwright, sync_playwright  # noqa: E402
from sphinx.application import Sphinx  # noqa: E402
from sphinx.util.docutils import docutils_namespace, patch_docutils  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
# The same examples everywhere and each time: a test that fails in CI fails on a laptop, too. There
# is no deadline, because a busy machine is not a mistake in the course.
settings.register_profile("course", deadline=None, derandomize=True)
settings.load_profile("course")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that at the end no process waits for another.

    These are the files with a test marked slow; of the others, those with the most tests.
    """
    tests = Counter(item.path for item in items)
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: (item.path not in slow, -tests[item.path]))


SmallSite = Callable[..., tuple[Path, str]]


@pytest.fixture(scope="session")
def small_site(tmp_path_factory: pytest.TempPathFactory) -> SmallSite:
    """Return what builds a small site from pages by name; it gives its folder and the warnings.

    A folder that is given may already hold pages in its `source`, and a site that is renewed.
    """

    def build(
        pages: dict[str, str], extensions: list[str], folder: Path | None = None, **options: object
    ) -> tuple[Path, str]:
        folder = folder or tmp_path_factory.mktemp("site")
        for name, text in pages.items():
            page = folder / "source" / name
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(text, encoding="utf-8")
        options["extensions"] = ["myst_parser", *extensions]
        with (
            (folder / "warnings").open("w+", encoding="utf-8") as warnings,
            patch_docutils(),
            docutils_namespace(),
        ):
            app = Sphinx(
                folder / "source",
                None,
                folder / "site",
                folder / "doctrees",
                "html",
                confoverrides=options,
                status=None,
                warning=warnings,
            )
            app.build()
            warnings.seek(0)
            return folder / "site", warnings.read()

    return build


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Start what drives the browser: once, because a process can hold one of them only."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Start Chromium; where there is none skip, but never in CI."""
    path = headless.find_chromium(playwright)
    if path is None:
        reason = "Neither Chromium nor Chrome is installed; the pages were not looked at."
        if os.environ.get("CI") == "true":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    started = headless.launch(playwright, path)
    yield started
    started.close()
