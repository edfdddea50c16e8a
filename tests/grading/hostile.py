"""Submissions that harm, deceive or are broken, each with what must come of it.

Most put their code into the first answer and leave the second one right, so that the second one's
three points must be there, where the submission could run on.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable

import tiny

# Points from the tests, or words of the reason why it is ungraded; both, where it is up to chance.
Expected = float | str | tuple[float, str]
Make = Callable[[tiny.Notebook], "tiny.Notebook | str | bytes"]


def answer(code: str) -> Make:
    """A submission whose first answer is this code."""
    return lambda release: tiny.answered(release, relu=code)


def right_and(code: str) -> Make:
    """A submission whose answers are right, and that does this as well."""
    return answer(f"{tiny.RELU}\n{code}")


def edited(edit: Callable[[tiny.Notebook], None], **answers: str) -> Make:
    """A submission that is right but for an edit of the notebook."""

    def make(release: tiny.Notebook) -> tiny.Notebook:
        nb = tiny.answered(release, **answers)
        edit(nb)
        return nb

    return make


# --- What an answer does --------------------------------------------------------------------------

RUNS: dict[str, tuple[Make, Expected]] = {
    "loops": (answer("while True:\n    pass"), 3),
    "loops-and-swallows-interrupts": (
        answer(
            "while True:\n    try:\n        while True: sum(range(1000))\n"
            "    except BaseException: pass"
        ),
        (3, "could not be interrupted"),  # a second interrupt may meet it outside of the try
    ),
    "loops-in-the-test": (answer("def relu(x):\n    while True: pass"), 3),
    "sleeps": (answer("import time\ntime.sleep(1000)"), 3),
    "ignores-signals": (
        answer(
            "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
            "while True: time.sleep(1)"
        ),
        "could not be interrupted",
    ),
    "allocates-at-once": (answer("x = bytearray(10**11)"), 3),
    "allocates-bit-by-bit": (answer("x = []\nwhile True: x.append(bytearray(10**7))"), 3),
    "allocates-in-many-processes": (
        answer(
            "import os, time\n"
            "for _ in range(60):\n"
            "    if os.fork() == 0:\n"
            "        x = bytearray(4 * 10**8)\n"
            "        x[::4096] = b'1' * len(x[::4096])\n"
            "        time.sleep(100)\n"
            "time.sleep(100)"
        ),
        "together used more than",
    ),
    "prints-lines": (answer("while True: print('all work and no play')"), 3),
    "prints-one-line": (
        answer("while True: print('x' * 10_000, end='')"),
        (
            3,
            "printed without end|could not be interrupted",
        ),  # how soon the stop button gets through
    ),
    "prints-a-huge-line": (
        answer("print('x' * 10**9)"),
        (3, "could not be interrupted"),
    ),  # how soon a gigabyte is written
    "prints-pictures": (
        answer(
            "from IPython.display import display, HTML\n"
            "while True: display(HTML('<b>x</b>' * 10_000))"
        ),
        3,
    ),
    "forks": (
        answer("import os\nwhile True:\n    try: os.fork()\n    except OSError: pass"),
        "could not be interrupted|ended the Python|together used",
    ),
    "exits": (answer("import os\nos._exit(0)"), "ended the Python"),
    "exits-politely": (answer("exit()"), (3, "ended the Python")),  # how soon the kernel obeys
    "exits-by-error": (answer("import sys\nsys.exit(1)"), 3),
    "crashes": (answer("import ctypes\nctypes.string_at(0)"), "ended the Python"),
    "kills-everything": (
        answer("import os, signal\nos.kill(-1, signal.SIGKILL)"),
        "ended the Python",
    ),
    "asks": (answer("name = input('Who are you? ')"), 3),
    "reads-stdin": (answer("import sys\nsys.stdin.read()"), 3),
    "leaves-processes-behind": (
        right_and("import subprocess\nsubprocess.Popen(['sleep', '4242'], start_new_session=True)"),
        6,
    ),
    "leaves-threads-behind": (
        right_and(
            "import threading\n"
            "def burn():\n    while True: pass\n"
            "threading.Thread(target=burn).start()"
        ),
        6,
    ),
    "warns-in-the-test": (
        answer(
            "def relu(x):\n    import warnings, sys\n    warnings.warn('careful')\n"
            "    print('oh', file=sys.stderr)\n    return np.maximum(x, 0)"
        ),
        6,
    ),
    "fills-the-folder": (
        right_and(
            "try:\n"
            "    for n in range(100):\n"
            "        open(f'big{n}', 'wb').write(bytes(10**7))\n"
            "except OSError as error:\n"
            "    full = error"
        ),
        6,
    ),
    "writes-a-file-and-reads-it": (
        right_and("open('note.txt', 'w').write('1')\nassert open('note.txt').read() == '1'"),
        6,
    ),
    "is-half-right": (
        lambda release: tiny.answered(release, slope=tiny.SLOPE.replace("> 0", ">= 0")),
        4.5,
    ),
}


# --- What an answer looks for ---------------------------------------------------------------------

PEEK = """
import glob, os, socket, sqlite3, sys
from pathlib import Path
found = []
def seen(what):
    found.append(what)
for path in {paths!r} + ["/etc/shadow"]:
    if Path(path).exists():
        seen(path)
for path in ["/root/.ssh", "/var", "/run", "/srv", "/mnt", "/media", "/sys", "/boot"]:
    try:
        if os.listdir(path): seen(path)
    except OSError: pass
for start in ["/tmp", "/root", "/home", "/etc", "/opt", "/student"]:
    for folder, folders, files in os.walk(start):
        for name in files:
            if name.endswith((".db", ".ipynb")) and "site-packages" not in folder:
                seen(os.path.join(folder, name))
for address in [("127.0.0.1", {port}), ("10.0.0.1", 80), ("8.8.8.8", 53)]:
    try:
        socket.create_connection(address, timeout=0.3); seen(address)
    except OSError: pass
for pid in os.listdir("/proc"):
    if pid.isdecimal():
        try: line = Path("/proc", pid, "cmdline").read_bytes()
        except OSError: continue
        if b"grade.py" in line: seen(line)
for folder in ["/usr", "/etc", "", "/dev", "/proc/sys", {source!r}, sys.prefix]:
    try:
        open(folder + "/x", "w").close(); seen("wrote into " + folder)
    except OSError: pass
if os.getuid() == 0: seen("is root")
if {secret!r} in os.environ.values(): seen("has the grader's variables")
assert not found, found
"""


def peeks(course: str, helpers: str, port: int, secret: str) -> Make:
    """A submission that looks for what it must not find; it is right only if it finds nothing."""
    paths = [course, f"{course}/gradebook.db", f"{course}/source", f"{course}/submitted"]
    paths += [str(tiny.ROOT / name) for name in ("assignments", "tests", "build")]
    code = PEEK.format(paths=paths, port=port, source=helpers, secret=secret)
    return answer(f"{code}\n{tiny.RELU}")


# --- What deceives --------------------------------------------------------------------------------

WRONG = "def relu(x):\n    return x"
DECEIVES: dict[str, tuple[Make, Expected]] = {
    "redefines-a-check": (
        answer(f"np.testing.assert_allclose = lambda *a, **k: None\n{WRONG}"),
        "the checks were altered",
    ),
    "redefines-it-when-called": (
        answer("def relu(x):\n    np.testing.assert_allclose = lambda *a, **k: None\n    return x"),
        "the checks were altered",
    ),
    "redefines-numpy": (
        answer(
            "class Numpy:\n    def __getattr__(self, name): return lambda *a, **k: True\n"
            "    testing = property(lambda self: self)\n"
            f"np = Numpy()\n{WRONG}"
        ),
        "the checks were altered",
    ),
    "swallows-every-error": (
        answer(f"get_ipython().showtraceback = lambda *a, **k: None\n{WRONG}"),
        "IPython's own methods",
    ),
    "handles-every-error": (
        answer(
            f"get_ipython().set_custom_exc((Exception,), lambda *a, **k: None)\n{WRONG}",
        ),
        "IPython's handlers of errors",
    ),
    "leaves-tests-out": (
        answer(
            "get_ipython().input_transformers_post.append(lambda ls: ['pass\\n'] if any("
            "'hidden_tests' in l or '.expect(' in l or '.within(' in l for l in ls) else ls)\n"
            f"{WRONG}"
        ),
        "IPython's input transformers",
    ),
    "leaves-tests-out-of-the-tree": (
        answer(
            "import ast\n"
            "class Empty(ast.NodeTransformer):\n"
            "    def visit_Expr(self, node): return None if 'expect' in ast.dump(node) else node\n"
            f"get_ipython().ast_transformers.append(Empty())\n{WRONG}"
        ),
        "IPython's AST transformers",
    ),
    "watches-cells": (
        answer(f"get_ipython().events.register('pre_run_cell', lambda info: None)\n{WRONG}"),
        "IPython's events",
    ),
    "runs-no-test": (
        answer(
            "kernel = get_ipython().kernel\nreal = kernel.do_execute\n"
            "def do_execute(code, *a, **k):\n"
            "    return real('pass' if '.expect(' in code else code, *a, **k)\n"
            f"kernel.do_execute = do_execute\n{WRONG}"
        ),
        "IPython's own methods",
    ),
    "runs-no-test-to-its-end": (
        answer(
            "import IPython.core.interactiveshell as module\n"
            "run, left = exec, set()\n"
            "def some(code, *spaces):\n"
            "    if 'expect' in code.co_names: left.add(code.co_filename)\n"
            "    if code.co_filename not in left: run(code, *spaces)\n"
            f"module.exec = some\n{WRONG}"
        ),
        "test_relu_hidden showed no error, and did not run to its end",
    ),
    "stops-the-shell": (
        answer(
            "from IPython.core.interactiveshell import ExecutionResult\n"
            "shell = get_ipython()\n"
            "async def nothing(*a, **k):\n"
            "    result = ExecutionResult(None); result.execution_count = 1\n"
            "    return result\n"
            f"shell.run_cell_async = nothing\n{WRONG}"
        ),
        "the checks were altered",
    ),
    "redefines-a-helper": (
        answer(
            "import helpers.network as network\n"
            "name = next(n for n, f in vars(network).items() if getattr(f, '__module__', '') =="
            " network.__name__ and callable(f) and not isinstance(f, type))\n"
            f"setattr(network, name, lambda *a, **k: None)\n{WRONG}"
        ),
        "the checks were altered",
    ),
    "redefines-a-helper-s-number": (
        answer(
            "import helpers.settings as settings\n"
            "name = next(n for n, v in vars(settings).items() if n.isupper() and type(v) is int)\n"
            f"setattr(settings, name, -1)\n{WRONG}"
        ),
        "the checks were altered",
    ),
    "redefines-expect": (answer(f"Task.expect = lambda *a, **k: None\n{WRONG}"), "Task.expect"),
    "redefines-it-for-one-test": (
        answer(
            "real = Task.expect\ndef once(*a, **k): Task.expect = real\n"
            f"Task.expect = once\n{WRONG}"
        ),
        "Task.expect",
    ),
    "has-a-task-of-its-own": (
        answer(
            "class Task:\n    def __init__(self, name): pass\n"
            f"    def expect(self, *a, **k): pass\n{WRONG}"
        ),
        r"altered \(Task\)",
    ),
    "finds-no-difference": (
        answer(f"checks.difference = lambda *a, **k: ''\n{WRONG}"),
        "helpers.checks.difference",
    ),
    "takes-all-for-one-number": (
        answer(f"checks._number = lambda value: 0.0\n{WRONG}"),
        "helpers.checks._number",
    ),
    "gives-the-checks-another-numpy": (
        answer(f"import types\nchecks.np = types.SimpleNamespace(**vars(np))\n{WRONG}"),
        "helpers.checks.np",
    ),
    "imports-many-helpers": (
        right_and(
            "from helpers import activations, errors, grid, initializers, network, neurons\n"
            "from helpers import probes, settings, training\n"
            "import helpers.training.loop"
        ),
        6,
    ),
    "shadows-a-builtin-by-mistake": (right_and("max = 3\nsum = 0\nlist = [1]"), 6),
}


# --- What reads its test --------------------------------------------------------------------------

# Each with the points that it must get, and the words for which it is marked; the last is honest.
READS: dict[str, tuple[Make, float, str]] = {
    "reads-the-frames": (
        answer(
            "import sys\ndef relu(x):\n    frame = sys._getframe()\n    while frame:\n"
            "        if 'expected' in frame.f_locals: return frame.f_locals['expected']\n"
            "        frame = frame.f_back\n    return x"
        ),
        5,
        "_getframe, f_locals, f_back",
    ),
    "reads-them-by-an-error": (
        answer(
            "def relu(x):\n    try: 1 / 0\n    except ZeroDivisionError as error:\n"
            "        frame = error.__traceback__.tb_frame\n    while frame:\n"
            "        if 'expected' in frame.f_locals: return frame.f_locals['expected']\n"
            "        frame = frame.f_back\n    return x"
        ),
        5,
        "__traceback__, tb_frame, f_locals, f_back",
    ),
    "reads-its-text": (
        answer(
            "import re\ndef relu(x):\n"
            "    found = re.search(r'lambda: relu.x., (.*).', In[-1])\n"
            "    return eval(found[1], {'np': np, 'x': x}) if found else x"
        ),
        5,
        "In[",
    ),
    "uses-its-shell": (
        right_and(
            "get_ipython().run_line_magic('matplotlib', 'inline')\n"
            "%load_ext autoreload\n%autoreload 2\n%xmode Plain\n"
            "import matplotlib.pyplot as plt\n"
            "from IPython.core.interactiveshell import InteractiveShell\n"
            "InteractiveShell.ast_node_interactivity = 'all'\nplt.plot([1])\n%time 1 + 1"
        ),
        6,
        "get_ipython",
    ),
}


# --- What is done to the notebook -----------------------------------------------------------------


def delete(*ids: str) -> Callable[[tiny.Notebook], None]:
    def edit(nb: tiny.Notebook) -> None:
        for name in ids:
            nb["cells"].remove(tiny.find(nb, name))

    return edit


def duplicate(name: str) -> Callable[[tiny.Notebook], None]:
    def edit(nb: tiny.Notebook) -> None:
        original = tiny.find(nb, name)
        nb["cells"].insert(nb["cells"].index(original), copy.deepcopy(original))

    return edit


def change(name: str, source: str | None = None, **settings: object) -> Callable:
    def edit(nb: tiny.Notebook) -> None:
        found = tiny.find(nb, name)
        found["source"] = found["source"] if source is None else source
        found["metadata"]["nbgrader"].update(settings)

    return edit


def add(**settings: object) -> Callable[[tiny.Notebook], None]:
    def edit(nb: tiny.Notebook) -> None:
        nb["cells"].append(tiny.cell("code", "pass", "bonus", grade=True, **settings))

    return edit


def reorder(nb: tiny.Notebook) -> None:
    nb["cells"].reverse()


def as_text(nb: tiny.Notebook) -> None:
    found = tiny.find(nb, "relu")
    found["cell_type"] = "raw"
    found.pop("outputs"), found.pop("execution_count")


def old_format(release: tiny.Notebook) -> str:
    """The right answers in the notebook format 3."""
    nb = tiny.answered(release)
    cells = []
    for each in nb["cells"]:
        cell = {"cell_type": each["cell_type"], "metadata": each["metadata"]}
        if each["cell_type"] == "code":
            cell |= {
                "input": each["source"],
                "language": "python",
                "outputs": [],
                "collapsed": False,
            }
        else:
            cell["source"] = each["source"]
        cells.append(cell)
    return json.dumps(
        {
            "metadata": {"name": ""},
            "nbformat": 3,
            "nbformat_minor": 0,
            "worksheets": [{"cells": cells, "metadata": {}}],
        }
    )


def with_format(number: int) -> Make:
    return lambda release: json.dumps({**tiny.answered(release), "nbformat": number})


def without_ids(release: tiny.Notebook) -> str:
    """As an old Jupyter saves it: format 4.4, no ids."""
    nb = tiny.answered(release)
    for each in nb["cells"]:
        each.pop("id", None)
    return json.dumps({**nb, "nbformat_minor": 4})


def another(release: tiny.Notebook) -> tiny.Notebook:
    return tiny.notebook([tiny.cell("code", "print('my own notebook')")])


EDITS: dict[str, tuple[Make, Expected]] = {
    "deletes-a-test": (edited(delete("test_relu_hidden")), 6),
    "deletes-test-and-answer": (edited(delete("test_slope", "slope")), 3),
    "deletes-all-but-an-answer": (
        edited(delete("setup", "test_relu", "test_relu_hidden", "test_slope", "slope", "words")),
        3,
    ),
    "deletes-the-setup": (edited(delete("setup")), 6),
    "edits-a-test": (edited(change("test_relu_hidden", "pass"), relu=WRONG), 3),
    "edits-the-points": (edited(change("test_relu", points=100)), 6),
    "edits-the-ids": (edited(change("test_relu", grade_id="bonus")), 6),
    "unlocks-a-test": (
        edited(
            change("test_relu_hidden", "pass", grade=False, locked=False, solution=True), relu=WRONG
        ),
        3,
    ),
    "breaks-the-settings": (edited(change("relu", schema_version=99, points="many")), 6),
    "adds-a-test": (edited(add(points=90, locked=True, solution=False, task=False)), 6),
    "duplicates-an-answer": (edited(duplicate("relu")), 6),
    "duplicates-a-test": (edited(duplicate("test_slope")), 6),
    "reorders": (edited(reorder), 6),
    "turns-an-answer-into-text": (edited(as_text), 6),
    "old-format": (old_format, 6),
    "no-ids": (without_ids, 6),
    "future-format": (with_format(9), "newer than any"),
    "negative-format": (with_format(-1), "no valid notebook"),
    "not-json": (lambda release: "{'cells': [", "not JSON"),
    "empty": (lambda release: "", "is empty"),
    "zeros": (lambda release: bytes(1000), "not JSON"),
    "not-text": (lambda release: b"\x89PNG\r\n\x1a\n\xff\xfe", "not text"),
    "json-but-no-notebook": (lambda release: "[1, 2]", "names no format"),
    "nested-without-end": (lambda release: "[" * 200_000, "nested too deeply|not JSON"),
    "cells-are-numbers": (
        lambda release: json.dumps(
            {"nbformat": 4, "nbformat_minor": 5, "cells": [1], "metadata": {}}
        ),
        "no valid notebook",
    ),
    "byte-order-mark": (
        lambda release: b"\xef\xbb\xbf" + json.dumps(tiny.answered(release)).encode(),
        6,
    ),
    "another-notebook": (another, "none of the cells"),
}
