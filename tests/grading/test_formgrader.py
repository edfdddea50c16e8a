"""A task in words is graded in nbgrader's own Formgrader, in a real browser."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing

import pytest
import tiny
from classes import Class, needs_sandbox
from playwright.sync_api import Browser, Page

SCRIPT = "<script>document.title = 'taken over'</script><img src=x onerror=\"document.title='x'\">"

pytestmark = [needs_sandbox, pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def graded(course: Class, release: tiny.Notebook) -> Class:
    """A class with a submission whose answer in words waits."""
    answer = f"Because it grows. {SCRIPT}"
    tiny.hand_in(course.root, "ana", tiny.answered(release, words=answer))
    course.grade()
    return course


@pytest.fixture
def address(graded: Class) -> Iterator[str]:
    """The Formgrader's address, with the token."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    folders = {
        f"JUPYTER_{name}_DIR": str(graded.root.parent / name)
        for name in ("CONFIG", "DATA", "RUNTIME")
    }
    server = subprocess.Popen(
        graded.command("review", "--no-browser", "--port", port),
        env={**os.environ, **folders},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        for line in server.stdout:
            found = re.search(r"http://127\.0\.0\.1:\d+/formgrader\?token=\w+", line)
            if found:
                yield found[0]
                break
        else:
            raise AssertionError("the Formgrader did not start")
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a browser that reaches this computer alone."""
    opened = browser.new_page()
    opened.route(re.compile(r"^https?://(?!127\.0\.0\.1)"), lambda route: route.abort())
    yield opened
    opened.close()


def manual_score(course: Class) -> float | None:
    query = "SELECT manual_score FROM grade JOIN base_cell ON base_cell.id = grade.cell_id"
    with closing(sqlite3.connect(course.root / "gradebook.db")) as database:
        [(score,)] = database.execute(f"{query} WHERE base_cell.name = 'words'").fetchall()
    return score


def test_points_given_in_the_browser_reach_the_table(
    graded: Class, address: str, page: Page
) -> None:
    base = address.split("?")[0]
    page.goto(address)
    page.goto(f"{base}/gradebook/{tiny.ASSIGNMENT}/{tiny.ASSIGNMENT}")
    page.get_by_role("link", name="Submission #1").click()
    field = page.locator("input.score").last
    field.wait_for()
    assert page.get_by_text("Because it grows").count() == 1
    assert "taken over" not in page.title()
    assert page.locator("[onerror]").count() == 0
    assert manual_score(graded) is None
    # Formgrader asks for the points after the page has loaded, and empties what was typed before.
    page.wait_for_function("formgrader.grades?.loaded && formgrader.comments?.loaded")
    field.fill("1.5")
    field.press("Tab")
    deadline = time.monotonic() + 10
    while manual_score(graded) is None and time.monotonic() < deadline:
        page.wait_for_timeout(100)
    assert manual_score(graded) == 1.5
    graded.run("grades")
    table = (graded.root / "grades.csv").read_text(encoding="utf-8-sig")
    assert f"{tiny.ASSIGNMENT},ana,7.5,8,graded" in table
