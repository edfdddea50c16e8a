"""Start the server of a student, as that student; the hub has set the limits before.

The chapters are laid into the student's own folder as ``make lab`` does it: a copy that was not
touched is renewed, and one that was is left alone.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import lab  # noqa: E402


def main() -> None:
    """Close the home folder, lay out the chapters, and become the server."""
    home = Path.home()
    os.umask(0o077)
    if home.stat().st_uid == os.getuid():  # on Kubernetes it is a volume of root's
        home.chmod(0o700)
    chapters = home / "relu-on-trial"
    try:
        chapters.mkdir(exist_ok=True)
        lab.refresh(ROOT, chapters)
    except OSError as error:  # a full disk is no reason to lock a student out
        print(f"The chapters could not be copied to {chapters}: {error}", file=sys.stderr)
    os.chdir(home)
    program = Path(sys.executable).with_name("jupyterhub-singleuser")
    os.execv(program, [str(program), *sys.argv[1:]])


if __name__ == "__main__":
    main()
