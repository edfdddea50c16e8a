"""environment.yml: what Binder makes of it, whether conda can read it, and whether it is the lock.

Nothing here downloads anything. What repo2docker would build is read from the Dockerfile that it
prints; whether the packages exist follows from the lock, which the resolver wrote.
"""

from __future__ import annotations

import importlib.metadata
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
PYTHON = "3.12"
BINDER = {
    "python_version": PYTHON,
    "python_full_version": f"{PYTHON}.0",
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
    "os_name": "posix",
    "sys_platform": "linux",
    "platform_system": "Linux",
    "platform_machine": "x86_64",
    "platform_release": "",
    "platform_version": "",
}


def environment() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))


def conda_specs() -> list[str]:
    return [entry for entry in environment()["dependencies"] if isinstance(entry, str)]


def pip_lines() -> list[str]:
    [section] = [entry for entry in environment()["dependencies"] if isinstance(entry, dict)]
    return section["pip"]


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def applies(requirement: Requirement, extra: str = "") -> bool:
    return requirement.marker is None or requirement.marker.evaluate({**BINDER, "extra": extra})


def locked_versions() -> dict[str, Version]:
    """The versions of the lock that hold for Binder's Python and system."""
    versions: dict[str, Version] = {}
    for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines():
        if not line or line.lstrip().startswith("#"):
            continue
        requirement = Requirement(line)
        if applies(requirement):
            [pin] = requirement.specifier
            assert pin.operator == "==", f"the lock does not pin {line}"
            versions[canonicalize_name(requirement.name)] = Version(pin.version)
    return versions


def chosen_extras() -> list[str]:
    [editable] = [line for line in pip_lines() if line.startswith("-e")]
    match = re.fullmatch(r"-e \.(?:\[([a-z,]+)\])?", editable)
    assert match, f"repo2docker reads '-e .' and '-e .[extras]' only, not {editable!r}"
    return (match[1] or "").split(",")


def direct_requirements() -> list[Requirement]:
    """What the course's own package asks for, with the extras that environment.yml names."""
    optional = project()["optional-dependencies"]
    wanted = project()["dependencies"] + [
        line for extra in chosen_extras() for line in optional[extra]
    ]
    return [requirement for requirement in map(Requirement, wanted) if applies(requirement)]


def dockerfile(folder: Path) -> tuple[str, str]:
    """The Dockerfile that repo2docker would build for `folder`, and what it said."""
    command = [str(Path(sys.executable).parent / "jupyter-repo2docker"), "--no-build", "--debug"]
    finished = subprocess.run(
        [*command, "."], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout, finished.stderr


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a clone of the repository would hold, without the environment and builds."""
    if not ((ROOT / ".git").exists() and shutil.which("git")):
        pytest.skip("only git knows which files belong to the course")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    copy = tmp_path_factory.mktemp("checkout")
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    return copy


def test_binder_builds_environment_yml_with_the_pinned_python(checkout: Path) -> None:
    recipe, log = dockerfile(checkout)
    assert f"Building conda environment for python={PYTHON}" in log
    assert "unspecified" not in log
    install = re.search(r'env update -p \$\{NB_PYTHON_PREFIX\} --file "environment\.yml"', recipe)
    assert install, "repo2docker would not install environment.yml"
    whole_repository = re.search(r"^COPY .*\bsrc/ \$\{REPO_DIR\}/?$", recipe, re.MULTILINE)
    assert whole_repository, "repo2docker would not copy the repository"
    assert whole_repository.start() < install.start(), "'-e .' needs the repository copied first"


def test_nothing_overrides_environment_yml() -> None:
    overriding = ["binder", ".binder", "Dockerfile", "runtime.txt", "postBuild", "apt.txt", "start"]
    assert [name for name in overriding if (ROOT / name).exists()] == []


def test_conda_reads_every_spec_strictly() -> None:
    from rattler import MatchSpec

    parsed = {spec: MatchSpec(spec, strict=True) for spec in conda_specs()}
    assert f"python={PYTHON}" in parsed
    assert str(parsed[f"python={PYTHON}"].version) == f"{PYTHON}.*"
    assert environment()["channels"] == ["conda-forge"]


def test_python_is_one_the_course_supports() -> None:
    assert SpecifierSet(project()["requires-python"]).contains(f"{PYTHON}.0")


def test_every_version_is_the_locked_one() -> None:
    """pip is held to the lock as a whole, and no other line may name a version of its own."""
    assert "-c requirements.lock" in pip_lines()
    others = [line for line in pip_lines() if not line.startswith(("-c ", "-e "))]
    others += [
        spec.replace("=", "==", 1) for spec in conda_specs() if not spec.startswith("python")
    ]
    locked = locked_versions()
    for line in others:
        requirement = Requirement(line.replace("===", "=="))
        if requirement.name == "pip" and not requirement.specifier:
            continue  # the installer itself; the lock lists what it installs
        expected = locked[canonicalize_name(requirement.name)]
        assert str(requirement.specifier) == f"=={expected}", f"{line}: the lock says {expected}"


def test_the_extras_exist_and_bring_what_the_notebooks_need() -> None:
    assert set(chosen_extras()) <= set(project()["optional-dependencies"])
    names = {canonicalize_name(requirement.name) for requirement in direct_requirements()}
    assert {
        "anywidget",
        "ipywidgets",
        "jupyterlab",
        "matplotlib",
        "numpy",
        "scikit-learn",
        "tensorflow-cpu",
    } <= names


def test_every_package_that_pip_would_install_is_in_the_lock() -> None:
    """Follow the requirements of the requirements: each must be locked, at a version that fits."""
    locked = locked_versions()
    queue, seen = direct_requirements(), set()
    while queue:
        requirement = queue.pop()
        name = canonicalize_name(requirement.name)
        assert name in locked, f"{requirement} is not in the lock"
        fits = requirement.specifier.contains(locked[name], prereleases=True)
        assert fits, f"the lock has {name} {locked[name]}, but {requirement} is asked for"
        for extra in {"", *requirement.extras}:
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            further = importlib.metadata.requires(name) or []
            queue += [need for need in map(Requirement, further) if applies(need, extra)]
    assert len(seen) > len(direct_requirements())
