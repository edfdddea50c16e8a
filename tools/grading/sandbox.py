"""The sandbox that student code runs in: bubblewrap, resource limits and a watchdog.

Nothing of the machine is there but what a kernel needs: the system's programs, the learner's
environment and the helpers, all read-only. The rest is empty: no other file of the course, no
home, no network, no process of anybody else. What a submission writes lands in memory, in a folder
of bounded size, and is gone when its kernel ends.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from helpers.errors import CourseError

MIB = 2**20
ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
HOME = "/student"
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store")
# Of /etc only what programs need to find libraries, fonts, names and the time.
SETTINGS = ("alternatives", "fonts", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime")
SETTINGS += ("group", "nsswitch.conf", "passwd")
FIRST_UID = 1_879_048_192  # far beyond every account: each kernel of a root grader is nobody's own
POLL_SECONDS = 0.2


class SandboxError(CourseError):
    """The sandbox is not there, or cannot work on this machine."""


@dataclass(frozen=True)
class Limits:
    """What a submission may use.

    Attributes
    ----------
    cell_seconds, total_seconds, cpu_seconds
        Time for one cell, for all of them together, and of the processor for each process.
    address_space
        Bytes that one process may map.
    memory, least_memory
        Bytes that all processes of a submission may hold together: at most, and even on a machine
        with little memory for its cores.
    file_size, folder_size
        Bytes of one file, and of each of the folders that can be written.
    processes
        How many processes and threads there may be.
    """

    cell_seconds: int = 15
    total_seconds: int = 120
    cpu_seconds: int = 120
    address_space: int = 3072 * MIB
    memory: int = 3584 * MIB
    least_memory: int = 1024 * MIB
    file_size: int = 50 * MIB
    folder_size: int = 64 * MIB
    processes: int = 128


# TensorFlow maps much more than it uses, and starts threads for every core.
TENSORFLOW = Limits(
    cell_seconds=60,
    total_seconds=400,
    cpu_seconds=600,
    address_space=16384 * MIB,
    memory=5120 * MIB,
    least_memory=2048 * MIB,
    processes=512,
)


def limits_for(assignment: str) -> Limits:
    """Return the limits of an assignment: 12 to 15 may use TensorFlow.

    Each limit can be changed by an environment variable: ``GRADING_CELL_SECONDS=30``.

    Raises
    ------
    SandboxError
        If such a variable holds no whole number above 0.

    Examples
    --------
    >>> limits_for("05-backpropagation").cell_seconds
    15
    >>> limits_for("13-keras").cell_seconds
    60
    """
    limits = TENSORFLOW if assignment[:2] in ("12", "13", "14", "15") else Limits()
    for name in limits.__dataclass_fields__:
        variable = f"GRADING_{name.upper()}"
        if variable in os.environ:
            value = os.environ[variable]
            if not (value.isdecimal() and int(value) > 0):
                raise SandboxError(
                    f"{variable} is {value!r}; it has to be a whole number above 0, such as "
                    f"{getattr(limits, name)}."
                )
            limits = replace(limits, **{name: int(value)})
    return limits


# --- The command ----------------------------------------------------------------------------------


def bound(path: Path, how: str = "--ro-bind", inside: Path | None = None) -> list[str]:
    """Return the options that show a path; the folders above it are new, and open to nobody too."""
    inside = inside or path
    above = [folder for folder in reversed(inside.parents) if folder != Path("/")]
    made = [word for folder in above for word in ("--perms", "0755", "--dir", str(folder))]
    return [*made, how, str(path), str(inside)]


def readable(folders: Sequence[Path]) -> list[str]:
    """Return the options that show the system and some folders, read-only."""
    options: list[str] = []
    for name in SYSTEM:
        path = Path(name)
        if path.is_symlink():
            options += ["--symlink", os.readlink(path), name]
        elif path.is_dir():
            options += bound(path)
    for name in SETTINGS:
        options += bound(Path("/etc") / name, "--ro-bind-try")
    for folder in folders:
        options += bound(folder)
    return options


def python_folders() -> list[Path]:
    """Return what the learner's Python consists of: its environment, its base, the helpers."""
    settings = (VENV / "pyvenv.cfg").read_text(encoding="utf-8")
    homes = [line.partition("=")[2].strip() for line in settings.splitlines() if "home" in line[:4]]
    bases = {Path(home).resolve().parent for home in homes}
    bases.add((VENV / "bin" / "python").resolve().parent.parent)
    outside = [base for base in sorted(bases) if not base.is_relative_to("/usr")]
    # Between the environment and its base there may be links: uv names a version by a link.
    linked = {Path(home).parent for home in homes if not Path(home).is_relative_to("/usr")}
    return list(dict.fromkeys([VENV, ROOT / "src", *outside, *sorted(linked)]))


def variables() -> dict[str, str]:
    """Return the environment variables of student code; none of the grader's own is among them."""
    return {
        "PATH": f"{VENV / 'bin'}:/usr/bin:/bin",
        "HOME": HOME,
        "USER": "student",
        "LOGNAME": "student",
        "LANG": "C.UTF-8",
        "IPYTHONDIR": f"{HOME}/.ipython",
        "MPLCONFIGDIR": f"{HOME}/.matplotlib",
        "PYTHONNOUSERSITE": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "CUDA_VISIBLE_DEVICES": "-1",
    }


def program(name: str) -> str:
    """Return where a program of the system is.

    Raises
    ------
    SandboxError
        If it is not installed.
    """
    found = shutil.which(name)
    if found is None:
        package = {"bwrap": "bubblewrap", "prlimit": "util-linux", "setpriv": "util-linux"}[name]
        raise SandboxError(
            f"{name} is not installed, so student code would run with all your rights, and could "
            f"change every grade. Install {package} (on Debian and Ubuntu: apt-get install "
            f"{package}), or say --unsafe if you have read every submission."
        )
    return found


def nobody(uid: int) -> list[str]:
    """Return what makes a root process nobody, for good: without it no limit of processes holds."""
    ids = ["--reuid", str(uid), "--regid", str(uid), "--clear-groups"]
    return [program("setpriv"), *ids, "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"]


def command(
    inside: Sequence[str],
    limits: Limits,
    connection: Path | None = None,
    files: Sequence[Path] = (),
    *,
    root: bool | None = None,
    nested: bool | None = None,
) -> list[str]:
    """Return the command line that runs `inside` in the sandbox.

    Parameters
    ----------
    connection
        The one folder outside that can be written: the kernel's sockets are there.
    files
        Files that came with the assignment; they lie, read-only, in the working directory.
    root
        Whether the grader is root; it is asked if not said.
    nested
        For a root grader: whether a second sandbox forbids student code sandboxes of its own.
    """
    root = os.geteuid() == 0 if root is None else root
    size = str(limits.folder_size)
    options = [
        *["--die-with-parent", "--new-session", "--clearenv", "--hostname", "course"],
        *["--unshare-pid", "--unshare-ipc", "--unshare-net", "--unshare-uts"],
        "--unshare-cgroup-try",
        *["--proc", "/proc", "--dev", "/dev"],
        *["--perms", "1777", "--size", size, "--tmpfs", "/dev/shm", "--remount-ro", "/dev"],
        *["--perms", "1777", "--size", size, "--tmpfs", "/tmp"],
        *["--perms", "0777", "--size", size, "--tmpfs", HOME],
        *readable(python_folders()),
    ]
    if connection:
        options += bound(connection, "--bind")
    for path in files:
        options += bound(path, inside=Path(HOME) / path.name)
    for name, value in variables().items():
        options += ["--setenv", name, value]
    options += ["--chdir", HOME]
    limited = [
        program("prlimit"),
        f"--as={limits.address_space}",
        f"--fsize={limits.file_size}",
        f"--cpu={limits.cpu_seconds}",
        f"--nproc={limits.processes}",
        "--core=0",
        "--nofile=1024",
        *inside,
    ]
    if not root:
        own = ["--unshare-user", "--uid", "65534", "--gid", "65534", "--disable-userns"]
        return [program("bwrap"), *own, *options, "--remount-ro", "/", "--", *limited]
    capabilities = ["--cap-drop", "ALL"]
    for name in ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP"):
        capabilities += ["--cap-add", name]
    outer = [program("bwrap"), *capabilities, *options, "--remount-ro", "/", "--"]
    drop = nobody(FIRST_UID + os.getpid())
    if second_sandbox() if nested is None else nested:
        same = ["--bind", "/", "/", "--dev-bind", "/dev", "/dev"]
        drop += [program("bwrap"), "--unshare-user", "--disable-userns", *same, "--"]
    return [*outer, *drop, *limited]


@cache
def second_sandbox() -> bool:
    """Return whether nobody can make a sandbox in the sandbox of a root grader.

    Where that works, it is used, so that student code cannot: with a name space of its own it
    could mount folders without bound. Where it does not work, student code cannot either.
    """
    probe = command(["true"], Limits(), root=True, nested=True)
    return subprocess.run(probe, capture_output=True).returncode == 0


def refuse_without_sandbox() -> None:
    """Try the sandbox once.

    Raises
    ------
    SandboxError
        If student code would not be shut in; the message says what to do.
    """
    for name in ("bwrap", "prlimit", *(["setpriv"] if os.geteuid() == 0 else [])):
        program(name)
    asked = [str(VENV / "bin" / "python"), "-c", "import os; print(os.getuid())"]
    probe = subprocess.run(command(asked, Limits()), capture_output=True, text=True)
    if probe.returncode != 0 or probe.stdout.strip() in ("", "0"):
        said = (probe.stderr.strip().splitlines() or ["nothing"])[-1]
        raise SandboxError(
            f"bubblewrap cannot shut student code in on this machine (it said: {said}). Ubuntu "
            "24.04 lets no ordinary user make name spaces: allow it with `sudo sysctl "
            "kernel.apparmor_restrict_unprivileged_userns=0`; a container needs the right to "
            "make them (with Docker: --security-opt seccomp=unconfined). Or say --unsafe if you "
            "have read every submission."
        )


# --- The watchdog ---------------------------------------------------------------------------------


def descendants(parent: int) -> Iterator[int]:
    """Give every process below one; inside the sandbox an orphan stays below its first process."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdecimal():
            try:
                stat = Path("/proc", entry, "stat").read_bytes()
            except OSError:  # it has ended meanwhile
                continue
            above = int(stat.rpartition(b")")[2].split()[1])
            children.setdefault(above, []).append(int(entry))
    waiting = [parent]
    while waiting:
        below = children.get(waiting.pop(), [])
        yield from below
        waiting += below


def resident(pid: int) -> int:
    """Return the bytes of memory that a process holds, 0 if it has ended."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
    except (OSError, IndexError):
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def machine_memory() -> int:
    """Return the bytes of memory that submissions may hold together: not all that there is."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") * 4 // 5


def most_workers(limits: Limits, workers: int, memory: int) -> int:
    """Return how many submissions can run at a time, so that each has the least that it needs."""
    return max(1, min(workers, memory // limits.least_memory))


def allowed_memory(limits: Limits, workers: int, memory: int) -> int:
    """Return the bytes that a submission may hold, so that all that run together fit."""
    return min(limits.memory, memory // workers)


def folder_bytes(folder: Path) -> int:
    """Return how much the files in a folder hold."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.lstat().st_size
        except OSError:
            continue
    return total


class Watchdog(threading.Thread):
    """Ends a sandbox whose processes together hold too much memory, or that fills its folder.

    The limits of the operating system count for each process alone.

    Attributes
    ----------
    reason
        Why the sandbox was ended, in words; empty while it was not.
    """

    def __init__(
        self, pid: int, limits: Limits, connection: Path, end: Callable[[], object]
    ) -> None:
        """Watch the processes below `pid`, and call `end` if there is a reason."""
        super().__init__(daemon=True)
        self.pid, self.limits, self.connection, self.end = pid, limits, connection, end
        self.reason = ""
        self.stopped = threading.Event()

    def complaint(self) -> str:
        """Return what is wrong now, in words, or nothing."""
        used = sum(map(resident, descendants(self.pid)))
        if used > self.limits.memory:
            most = self.limits.memory / 2**30
            return f"its processes together used more than {most:.1f} GiB of memory"
        if folder_bytes(self.connection) > MIB:
            return "it wrote into the folder of its own connection to the grader"
        return ""

    def run(self) -> None:
        """Look again and again, until stopped."""
        while not self.stopped.wait(POLL_SECONDS):
            self.reason = self.complaint()
            if self.reason:
                self.end()
                return

    def stop(self) -> None:
        """Stop watching."""
        self.stopped.set()


def main() -> int:
    """Run a command of the command line in the sandbox, to try it by hand."""
    started = time.perf_counter()
    status = subprocess.run(command(sys.argv[1:], Limits())).returncode
    print(f"({time.perf_counter() - started:.1f} s)", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
