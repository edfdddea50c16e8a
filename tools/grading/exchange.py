"""Collecting from nbgrader's exchange, where students write what we read.

nbgrader's own collecting follows links, so that a link named like the notebook could stand for the
instructor's solution; it takes a submission in another's name, with a warning; and one folder with
a wrong name stops it. All of that is a student's to make: anybody may write into ``inbound``.
"""

from __future__ import annotations

import datetime
import os
import pwd
import re
import secrets
import shutil
import subprocess
import tarfile
import threading
from pathlib import Path, PurePosixPath
from typing import IO, Any

from nbgrader.exchange import ExchangeError
from nbgrader.exchange.default import ExchangeCollect

from grading.collect import LARGEST
from grading.naming import clean

MOST_FILES = 100
SECONDS = 60.0  # for reading one submission
BACKDATED = datetime.timedelta(minutes=10)  # between the time in its name and that of the disk
SECRET = re.compile(rb"[0-9a-f]{128}")  # as nbgrader makes it
NOBODY: dict[str, Any] = {"username": "", "filename": "", "timestamp": datetime.datetime.min}


def owner(path: Path) -> str:
    """Return the name of the user to whom a path belongs, or an empty one."""
    try:
        return pwd.getpwuid(path.lstat().st_uid).pw_name
    except (KeyError, OSError):
        return ""


def reader(folder: Path) -> subprocess.Popen[bytes]:
    """Start what reads a folder, with no more rights than its owner has.

    So a link leads nowhere that its owner could not go; and tar follows none anyway.
    """
    of = folder.lstat()
    other = {"user": of.st_uid, "group": of.st_gid, "extra_groups": []}
    return subprocess.Popen(
        ["tar", "--create", "--file=-", "--directory", folder, "."],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PATH": os.defpath},
        **(other if os.geteuid() == 0 else {}),
    )


def take(stream: IO[bytes], target: Path) -> None:
    """Write the plain files of an archive into a folder, each directly into it.

    The archive is a stranger's. What is too large is named, not copied, as in `collect`.
    """
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        for number, member in enumerate(archive):
            name = PurePosixPath(member.name).name
            if number >= MOST_FILES:
                return
            if not member.isreg() or name in ("", ".", ".."):
                continue
            if member.size > LARGEST:
                path = PurePosixPath(name)
                (target / f"{clean(path.stem)} (too large){path.suffix}.txt").touch()
                continue
            content = archive.extractfile(member)
            if content:
                with (target / name).open("wb") as file:
                    shutil.copyfileobj(content, file)


class CollectFromOwners(ExchangeCollect):
    """Collects what belongs to whom it is named after, and reads it as that student."""

    def _path_to_record(self, path: str) -> dict[str, Any]:
        """Return what the name of a submission says, or nobody's record if that is not true."""
        try:
            record = super()._path_to_record(path)
        except (ExchangeError, ValueError, OverflowError):
            self.log.warning("%s is left out: its name is not that of a submission", path)
            return NOBODY
        if owner(Path(path)) != record["username"] or Path(path).is_symlink():
            self.log.warning(
                "%s is left out: it says it is from %s, and belongs to %s",
                *(path, record["username"], owner(Path(path)) or "nobody known"),
            )
            return NOBODY
        self.say_if_backdated(Path(path), record["timestamp"])
        return record

    def say_if_backdated(self, path: Path, said: datetime.datetime) -> None:
        """Compare the time in a name, which the student writes, with that of the disk."""
        changed = datetime.datetime.fromtimestamp(path.stat().st_ctime, datetime.UTC)
        if changed.replace(tzinfo=None) - said > BACKDATED:
            self.log.warning(
                "%s says it was handed in at %s, and was changed last at %s (UTC)",
                *(path, said, changed.replace(tzinfo=None, microsecond=0)),
            )

    def init_src(self) -> None:
        """Look for submissions; nobody's are none."""
        super().init_src()
        self.src_records = [record for record in self.src_records if record["username"]]

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Copy a submission."""
        Path(dest).mkdir()
        process = reader(Path(src))
        watch = threading.Timer(SECONDS, process.kill)
        watch.start()
        try:
            take(process.stdout, Path(dest))
        except (tarfile.TarError, OSError) as error:
            self.log.warning("%s could not be read as a whole: %s", src, error)
        finally:
            watch.cancel()
            process.kill()
            process.communicate()
        # A student may have written anything into these, or left them out, and then nbgrader's next
        # step would stop: the time is that of the name, and without a secret nobody gets the page.
        (Path(dest) / "timestamp.txt").write_text(Path(src).name.rsplit("+", 3)[2])
        secret = Path(dest) / "submission_secret.txt"
        if not secret.is_file() or not SECRET.fullmatch(secret.read_bytes()):
            secret.write_text(secrets.token_hex(64))
