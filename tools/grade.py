"""Release assignments, then collect, grade, review and give back a class's submissions.

Each verb has its own help: ``python3 tools/grade.py grade --help``. The commands run in an
environment of their own, ``.venv-grading``, and set it up when it is missing.
"""

from __future__ import annotations

import os
import sys

import course  # the set-up, which a bare Python can run


def main() -> int:
    """Run a verb, in the environment for grading; return the exit status."""
    if os.path.realpath(sys.prefix) != os.path.realpath(course.GRADING_VENV):
        try:
            course.ready_to_grade()
        except course.SetupError as error:
            print(f"\n{error}", file=sys.stderr)
            return 1
        python = str(course.GRADING_PYTHON)
        os.execv(python, [python, __file__, *sys.argv[1:]])
    # nbgrader calls alembic, a program that lies beside it
    os.environ["PATH"] = f"{course.GRADING_PYTHON.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    sys.path.insert(1, str(course.ROOT / "src"))
    # Its import builds a grammar of addresses, which takes a second; notebooks are valid or not
    # without it, and jsonschema goes on where it is missing.
    sys.modules["rfc3987_syntax"] = None
    from grading.cli import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
