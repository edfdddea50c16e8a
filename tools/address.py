"""Write the address of the repository into README, citation, settings and Colab cells.

None of them knows an address until its owner gives one: ``make address URL=https://HOST/OWNER/NAME``.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "book" / "_ext"))

from addresses import site  # noqa: E402

from helpers.errors import CourseError  # noqa: E402
from helpers.settings import https_address  # noqa: E402

HOMELESS = """\
No address stands here yet, because this copy belongs to nobody yet. Push it to a repository of your
own; then `make address URL=https://HOST/OWNER/NAME` writes that address into this page, the
citation, the site's settings and the cells for Colab. On GitHub, choose *Settings → Pages → Source:
GitHub Actions*, and each push to `main` publishes the book. The buttons of the pages take the
address from `COURSE_REPOSITORY`, else from `make address`, else from the git remote `origin`;
without an https one they are left out."""


def at_home(address: str) -> str:
    """Say where the repository is, and the book."""
    published = f" The book is published at <{site(address)}>." if site(address) else ""
    return f"The course lives at <{address}>.{published}"


def cited(address: str) -> str:
    """Return the lines of the citation that hold addresses."""
    lines = f'repository-code: "{address}"\n' if address else ""
    return lines + (f'url: "{site(address)}"\n' if site(address) else "")


def changes(address: str) -> dict[str, tuple[str, str]]:
    """Return, by file or pattern of files, what to look for and what to put there."""
    comment = "<!-- address:{} -->\n"
    start, end = comment.format("start"), comment.format("end")
    text = at_home(address) if address else HOMELESS
    return {
        "README.md": (f"(?s){start}.*?{end}", f"{start}{text}\n{end}"),
        "CITATION.cff": (
            r"(?m)^license: MIT\n(?:(?:repository-code|url): .*\n)*",
            "license: MIT\n" + cited(address),
        ),
        "book/_config.yml": (r'(?m)^  url: "[^"\n]*"', f'  url: "{address}"'),
        "notebooks/*.ipynb": (r'REPOSITORY = \\"[^"\\]*\\"', f'REPOSITORY = \\"{address}\\"'),
    }


def rewritten(root: Path, address: str) -> dict[Path, str]:
    """Return the new text of each file that holds the address; write nothing.

    Raises
    ------
    CourseError
        If a file has lost the place for it.
    """
    texts = {}
    for pattern, (old, new) in changes(address).items():
        for path in sorted(root.glob(pattern)):
            text = path.read_text(encoding="utf-8")
            texts[path], count = re.subn(old, lambda match, new=new: new, text)
            if count != 1:
                name = path.relative_to(root)
                raise CourseError(
                    f"{name} has {count} places for the address, not one; restore it: "
                    f"git checkout {name}"
                )
    return texts


def main() -> int:
    """Write the address given on the command line; return the exit status."""
    try:
        address = https_address("URL", sys.argv[1])
        for path, text in rewritten(ROOT, address).items():
            path.write_text(text, encoding="utf-8")
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{address} stands in README.md, CITATION.cff, book/_config.yml and the notebooks.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
