"""Turn the figures' JavaScript modules into one classic script for the book.

JupyterLab loads a module of ``src/helpers/javascript`` behind what all of them share. A page opened
from ``file://`` may not load modules, so the book gets all of them, with their style sheet, in one
ordinary script. For this a module has no imports, and ``export default { render };`` as its one
export; what several modules need stands in ``shared/``, which both faces put before them.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

RUNTIME = Path(__file__).with_name("runtime.js")
STYLE_SHEET = "figures.css"

_EXPORT = re.compile(r"^export default \{ render \};[ \t]*$", re.MULTILINE)
_IMPORT = re.compile(r"^\s*import\b|\bimport\s*\(|\bimport\.meta\b")
_OTHER_EXPORT = re.compile(r"^\s*export\b")
_COMMENT = re.compile(r"^\s*//.*$")


class BundleError(ValueError):
    """A module that the book cannot use; the message names file, line and fix."""


def bundle_modules(folder: Path | str) -> str:
    """Return one classic script that holds every module of a folder and starts them on a page.

    Parameters
    ----------
    folder
        The folder of the modules (``*.js``) and their style sheet (``figures.css``).

    Raises
    ------
    BundleError
        If the folder holds no module, a module imports something, or it does not end in the one
        export that JupyterLab and the book both understand.
    """
    folder = Path(folder)
    modules = sorted(folder.glob("*.js"))
    if not modules:
        raise BundleError(f"{folder} holds no JavaScript module (*.js).")
    style = folder / STYLE_SHEET
    parts = [f"addStyle({json.dumps(style.read_text(encoding='utf-8'))});"]
    parts += [_shared(path) for path in sorted(folder.glob("shared/*.js"))]
    parts += [_as_classic(path) for path in modules]
    runtime = RUNTIME.read_text(encoding="utf-8")
    return runtime.replace("/* MODULES */", "\n\n".join(parts))


def _shared(path: Path) -> str:
    """Take a shared file as it is; all modules see its names."""
    source = path.read_text(encoding="utf-8")
    _refuse_imports(path, source)
    return f"// shared/{path.name}\n{source}"


def _as_classic(path: Path) -> str:
    """Wrap one module in a function, so that its names stay its own, and register it."""
    source = path.read_text(encoding="utf-8")
    exports = _EXPORT.findall(source)
    if len(exports) != 1:
        raise BundleError(
            f"{path.name} has {len(exports)} lines `export default {{ render }};`;"
            " a figure's module needs exactly one, at the start of a line."
        )
    source = _EXPORT.sub(f"register({json.dumps(path.stem)}, render);", source)
    _refuse_imports(path, source)
    return f"// {path.name}\n(function () {{\n{source}}})();"


def _refuse_imports(path: Path, source: str) -> None:
    """Raise, naming the line, if a file imports something or exports more than ``render``."""
    for number, line in enumerate(source.splitlines(), start=1):
        if _COMMENT.match(line):
            continue
        if _IMPORT.search(line):
            raise BundleError(
                f"{path.name}, line {number}: {line.strip()!r} imports something; a figure's module"
                " must stand alone, because the book may be read from a folder without a server."
            )
        if _OTHER_EXPORT.match(line):
            raise BundleError(
                f"{path.name}, line {number}: {line.strip()!r} is a second export;"
                " keep only `export default { render };`."
            )
