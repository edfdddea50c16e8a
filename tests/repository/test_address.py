"""The repository's address: one in all places or none, and buttons only where it is known."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import address
import addresses
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
OWN = "https://github.com/somebody/course"


@pytest.fixture(autouse=True)
def no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COURSE_REPOSITORY", raising=False)


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files that know an address, in a folder of their own; they know none."""
    for pattern in address.changes(""):
        for path in ROOT.glob(pattern):
            target = tmp_path / path.relative_to(ROOT)
            target.parent.mkdir(exist_ok=True)
            shutil.copy(path, target)
    for path, text in address.rewritten(tmp_path, "").items():
        path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(address, "ROOT", tmp_path)
    return tmp_path


def contents(folder: Path) -> dict[str, str]:
    return {str(path): path.read_text() for path in folder.rglob("*") if path.is_file()}


def give(monkeypatch: pytest.MonkeyPatch, url: str) -> int:
    monkeypatch.setattr("sys.argv", ["address", url])
    return address.main()


def test_all_places_know_the_same_address_or_none() -> None:
    written = yaml.safe_load((ROOT / "book/_config.yml").read_text())["repository"]["url"]
    for path, text in address.rewritten(ROOT, written).items():
        assert path.read_text(encoding="utf-8") == text, f"run make address: {path.name} differs"


def test_an_owner_s_address_is_written_everywhere_and_only_once(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(copy)
    assert give(monkeypatch, f"{OWN}.git") == 0
    after = contents(copy)
    assert all(after[name] != before[name] for name in before)
    assert f"<{OWN}>" in after[str(copy / "README.md")]
    assert "https://somebody.github.io/course/" in after[str(copy / "README.md")]
    cited = yaml.safe_load(after[str(copy / "CITATION.cff")])
    assert (cited["repository-code"], cited["url"]) == (OWN, "https://somebody.github.io/course/")
    [cell] = {
        re.search(r'REPOSITORY = \\"(.*?)\\"', text)[1]
        for name, text in after.items()
        if name.endswith(".ipynb")
    }
    assert cell == OWN
    assert give(monkeypatch, OWN) == 0
    assert contents(copy) == after
    assert give(monkeypatch, "https://code.example.org/a/b") == 0
    assert not [name for name, text in contents(copy).items() if "github.com/somebody" in text]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "git@github.com:somebody/course.git",
        "http://github.com/somebody/course",
        "https://github.com/somebody",
        "https://somebody:secret@github.com/somebody/course",
        'https://github.com/somebody/course"; import os',
        "https://github.com/some body/course",
    ],
)
def test_what_is_no_address_is_refused_and_nothing_written(
    copy: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    url: str,
) -> None:
    before = contents(copy)
    assert give(monkeypatch, url) == 1
    said = capsys.readouterr().err
    assert url.replace("somebody:secret", "...") in said
    assert "https://HOST/OWNER/NAME" in said
    assert "secret" not in said
    assert contents(copy) == before


def test_a_file_without_a_place_for_it_is_named_and_nothing_written(
    copy: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (copy / "notebooks/01-one-neuron.ipynb").write_text("{}")
    before = contents(copy)
    assert give(monkeypatch, OWN) == 1
    assert "git checkout notebooks/01-one-neuron.ipynb" in capsys.readouterr().err
    assert contents(copy) == before


@pytest.mark.parametrize(
    ("remote", "found"),
    [
        ("https://github.com/somebody/course.git", OWN),
        ("https://user:token@github.com/somebody/course", OWN),
        ("git@github.com:somebody/course.git", ""),
        ("http://github.com/somebody/course", ""),
        ("../course", ""),
    ],
)
def test_only_an_https_remote_counts(tmp_path: Path, remote: str, found: str) -> None:
    for command in (["init", "-q"], ["remote", "add", "origin", remote]):
        subprocess.run(["git", "-C", tmp_path, *command], check=True)
    assert addresses.repository(tmp_path, "") == found
    assert addresses.repository(tmp_path, "https://a.org/b/c") == "https://a.org/b/c"


def test_the_variable_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert addresses.repository(tmp_path, "") == ""
    monkeypatch.setenv("COURSE_REPOSITORY", OWN)
    assert addresses.repository(tmp_path, "https://a.org/b/c") == OWN


@pytest.mark.parametrize(
    ("repository", "site"),
    [
        (OWN, "https://somebody.github.io/course/"),
        ("https://github.com/Some/some.github.io", "https://some.github.io/"),
        ("https://gitlab.com/somebody/course", "https://somebody.gitlab.io/course/"),
        ("https://code.example.org/somebody/course", ""),
        ("", ""),
    ],
)
def test_buttons_stand_only_where_they_lead_somewhere(
    tmp_path: Path, repository: str, site: str
) -> None:
    launch = {"colab_url": "https://colab.research.google.com"}
    options = {"repository_url": repository, "launch_buttons": launch}
    config = SimpleNamespace(html_theme_options=options)
    addresses.use_addresses(SimpleNamespace(srcdir=tmp_path), config)
    assert config.html_baseurl == config.ogp_site_url == site
    assert options["use_issues_button"] is bool(site)
    assert ("launch_buttons" in options) is bool(site)
    assert options["repository_url"] == (repository if site else "")


@pytest.mark.parametrize(("host", "colab"), [("github.com", True), ("gitlab.com", False)])
def test_the_theme_has_no_complaint_about_an_address(
    small_site: Callable[..., tuple[Path, str]],
    monkeypatch: pytest.MonkeyPatch,
    host: str,
    colab: bool,
) -> None:
    monkeypatch.setenv("COURSE_REPOSITORY", f"https://{host}/somebody/course")
    page = "---\nkernelspec: {name: python3}\n---\n# A chapter\n"
    launch = {key: f"https://{key}.example.org" for key in ("binderhub_url", "colab_url")}
    site, warnings = small_site(
        {"index.md": page},
        ["sphinx_book_theme", "addresses"],
        html_theme="sphinx_book_theme",
        html_copy_source=False,
        html_theme_options={"launch_buttons": launch, "repository_branch": "main"},
    )
    assert warnings == ""
    built = (site / "index.html").read_text(encoding="utf-8")
    assert "binderhub_url.example.org" in built
    assert ("colab_url.example.org" in built) is colab
