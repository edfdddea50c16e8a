"""Run every benchmark, and write the ratios into results.json and README.md.

Name some of them to run only those, ``python benchmarks/run.py training``: their rows are brought
up to date if the others were measured on a machine and with versions like these.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import sys
import textwrap
import time
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ratios import Ratio

ROOT = Path(__file__).resolve().parents[1]
BENCHMARKS = ("training", "tutorial", "book", "autograding")
START, END = "<!-- bench:start -->", "<!-- bench:end -->"
SOFTWARE = {"numpy": ("numpy",), "TensorFlow": ("tensorflow", "tensorflow-cpu")}


def machine() -> dict[str, str]:
    """Return the size of this machine and the versions that matter; nothing that names it."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    described = {"cores": str(cores)}
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        described["memory"] = f"{memory / 2**30:.0f} GiB"
    described |= {
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
    }
    for name, packages in SOFTWARE.items():
        for package in packages:
            try:
                described[name] = version(package)
                break
            except PackageNotFoundError:
                continue
    return described


def number(value: float) -> str:
    """Write a ratio with two digits, or as many as it has before the point."""
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def block(ratios: Sequence[Ratio], described: dict[str, str]) -> str:
    """Return what the README shows: a table of the ratios, and the machine's size."""
    lines = [
        "| what is compared | time divided by time | ratio | smallest to largest |",
        "| --- | --- | ---: | ---: |",
    ]
    for each in ratios:
        name, note = (text.replace("|", "\\|") for text in (each.name, each.note))
        spread = f"{number(each.low)} to {number(each.high)}"
        lines.append(f"| {name} | {note} | {number(each.value)} | {spread} |")
    size = ", ".join(f"{name} {value}" for name, value in described.items())
    lines += [
        "",
        textwrap.fill(
            "A ratio above 1 means that the second of the two is faster; it is the median of the "
            f"repeats. Each pair was timed side by side in one run ({size}).",
            100,
        ),
    ]
    return "\n".join(lines)


def replace_block(text: str, content: str) -> str:
    """Return the README with new content between its two markers.

    Raises
    ------
    ValueError
        If the markers are not there exactly once, in order.
    """
    before, start, rest = text.partition(START)
    _, end, after = rest.partition(END)
    if not (start and end) or START in rest or END in before + after:
        raise ValueError(
            f"README.md must hold {START} once and, after it, {END} once; put them back where the "
            "table of ratios belongs."
        )
    return f"{before}{START}\n{content}\n{END}{after}"


def measured(name: str) -> list[Ratio] | None:
    """Run one benchmark and print its ratios; return None if it is not there."""
    if not (Path(__file__).parent / f"{name}.py").exists():
        print(f"benchmarks/{name}.py is missing, so its ratios cannot be measured: restore it.")
        return None
    print(f"── {name}: this takes a few minutes", flush=True)
    start = time.perf_counter()
    ratios = importlib.import_module(name).measure()
    for each in ratios:
        spread = f"[{number(each.low)} to {number(each.high)}]"
        print(f"   {number(each.value):>5} {spread:16} {each.name}: {each.note}")
    print(f"   ({time.perf_counter() - start:.0f} s)", flush=True)
    return ratios


def write(ratios: Sequence[Ratio], described: dict[str, str]) -> None:
    """Write the ratios into results.json and into README.md."""
    readme = ROOT / "README.md"
    text = replace_block(readme.read_text(encoding="utf-8"), block(ratios, described))
    results = {"machine": described, "ratios": [asdict(each) for each in ratios]}
    (ROOT / "benchmarks" / "results.json").write_text(
        json.dumps(results, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    readme.write_text(text, encoding="utf-8")
    print("Written into benchmarks/results.json and README.md.")


def with_the_others(ratios: Sequence[Ratio], described: dict[str, str]) -> list[Ratio] | None:
    """Return the recorded ratios with new ones among them; None if they come from elsewhere."""
    path = ROOT / "benchmarks" / "results.json"
    recorded = json.loads(path.read_text(encoding="utf-8"))
    if recorded["machine"] != described:
        return None
    rows = {each["name"]: Ratio(**each) for each in recorded["ratios"]}
    return list({**rows, **{each.name: each for each in ratios}}.values())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="benchmark", help=", ".join(BENCHMARKS))
    names = parser.parse_args(arguments).names
    for name in names:
        if name not in BENCHMARKS:
            parser.error(f"there is no benchmark {name!r}; there are {', '.join(BENCHMARKS)}")
    found = [measured(name) for name in names or BENCHMARKS]
    if None in found:
        print("Nothing was written.", file=sys.stderr)
        return 1
    ratios = [ratio for each in found for ratio in each]
    kept = with_the_others(ratios, machine()) if names else ratios
    if kept is None:
        print("Not written: the other ratios come from another machine. Run all: make bench")
    else:
        write(kept, machine())
    return 0


if __name__ == "__main__":
    sys.exit(main())
