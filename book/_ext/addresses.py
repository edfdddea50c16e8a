"""Where the repository and the site live, so that the pages lead to places that exist.

The address comes from COURSE_REPOSITORY, which the publishing workflow sets; else from the file
``_config.yml``, where ``make address`` writes it; else from the git remote ``origin``. Only an
https address counts. Without one, the buttons that would lead to the repository are left out.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

from sphinx.application import Sphinx
from sphinx.config import Config

from helpers.errors import CourseError
from helpers.settings import course_repository, https_address

# Where the pages of a repository are published, on the hosts that the theme has buttons for.
PAGES = {"github.com": "github.io", "gitlab.com": "gitlab.io"}
BUTTONS = ("use_repository_button", "use_edit_page_button", "use_issues_button")


def origin(root: Path) -> str:
    """Return the https address of the git remote ``origin``, or nothing."""
    if not (root / ".git").exists():  # git would look further up
        return ""
    command = ["git", "-C", str(root), "remote", "get-url", "origin"]
    try:
        found = subprocess.run(command, capture_output=True, text=True).stdout
        return https_address("origin", re.sub(r"^https://[^/]*@", "https://", found))
    except (OSError, CourseError):
        return ""


def repository(root: Path, written: str) -> str:
    """Return the address of the repository, or nothing."""
    return course_repository() or written or origin(root)


def site(address: str) -> str:
    """Return the address at which a repository's pages are published, or nothing."""
    parts = urlsplit(address)
    if parts.netloc not in PAGES:
        return ""
    owner, name = parts.path.strip("/").split("/", 1)
    host = f"{owner.lower()}.{PAGES[parts.netloc]}"
    return f"https://{host}/" if name.lower() == host else f"https://{host}/{name}/"


def use_addresses(app: Sphinx, config: Config) -> None:
    """Set the buttons and the addresses of the pages, or leave them out."""
    options = config.html_theme_options
    address = repository(Path(app.srcdir), options.get("repository_url", ""))
    config.html_baseurl = config.ogp_site_url = site(address)
    if not config.html_baseurl:
        address = ""
        options.pop("launch_buttons", None)
    elif urlsplit(address).netloc != "github.com":  # the theme would warn about Colab
        options.get("launch_buttons", {}).pop("colab_url", None)
    options.update(dict.fromkeys(BUTTONS, bool(address)), repository_url=address)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension with Sphinx."""
    app.connect("config-inited", use_addresses, priority=1)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
