"""The house is in order: the files, their links, the workflows, and who imports whom."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import course
import pytest
import yaml
from myst_parser.mdit_to_docutils.base import default_slugify
from packaging.specifiers import SpecifierSet

from helpers import errors

ROOT = Path(__file__).resolve().parents[2]
HELPERS = ROOT / "src" / "helpers"

# Which helpers a helper may import. A line names only modules above it, so the arrows run one way;
# the page "Helpers reference" presents the modules in the same order. Of a folder only the folder
# itself is imported from outside.
ARROWS = {
    "errors": "",
    "given": "errors",
    "settings": "errors given",
    "progress": "settings",
    "yaml_files": "errors",
    "named": "errors given",
    "activations": "errors named",
    "initializers": "given named",
    "network": "errors given settings activations initializers",
    "training.losses": "errors",
    "training.optimisers": "errors given network",
    "training.loop": "errors given settings progress network training.losses training.optimisers",
    "training": "training.losses training.optimisers training.loop",
    "grid": "errors settings",
    "probes": "errors activations network training",
    "folding": "errors network",
    "neurons": "errors given",
    "statistics": "errors",
    "keras_tools": "errors given network",
    "data": "errors given settings keras_tools",
    "figures.colours": "",
    "figures.style": "figures.colours",
    "figures.layout": "errors figures.style",
    "figures.labels": "errors figures.colours figures.style figures.layout",
    "figures.intervals": "errors statistics figures.colours figures.labels",
    "figures.images": "errors figures.colours figures.style figures.layout figures.labels",
    "figures.regions": "errors figures.colours",
    "figures": "figures.colours figures.images figures.intervals figures.labels figures.layout "
    "figures.regions figures.style",
    "widgets.faces": "errors settings",
    "widgets.pictures": "errors",
    "widgets.slider": "errors widgets.faces widgets.pictures",
    "widgets.browser": "errors widgets.faces widgets.pictures",
    "widgets": "widgets.faces widgets.slider widgets.browser",
    "ledger": "errors yaml_files",
    "claims": "errors settings statistics ledger",
    "quiz": "errors yaml_files",
    "guide": "errors yaml_files",
    "checks": "errors",
}
TENSORFLOW = {"tensorflow", "keras"}
IN_GIT = (ROOT / ".git").exists() and shutil.which("git") is not None
SPEAKS = {"checks"}  # a check that says nothing is none
INNER = {"given", "named", "yaml_files"}  # used by other helpers only, so not on the reference page


@cache
def committed() -> tuple[Path, ...]:
    """Every file that git tracks or would track, so not what a build makes."""
    if not IN_GIT:
        pytest.skip("only git knows which files belong to the course")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = (ROOT / name for name in sorted(filter(None, listed.split("\0"))))
    return tuple(path for path in paths if path.is_file())


@cache
def texts() -> dict[str, str]:
    """Every committed text file: its name and its text."""
    contents = {str(path.relative_to(ROOT)): path.read_bytes() for path in committed()}
    return {name: data.decode("utf-8") for name, data in contents.items() if b"\0" not in data}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def mentions(pattern: str) -> list[str]:
    """Where the pattern occurs in the committed files, as file:line: match."""
    found = []
    for name, text in texts().items():
        for number, line in enumerate(text.splitlines(), start=1):
            match = re.search(pattern, line, re.IGNORECASE)
            if match:
                found.append(f"{name}:{number}: {match[0]}")
    return found


# --- The files ------------------------------------------------------------------------------------


def test_no_file_names_somebody_s_machine() -> None:
    """Patterns are written so that this file does not match them itself."""
    assert mentions(r"(?<![\w.~}])/(?:home|root|Users|workspace|work|mnt)/\w") == []
    assert mentions(r"(?<![\w.~}])/tmp/\w|[A-Z]:\\Users\\") == []  # a test takes tmp_path


def test_no_file_names_the_address_of_a_package_server() -> None:
    hosts = [
        r"\bpypi\.(?:org|python)",
        r"\bpythonhosted\.",
        r"\bregistry\.(?:npmjs|yarnpkg)\.",
        r"\bnpmjs\.(?:org|com)",
        r"\b(?:conda|repo)\.anaconda\.",
        r"\bprefix\.dev",
    ]
    assert mentions("|".join(hosts)) == []


def test_no_file_talks_about_how_it_was_written() -> None:
    """The words are spelt so that this file does not find itself."""
    words = [r"(?<!user[- ])\b(?:sub)?ag[e]nts?\b", r"\bco-auth[o]red-by\b", r"\bAI[- ]gen[e]rated"]
    assert mentions("|".join(words)) == []


def test_no_merge_conflict_or_note_to_self_is_left() -> None:
    assert mentions(r"^(?:<{7}|>{7}|={7}$)") == []
    assert mentions(r"(?-i:\b(?:T[O]DO|F[I]XME|X{3})\b)") == []


def test_files_are_small_enough_to_clone_quickly() -> None:
    large = {
        str(path.relative_to(ROOT)): path.stat().st_size
        for path in committed()
        if path.stat().st_size > 2_000_000
    }
    assert large == {}


@pytest.mark.parametrize(
    "name",
    [
        *("requirements.lock", "tools/grading/requirements.lock", "tools/vendor/package-lock.json"),
        *("deploy/jupyterhub/requirements.lock", "deploy/jupyterhub/package-lock.json"),
    ],
)
def test_a_lock_holds_no_address(name: str) -> None:
    assert re.findall(r"\w+://\S+", read(name)) == []
    assert "resolved" not in read(name)


@pytest.mark.parametrize("folder", ["tools/vendor", "deploy/jupyterhub"])
def test_scripts_from_elsewhere_are_pinned_by_their_content(folder: str) -> None:
    packages = json.loads(read(f"{folder}/package-lock.json"))["packages"]
    unpinned = [name for name, entry in packages.items() if name and "integrity" not in entry]
    assert unpinned == []


# --- The commands ---------------------------------------------------------------------------------


def test_ci_runs_the_test_command_of_the_readme() -> None:
    [section] = re.findall(r"^## Tests\n+```bash\n(.*?)```", read("README.md"), re.M | re.S)
    assert section.strip() == "make test"
    assert read(".ci/run").strip().splitlines()[-1] == "make test"
    assert read(".ci/run").startswith("#!/usr/bin/env bash\n")


@pytest.mark.parametrize(
    "page", ["README.md", "CONTRIBUTING.md", "book/how-to-use.md", "book/grading.md"]
)
def test_a_page_names_only_commands_that_exist(page: str) -> None:
    known = read("Makefile").split("COMMANDS := ")[1].splitlines()[0].split()
    named = set(re.findall(r"(?:`|^|\s)make ([a-z][a-z-]+)(?:`|$|\s+#| [A-Z]+=)", read(page), re.M))
    assert named
    assert named <= {*known, "help"}


def test_the_versions_of_python_agree() -> None:
    asked = SpecifierSet(tomllib.loads(read("pyproject.toml"))["project"]["requires-python"])
    assert [minor for minor in range(30) if f"3.{minor}.0" in asked] == list(course.SUPPORTED)
    named = [f"3.{minor}" for minor in course.SUPPORTED]
    [job] = [job for job in workflow("tests")["jobs"].values() if "strategy" in job]
    assert job["strategy"]["matrix"]["python"] == named
    sentence = f"Python {', '.join(named[:-1])} or {named[-1]}"
    for page in ("README.md", "book/how-to-use.md"):
        assert sentence in " ".join(read(page).split()), page


# --- The workflows --------------------------------------------------------------------------------


def workflow(name: str) -> dict[Any, Any]:
    return yaml.safe_load(read(f".github/workflows/{name}.yml"))


def triggers(flow: dict[Any, Any]) -> dict[str, Any]:
    """The events of a workflow; YAML 1.1 reads its key `on` as the value True."""
    return flow.get("on", flow.get(True))


def steps(job: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What each step uses and runs."""
    for step in job["steps"]:
        yield step.get("uses", ""), step.get("run", "")


def test_every_push_is_tested_with_every_python() -> None:
    flow = workflow("tests")
    assert {"push", "pull_request"} <= set(triggers(flow))
    assert not triggers(flow)["push"], "a filter would leave some pushes untested"
    [job] = [job for job in flow["jobs"].values() if any(".ci/run" in run for _, run in steps(job))]
    assert job["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]


def test_main_is_published_on_pages() -> None:
    flow = workflow("publish")
    assert triggers(flow)["push"] == {"branches": ["main"]}
    build, deploy = flow["jobs"]["build"], flow["jobs"]["deploy"]
    assert "make book" in [run for _, run in steps(build)]
    [upload] = [step for step in build["steps"] if "upload-pages-artifact" in step.get("uses", "")]
    assert upload["with"]["path"] == "book/_build/html"
    assert deploy["needs"] == "build"
    assert deploy["permissions"] == {"pages": "write", "id-token": "write"}
    assert any("deploy-pages" in uses for uses, _ in steps(deploy))
    assert not re.search("COURSE_(SEED|DATA)", read(".github/workflows/publish.yml"))


@pytest.mark.parametrize("name", ["tests", "publish"])
def test_a_workflow_may_do_no_more_than_it_must(name: str) -> None:
    flow = workflow(name)
    assert flow["permissions"] == {"contents": "read"}
    for job in flow["jobs"].values():
        assert job["timeout-minutes"] <= 60
        for uses, _ in steps(job):
            assert not uses or re.fullmatch(r"actions/[a-z-]+@v\d+", uses), uses


# --- The citation ---------------------------------------------------------------------------------


def test_the_citation_file_is_valid() -> None:
    cited = yaml.safe_load(read("CITATION.cff"))
    assert {"cff-version", "message", "title", "authors"} <= set(cited)
    assert cited["cff-version"] == "1.2.0"
    assert cited["type"] in ("software", "dataset")
    known = {"name", "alias", "website", "email", "given-names", "family-names", "orcid"}
    assert cited["authors"]
    for author in cited["authors"]:
        assert set(author) <= known
        assert "name" in author or "family-names" in author
    assert str(cited["version"]) == tomllib.loads(read("pyproject.toml"))["project"]["version"]


def test_both_licences_are_there_in_full() -> None:
    assert read("LICENSE").startswith("MIT License")
    assert "WITHOUT WARRANTY OF ANY KIND" in read("LICENSE")
    text = read("LICENSE-TEXT")
    assert text.startswith("Attribution 4.0 International")
    assert [f"Section {n} -- " in text for n in range(1, 9)] == [True] * 8


# --- Pages and links ------------------------------------------------------------------------------


def test_every_page_of_the_contents_exists() -> None:
    names = re.findall(r"(?:root|file): (\S+)", read("book/_toc.yml"))
    assert len(names) > 5
    missing = [
        name
        for name in names
        if not any((ROOT / f"{name}{end}").exists() for end in (".md", ".ipynb"))
    ]
    assert missing == []


def pages() -> list[Path]:
    return [path for path in committed() if path.suffix == ".md"] if IN_GIT else []


def without_code(text: str) -> str:
    text = re.sub(r"^(`{3,})[^\n]*\n.*?^\1", "", text, flags=re.M | re.S)
    return re.sub(r"(`+)[^`].*?\1", "", text)


def links(text: str) -> Iterator[str]:
    """The targets of links, pictures and cards, as they are written."""
    yield from re.findall(r"\]\(<?([^)>\s]+)", without_code(text))
    yield from (f"{name}.*" for name in re.findall(r"^:link: (\S+)\n:link-type: doc", text, re.M))


@pytest.mark.parametrize("page", pages(), ids=lambda path: str(path.relative_to(ROOT)))
def test_relative_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    labels = set(re.findall(r"^\(([\w-]+)\)=$", text, re.M))
    broken = []
    for target in links(text):
        if re.match(r"[a-z]+:", target) or target in labels:
            continue
        name, _, anchor = target.partition("#")
        found = list(page.parent.glob(name)) if name else [page]
        if not found or (anchor and anchor not in anchors(found[0])):
            broken.append(target)
    assert broken == []


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub and the site make from the headings of a page."""
    return set(map(default_slugify, re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.M)))


def glossary_entries() -> list[tuple[str, str, str]]:
    """Each term with its other names and its explanation."""
    sections = re.split(r"^#{2,3} ", read("book/glossary.md"), flags=re.M)[1:]
    return [tuple(section.split("\n\n", 2)) for section in sections if len(section) > 4]


def test_the_glossary_gives_each_term_in_both_languages() -> None:
    for term, names, text in glossary_entries():
        assert re.search("[\u4e00-\u9fff]", names), f"{term}: the Chinese name comes first"
        assert text.strip(), f"{term} is not explained"


def test_the_glossary_is_in_alphabetical_order() -> None:
    terms = [term.lower() for term, _, _ in glossary_entries()]
    assert terms == sorted(set(terms))
    letters = re.findall(r"^## (.+)$", read("book/glossary.md"), re.M)
    assert letters == sorted({term[0].upper() for term in terms})


# --- The helpers ----------------------------------------------------------------------------------


@cache
def modules() -> dict[str, ast.Module]:
    """The helpers by name: "network", "figures.style", and "figures" for the folder itself."""
    found = {
        ".".join(path.relative_to(HELPERS).with_suffix("").parts).removesuffix(".__init__"): path
        for path in sorted(HELPERS.rglob("*.py"))
        if path.parent != HELPERS or path.stem != "__init__"
    }
    return {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in found.items()}


def module_of(name: str) -> str:
    """The helper that "helpers.figures.style.WIDTH" is imported from."""
    parts = name.split(".")[1:]
    return max(
        (module for n in range(len(parts) + 1) if (module := ".".join(parts[:n])) in ARROWS),
        key=len,
    )


def imported(tree: ast.AST) -> set[str]:
    """The full names of what a tree imports, at any depth."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "write imports in full: from helpers.x import y"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def scripts() -> list[Path]:
    return [path for path in committed() if path.suffix == ".py"] if IN_GIT else []


def test_the_table_of_arrows_runs_one_way() -> None:
    order = list(ARROWS)
    for module, allowed in ARROWS.items():
        assert set(allowed.split()) <= set(order[: order.index(module)]), module


@pytest.mark.parametrize("module", modules())
def test_a_helper_imports_only_what_stands_below_it(module: str) -> None:
    assert module in ARROWS, f"say in ARROWS which helpers {module} may import"
    used = {module_of(name) for name in imported(modules()[module]) if name.startswith("helpers.")}
    assert used <= set(ARROWS[module].split())


def test_from_outside_a_folder_is_imported_as_a_whole() -> None:
    """And so nothing else depends on how the files of a folder are cut."""
    for module, allowed in ARROWS.items():
        parts = [name for name in allowed.split() if "." in name]
        assert {name.split(".")[0] for name in parts} <= {module.split(".")[0]}, module


def test_only_keras_tools_imports_tensorflow_and_only_when_used() -> None:
    for module, tree in modules().items():
        at_once = {
            name.split(".")[0]
            for node in tree.body
            if not isinstance(node, ast.FunctionDef | ast.ClassDef)
            for name in imported(node)
        }
        assert not at_once & TENSORFLOW, f"{module} imports TensorFlow at once"
        anywhere = {name.split(".")[0] for name in imported(tree)}
        assert module == "keras_tools" or not anywhere & TENSORFLOW, module


def test_importing_every_helper_leaves_tensorflow_alone() -> None:
    imports = "; ".join(f"import helpers.{module}" for module in modules())
    script = f"import sys; {imports}; print(sorted({TENSORFLOW!r} & set(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert answer.stdout.strip() == "[]", answer.stderr


def test_the_reference_page_shows_the_helpers_in_the_order_of_the_arrows() -> None:
    shown = re.findall(r"automodule:: helpers\.(\w+)", read("book/reference.md"))
    assert shown == [name for name in ARROWS if name not in INNER and "." not in name]


def public_definitions(tree: ast.Module, special: str = "") -> Iterator[tuple[str, Any]]:
    """Public functions, classes and methods, and some special ones, with their full names."""
    kinds = ast.FunctionDef | ast.ClassDef
    for node in tree.body:
        if isinstance(node, kinds) and not node.name.startswith("_"):
            yield node.name, node
            if isinstance(node, ast.ClassDef):
                for part in node.body:
                    if isinstance(part, ast.FunctionDef) and (
                        not part.name.startswith("_") or part.name in special.split()
                    ):
                        yield f"{node.name}.{part.name}", part


@pytest.mark.parametrize("module", modules())
def test_everything_public_is_documented_and_typed(module: str) -> None:
    tree = modules()[module]
    assert ast.get_docstring(tree), f"{module} has no docstring"
    for name, node in public_definitions(tree):
        assert ast.get_docstring(node), f"{module}.{name} has no docstring"
        if isinstance(node, ast.ClassDef):
            continue
        given = node.args
        arguments = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
        untyped = [
            argument.arg
            for argument in arguments
            if argument and argument.annotation is None and argument.arg not in ("self", "cls")
        ]
        assert not untyped, f"{module}.{name}: no type for {untyped}"
        assert node.returns is not None, f"{module}.{name}: no type for the result"


def docstring_of(module: str, name: str) -> str:
    """The docstring of a function; what a class does when it is made stands in its own."""
    found = importlib.import_module(f"helpers.{module}")
    for part in name.removesuffix(".__init__").removesuffix(".__post_init__").split("."):
        found = getattr(found, part)
    return inspect.getdoc(found) or ""


def section(docstring: str, title: str) -> set[str]:
    """The names that a section of a docstring explains."""
    text = docstring.partition(f"{title}\n{'-' * len(title)}\n")[2]
    heads = re.findall(r"^\S.*", re.split(r"^\w+\n-+$", text, flags=re.M)[0], re.M)
    return {name.strip("* ") for head in heads for name in head.split(",")}


@pytest.mark.parametrize("module", [name for name in modules() if name != "checks"])
def test_a_docstring_names_every_error_and_every_parameter(module: str) -> None:
    """Of a section that is there every parameter; and what the function itself raises."""
    known = {name for name, kind in vars(errors).items() if isinstance(kind, type)}
    for name, node in public_definitions(modules()[module], "__init__ __post_init__ __getitem__"):
        if isinstance(node, ast.ClassDef):
            continue
        docstring = docstring_of(module, name)
        raised = {
            part.id
            for each in ast.walk(node)
            if isinstance(each, ast.Raise)
            for part in ast.walk(each)
            if isinstance(part, ast.Name)
        }
        assert raised & known <= section(docstring, "Raises"), f"{module}.{name}"
        if "Parameters\n---" in docstring:
            given = {part.arg for part in ast.walk(node.args) if isinstance(part, ast.arg)}
            assert given - {"self", "cls"} <= section(docstring, "Parameters"), f"{module}.{name}"


def calls(tree: ast.AST, name: str) -> list[ast.Call]:
    """Calls of a function by its name or as an attribute of that name."""
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and name in (getattr(node.func, "id", None), getattr(node.func, "attr", None))
    ]


def test_a_helper_prints_only_where_the_reader_can_switch_it_off() -> None:
    for module, tree in modules().items():
        excused = [
            call
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef)
            and "verbose" in [argument.arg for argument in [*node.args.args, *node.args.kwonlyargs]]
            for call in calls(node, "print")
        ]
        left = [call.lineno for call in calls(tree, "print") if call not in excused]
        assert left == [] or module in SPEAKS, f"{module} prints in line {left}"


def test_the_switches_are_read_in_one_place() -> None:
    for path in scripts():
        if path.is_relative_to(HELPERS) and path.stem != "settings":
            reads = [
                node
                for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                if isinstance(node, ast.Constant) and node.value in ("COURSE_SEED", "COURSE_DATA")
            ]
            assert reads == [], path.name


# --- Manners of all code --------------------------------------------------------------------------


def silences_everything(call: ast.Call) -> bool:
    """Whether a call like filterwarnings("ignore") names no message and no category."""
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    ignores = [
        value for value in given if isinstance(value, ast.Constant) and value.value == "ignore"
    ]
    return bool(ignores) and len(given) == 1


@pytest.mark.parametrize("path", scripts(), ids=lambda path: str(path.relative_to(ROOT)))
def test_code_has_manners(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not [name for name in imported(tree) if name.endswith(".*")], "wildcard import"
    assert not [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Global)], "global"
    for name in ("filterwarnings", "simplefilter"):
        lines = [call.lineno for call in calls(tree, name) if silences_everything(call)]
        assert lines == [], f"a filter for all warnings in line {lines}"


def test_pytest_ignores_no_warning() -> None:
    options = tomllib.loads(read("pyproject.toml"))["tool"]["pytest"]["ini_options"]
    assert [rule for rule in options["filterwarnings"] if rule.startswith("ignore")] == []
