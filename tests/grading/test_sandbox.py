"""The sandbox by itself: what is in it, as root and as an ordinary user."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from classes import ROOT, needs_sandbox
from grading import sandbox
from grading.sandbox import MIB, Limits

pytestmark = needs_sandbox
ORDINARY = 65_534  # the user nobody
LOOK = """
import os, resource
print(os.getuid(), sorted(os.listdir("/")), os.getcwd())
print(*resource.getrlimit(resource.RLIMIT_NPROC))
import helpers.network, numpy
"""


def run(*command: str, as_user: bool = False, **limits: int) -> subprocess.CompletedProcess:
    """Run a command in the sandbox, as root or as an ordinary user."""
    line = sandbox.command(command, Limits(**limits), root=os.geteuid() == 0 and not as_user)
    if as_user and os.geteuid() == 0:
        ids = ["--reuid", str(ORDINARY), "--regid", str(ORDINARY), "--clear-groups"]
        line = ["setpriv", *ids, *line]
    return subprocess.run(line, capture_output=True, text=True, cwd="/")


def reachable(path: Path) -> bool:
    """Whether an ordinary user can come to a file."""
    return all(folder.stat().st_mode & 0o001 for folder in path.resolve().parents)


@pytest.fixture(params=["this user", "an ordinary user"])
def as_user(request: pytest.FixtureRequest) -> bool:
    """Whether to run as an ordinary user."""
    if request.param == "this user":
        return False
    needed = [sandbox.VENV / "bin" / "python", ROOT / "src"]
    if os.geteuid() == 0 and not all(map(reachable, needed)):
        pytest.skip("an ordinary user cannot come to the environment of this copy")
    return True


def test_python_and_helpers_run_as_nobody_in_an_empty_machine(as_user: bool) -> None:
    python = str(sandbox.VENV / "bin" / "python")
    result = run(python, "-c", LOOK, as_user=as_user)
    assert result.returncode == 0, result.stderr
    first, second = result.stdout.splitlines()
    user, _, rest = first.partition(" ")
    assert int(user) >= ORDINARY
    assert rest.endswith(sandbox.HOME)
    for name in ("var", "run", "sys", "mnt", "srv", "boot"):
        assert f"'{name}'" not in rest
    assert second.split() == [str(Limits().processes)] * 2


def test_forks_end_at_the_limit(as_user: bool) -> None:
    forks = "for n in $(seq 60); do sleep 5 & done; wait"
    result = run("bash", "-c", forks, as_user=as_user, processes=20)
    assert "Resource temporarily unavailable" in result.stderr


def test_no_sandbox_within_the_sandbox(as_user: bool) -> None:
    result = run("unshare", "--user", "--map-root-user", "true", as_user=as_user)
    assert result.returncode != 0


def test_folders_have_a_size(as_user: bool) -> None:
    for folder in ("/tmp", "/dev/shm", sandbox.HOME):
        fill = f"head -c 9000000 /dev/zero > {folder}/big"
        result = run("bash", "-c", fill, as_user=as_user, folder_size=4 * MIB)
        assert "No space left on device" in result.stderr, folder


def test_a_file_has_a_size(as_user: bool) -> None:
    result = run("bash", "-c", "head -c 9000000 /dev/zero > big", as_user=as_user, file_size=MIB)
    assert result.returncode != 0


def test_limits_follow_the_assignment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Limits.__dataclass_fields__:
        monkeypatch.delenv(f"GRADING_{name.upper()}", raising=False)
    numpy, tensorflow = sandbox.limits_for("11-what-it-costs"), sandbox.limits_for("12-tensorflow")
    assert numpy == Limits()
    assert tensorflow.address_space > numpy.address_space
    assert tensorflow.cell_seconds > numpy.cell_seconds
    monkeypatch.setenv("GRADING_CELL_SECONDS", "7")
    assert sandbox.limits_for("05-x").cell_seconds == 7
    monkeypatch.setenv("GRADING_CELL_SECONDS", "soon")
    with pytest.raises(sandbox.SandboxError, match="GRADING_CELL_SECONDS is 'soon'"):
        sandbox.limits_for("05-x")


def test_all_that_run_at_a_time_fit_into_the_memory() -> None:
    gib = 1024 * MIB
    many = {"memory": 3584 * MIB, "least_memory": 1 * gib}
    for workers, memory, expected in [
        (2, 24 * gib, (2, 3584 * MIB)),
        (8, 24 * gib, (8, 3 * gib)),
        (8, 6 * gib, (6, 1 * gib)),
        (8, gib // 2, (1, gib // 2)),
    ]:
        limits = Limits(**many)
        found = sandbox.most_workers(limits, workers, memory)
        assert (found, sandbox.allowed_memory(limits, found, memory)) == expected
    assert 0 < sandbox.machine_memory() < os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def test_a_sandbox_that_does_not_work_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("prlimit", "setpriv"):
        (tmp_path / name).symlink_to(shutil.which(name))
    broken = tmp_path / "bwrap"
    broken.write_text(
        "#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n"
    )
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin")
    sandbox.second_sandbox.cache_clear()
    with pytest.raises(sandbox.SandboxError) as error:
        sandbox.refuse_without_sandbox()
    sandbox.second_sandbox.cache_clear()
    assert "setting up uid map: Permission denied" in str(error.value)
    assert "apparmor_restrict_unprivileged_userns" in str(error.value)


@pytest.mark.slow
def test_tensorflow_has_room_enough() -> None:
    limits = sandbox.limits_for("12-tensorflow-basics")
    script = "import tensorflow as tf\nprint(float(tf.reduce_sum(tf.ones((300, 300)))))"
    python = [str(sandbox.VENV / "bin" / "python"), "-c", script]
    result = subprocess.run(sandbox.command(python, limits), capture_output=True, text=True)
    assert result.stdout.strip() == "90000.0", result.stderr
