"""Check the values for the charts, before helm sees them.

``check`` names every key that a chart does not know (helm would pass over some of them without a
word) and every secret that was not filled in. ``keys`` makes the list of keys in ``keys/`` anew,
from the schema or the values that a chart publishes:

    .venv/bin/python deploy/kubernetes/charts.py check
    .venv/bin/python deploy/kubernetes/charts.py keys values.schema.yaml > keys/jupyterhub.txt
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent
# Of each chart: its values and the list of its keys.
CHARTS = {
    "jupyterhub": (HERE / "jupyterhub.yaml", HERE / "keys" / "jupyterhub.txt"),
    "ngshare": (HERE / "ngshare.yaml", HERE / "keys" / "ngshare.txt"),
}
FILL_IN = "FILL-IN"
ANYTHING = "*"  # below such a key everything is allowed


def keys_of_schema(schema: dict[str, Any], above: str = "") -> Iterator[str]:
    """Give the keys that a JSON schema allows, as paths.

    Examples
    --------
    >>> node = {"type": "object", "additionalProperties": False, "properties": {"limit": {}}}
    >>> list(keys_of_schema({"properties": {"memory": node}}))
    ['memory', 'memory.limit', 'memory.limit.*']
    """
    for name, below in (schema.get("properties") or {}).items():
        yield above + name
        kinds = below.get("type", "object")
        others = below.get("additionalProperties", True) or "patternProperties" in below
        if "object" in kinds and others:
            yield f"{above}{name}.{ANYTHING}"
        yield from keys_of_schema(below, f"{above}{name}.")


def keys_of_values(values: dict[str, Any], above: str = "") -> Iterator[str]:
    """Give the keys of a chart's own values, as paths; below an empty one anything may stand.

    Examples
    --------
    >>> list(keys_of_values({"pvc": {"storage": "1Gi", "selector": {}}}))
    ['pvc', 'pvc.storage', 'pvc.selector', 'pvc.selector.*']
    """
    for name, below in values.items():
        yield above + name
        if below == {}:
            yield f"{above}{name}.{ANYTHING}"
        elif isinstance(below, dict):
            yield from keys_of_values(below, f"{above}{name}.")


def read_keys(path: Path) -> set[str]:
    """Return a list of keys; lines with # are remarks."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return {line for line in lines if line and not line.startswith("#")}


def unknown(values: dict[str, Any], keys: set[str], above: str = "") -> Iterator[str]:
    """Give the keys of some values that a chart does not know, as paths."""
    for name, below in values.items():
        path = f"{above}{name}"
        if path in keys:
            if isinstance(below, dict):
                yield from unknown(below, keys, f"{path}.")
        elif f"{above}{ANYTHING}" not in keys:
            yield path


def unfilled(values: Any, above: str = "") -> Iterator[str]:
    """Give the paths of what was left to be filled in."""
    if isinstance(values, dict):
        for name, below in values.items():
            yield from unfilled(below, f"{above}.{name}" if above else str(name))
    elif isinstance(values, list):
        for number, below in enumerate(values):
            yield from unfilled(below, f"{above}[{number}]")
    elif values == FILL_IN:
        yield above


def complaints(values: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Give what is wrong with the values of the charts, by the chart's name."""
    for chart, given in values.items():
        path, listed = CHARTS[chart]
        for key in unknown(given, read_keys(listed)):
            yield f"{path.name}: the chart {chart} knows no {key}; see {listed.name}"
        for key in unfilled(given):
            yield f"{path.name}: fill in {key}"
    hub = values["jupyterhub"]["hub"]["services"]["ngshare"]["apiToken"]
    if hub != values["ngshare"]["ngshare"]["hub_api_token"]:
        yield "ngshare.yaml: hub_api_token is not the apiToken in jupyterhub.yaml; take the same"


def read_values() -> dict[str, dict[str, Any]]:
    """Return the values of each chart."""
    files = {chart: path for chart, (path, _) in CHARTS.items()}
    return {chart: yaml.safe_load(path.read_text("utf-8")) for chart, path in files.items()}


def main() -> int:
    """Do what the command line asks for; return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("verb", choices=["check", "keys"])
    parser.add_argument("file", type=Path, nargs="?", help="a chart's values or schema")
    options = parser.parse_args()
    if options.verb == "check":
        found = list(complaints(read_values()))
        print("\n".join(found) or "The charts know every key, and every secret is there.")
        return 1 if found else 0
    if options.file is None:
        parser.error("name the file of values, or the schema, that the chart publishes")
    chart = yaml.safe_load(options.file.read_text(encoding="utf-8"))
    made = keys_of_schema(chart) if "$schema" in chart else keys_of_values(chart)
    print("\n".join(sorted(set(made))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
