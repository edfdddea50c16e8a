"""The values for Kubernetes: the charts know every key, and no secret is forgotten."""

from __future__ import annotations

import copy
import doctest
import re
from typing import Any

import charts
import pytest
import yaml
from grading.sandbox import ROOT
from traitlets.config import Config

FOLDER = ROOT / "deploy" / "kubernetes"


@pytest.fixture
def values() -> dict[str, Any]:
    """The values as they are committed."""
    return copy.deepcopy(charts.read_values())


def filled(values: Any) -> Any:
    """The values with something in each place that was left for the owner."""
    if isinstance(values, dict):
        return {name: filled(below) for name, below in values.items()}
    if isinstance(values, list):
        return [filled(below) for below in values]
    return "mine" if values == "FILL-IN" else values


def test_the_examples_in_the_script_are_true() -> None:
    failed, attempted = doctest.testmod(charts)
    assert attempted >= 3
    assert failed == 0


def test_the_charts_know_every_key(values: dict[str, Any]) -> None:
    found = list(charts.complaints(values))
    assert [line for line in found if "knows no" in line] == []
    assert len(charts.read_keys(FOLDER / "keys" / "jupyterhub.txt")) > 400


@pytest.mark.parametrize(
    ("chart", "path", "name"),
    [
        ("jupyterhub", "hub", "concurentSpawnLimit"),
        ("jupyterhub", "singleuser.memory", "guarante"),
        ("jupyterhub", "singleuser.networkPolicy.egressAllowRules", "privateIP"),
        ("ngshare", "ngshare", "hub_token"),
        ("ngshare", "pvc", "size"),
    ],
)
def test_a_typo_is_named(values: dict[str, Any], chart: str, path: str, name: str) -> None:
    place = values[chart]
    for part in path.split("."):
        place = place[part]
    place[name] = 1
    assert any(f"knows no {path}.{name};" in line for line in charts.complaints(values))


def test_what_is_not_filled_in_is_named(values: dict[str, Any]) -> None:
    named = {line.partition("fill in ")[2] for line in charts.complaints(values)}
    assert {
        "hub.config.JupyterHub.authenticator_class",
        "hub.services.ngshare.apiToken",
        "proxy.https.hosts[0]",
        "singleuser.image.name",
        "ngshare.admins[0]",
        "ngshare.hub_api_token",
    } <= named
    assert list(charts.complaints(filled(values))) == []


def test_two_tokens_that_differ_are_named(values: dict[str, Any]) -> None:
    values = filled(values)
    values["ngshare"]["ngshare"]["hub_api_token"] = "another"
    [line] = charts.complaints(values)
    assert "take the same" in line


def test_the_hub_itself_refuses_what_is_not_filled_in(values: dict[str, Any]) -> None:
    [script] = values["jupyterhub"]["hub"]["extraConfig"].values()
    c = Config()
    c.JupyterHub.services = [{"name": "ngshare", "api_token": "mine"}]
    c.Authenticator.admin_users = {"me"}
    exec(script, {"c": c})
    c.JupyterHub.services = [{"name": "ngshare", "api_token": "FILL-IN"}]
    with pytest.raises(ValueError, match="not filled in"):
        exec(script, {"c": c})


def test_everything_speaks_of_the_same_service(values: dict[str, Any]) -> None:
    service = values["jupyterhub"]["hub"]["services"]["ngshare"]["url"]
    assert f'"{service}/services/ngshare"' in (FOLDER / "nbgrader_config.py").read_text()
    [rule] = values["jupyterhub"]["singleuser"]["networkPolicy"]["egress"]
    assert str(rule["ports"][0]["port"]) == service.rpartition(":")[2]


def test_the_image_and_the_chart_have_the_same_hub() -> None:
    """A server of another release of JupyterHub than the hub's may not understand it."""
    head = (FOLDER / "keys" / "jupyterhub.txt").read_text().partition("\n")[0]
    lock = (ROOT / "deploy" / "jupyterhub" / "requirements.lock").read_text()
    [chart] = re.findall(r"JupyterHub (\d+\.\d+)", head)
    [image] = re.findall(r"^jupyterhub==(\d+\.\d+)", lock, re.M)
    assert chart == image


def test_the_image_is_made_of_files_that_exist(values: dict[str, Any]) -> None:
    text = (FOLDER / "Dockerfile").read_text()
    names = set(re.findall(r"(?:/opt/relu-on-trial/|\s)(deploy/[\w/.]+)", text))
    assert names
    assert [name for name in names if not (ROOT / name).exists()] == []
    [command] = re.findall(r"^CMD (.*)$", text, re.M)
    assert yaml.safe_load(command) == values["jupyterhub"]["singleuser"]["cmd"]


def test_nothing_for_instructors_goes_into_the_image() -> None:
    kept_out = (FOLDER / "Dockerfile.dockerignore").read_text().split()
    assert {".git", "assignments", "build", "tests"} <= set(kept_out)
