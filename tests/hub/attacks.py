"""What a student tries in a notebook of their own. It runs there, as that student."""

import json
import os
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import zmq

root, victim, slug, theirs = Path(ROOT), VICTIM, SLUG, THEIRS  # noqa: F821
exchange = Path("/srv/nbgrader/exchange/relu-on-trial")
home = Path(f"~{victim}").expanduser()


def fill_memory() -> int:
    return len(bytearray(5 * 2**30))


def fork() -> str:
    """Start processes until there are no more; the first that fails ends it."""
    children = []
    try:
        for _ in range(1000):
            children.append(subprocess.Popen(["sleep", "60"]))
        return f"{len(children)} processes"
    finally:
        for child in children:
            child.kill()
            child.wait()


def hear() -> str:
    """Listen for what a kernel prints, on every port of this computer."""
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    ports = [int(line.split()[1].split(":")[1], 16) for line in lines if line.split()[3] == "0A"]
    ear = zmq.Context.instance().socket(zmq.SUB)
    ear.subscribe(b"")
    for port in ports:
        ear.connect(f"tcp://127.0.0.1:{port}")
    end = time.monotonic() + 5
    while time.monotonic() < end:
        if ear.poll(200) and any(b"whispered" in frame for frame in ear.recv_multipart()):
            return "heard it"
    raise PermissionError("nothing was heard")


def knock(path: str) -> str:
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(path)
    return "connected"


attempts: dict[str, Callable[[], object]] = {
    "list another's home": lambda: os.listdir(home),
    "read another's notebook": lambda: (home / slug / f"{slug}.ipynb").read_text(),
    "list the kernels of another": lambda: os.listdir(home / ".local/share/jupyter/runtime"),
    "list what was handed in": lambda: os.listdir(exchange / "inbound"),
    "move what another handed in": lambda: os.rename(exchange / "inbound" / theirs, "mine"),
    "remove what another handed in": lambda: os.rmdir(exchange / "inbound" / theirs),
    "move the exchange": lambda: os.rename(exchange, exchange.with_name("gone")),
    "put something into the release": lambda: (exchange / "outbound" / slug / "x").touch(),
    "list the feedback": lambda: os.listdir(exchange / "feedback"),
    "read the gradebook": lambda: (root / "build/nbgrader/gradebook.db").read_bytes(),
    "read the class's source": lambda: os.listdir(root / f"build/nbgrader/source/{slug}"),
    "read the published source": lambda: (root / f"assignments/{slug}/{slug}.ipynb").read_bytes(),
    "read the history of the course": lambda: os.listdir(root / ".git"),
    "read the tests' answers": lambda: os.listdir(root / "tests"),
    "change the course's helpers": lambda: (root / "src/helpers/x.py").touch(),
    "change the hub's programs": lambda: (root / ".venv-hub/x").touch(),
    "read the hub's state": lambda: os.listdir("/var/lib/course-hub"),
    "read the passwords": lambda: Path("/etc/shadow").read_text(),
    "connect to another's kernel": lambda: knock(str(SOCKET)),  # noqa: F821
    "hear what another's kernel prints": hear,
    "fill the memory": fill_memory,
    "fork without end": fork,
}

outcomes = {}
for name, attempt in attempts.items():
    try:
        outcomes[name] = f"done: {str(attempt())[:100]}"
    except Exception as error:
        outcomes[name] = f"refused: {type(error).__name__}"

# What anybody can put into inbound: a name that is not one's own, a link, a name that is none.
inbound = exchange / "inbound"
forged = inbound / f"{victim}+{slug}+2099-01-01 00:00:00.000000 UTC+forged"
forged.mkdir()
(forged / f"{slug}.ipynb").write_text("{}")
linked = inbound / f"{Path.home().name}+{slug}+2099-01-01 00:00:00.000000 UTC+linked"
linked.mkdir()
(linked / f"{slug}.ipynb").symlink_to(root / f"build/nbgrader/source/{slug}/{slug}.ipynb")
(inbound / f"nobody+{slug}+yesterday+x").mkdir()
print("OUTCOMES " + json.dumps(outcomes))
