"""A small Linux for the rehearsal: users, homes and a network of its own, and nothing lasts."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from grading.sandbox import ROOT, bound, python_folders

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
# What logging in and adding users needs; the users themselves are the house's own.
SETTINGS = (
    *("alternatives", "default", "environment", "ld.so.cache", "ld.so.conf", "ld.so.conf.d"),
    *("localtime", "login.defs", "nsswitch.conf", "pam.d", "security", "shells", "skel", "ssl"),
)
ENVIRONMENTS = (".venv", ".venv-grading", ".venv-hub")
SIZE = str(2 * 2**30)


def lay_out(stage: Path) -> None:
    """Write a copy of the course as it would be cloned: what git knows, and nothing else."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (stage / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, stage / name)
    for name in (*ENVIRONMENTS, ".git"):
        (stage / name).mkdir()
    for path in (stage, *stage.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def command(stage: Path, results: Path, *inside: object) -> list[str]:
    """Return the command line that runs something in the house, as its root."""
    options = [
        *["--die-with-parent", "--new-session", "--clearenv", "--hostname", "class"],
        *["--unshare-pid", "--unshare-ipc", "--unshare-net", "--unshare-uts"],
        *["--perms", "0755", "--size", SIZE, "--tmpfs", "/"],
        *["--proc", "/proc", "--dev", "/dev", "--perms", "1777", "--tmpfs", "/dev/shm"],
        *["--perms", "1777", "--tmpfs", "/tmp"],
    ]
    for name in SYSTEM:
        path = Path(name)
        if path.is_symlink():
            options += ["--symlink", str(path.readlink()), name]
        elif path.is_dir():
            options += bound(path)
    for name in SETTINGS:
        options += bound(Path("/etc") / name, "--ro-bind-try")
    for name in ("home", "root", "run", "srv", "var/lib", "var/log", "var/mail", "var/tmp"):
        options += ["--perms", "0755", "--dir", f"/{name}"]
    options += bound(stage, "--bind", ROOT)
    for folder in python_folders():
        if not folder.is_relative_to(ROOT):
            options += bound(folder)
    for name in ENVIRONMENTS:
        options += ["--ro-bind", str(ROOT / name), str(ROOT / name)]
    options += bound(results, "--bind", Path("/results"))
    variables = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8"}
    for name, value in variables.items():
        options += ["--setenv", name, value]
    return ["bwrap", *options, "--chdir", str(ROOT), "--", *map(str, inside)]
