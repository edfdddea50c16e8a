"""A real JupyterLab on loopback, and a notebook opened and run in it."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from jupyter_server.serverapp import list_running_servers
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Browser, Page


@dataclass(frozen=True)
class Lab:
    """Where JupyterLab answers, the token it asks for, and the folder that it shows."""

    address: str
    token: str
    folder: Path


@contextmanager
def run_lab(work: Path) -> Iterator[Lab]:
    """Start JupyterLab in a folder, untouched by the settings of whoever runs the tests."""
    token = secrets.token_hex(16)
    folders = {
        name: str(work / "settings" / name.lower())
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    }
    environment = {**os.environ, **folders, "JUPYTERLAB_SETTINGS_DIR": str(work / "user")}
    environment["JUPYTERLAB_WORKSPACES_DIR"] = str(work / "workspaces")
    environment.pop("COURSE_FACE", None)
    # what is out of sight is not drawn otherwise
    settings = work / "user" / "@jupyterlab" / "notebook-extension" / "tracker.jupyterlab-settings"
    settings.parent.mkdir(parents=True)
    settings.write_text('{"windowingMode": "none"}')
    log = work / "lab.log"
    command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--expose-app-in-browser"]
    command += ["--allow-root", "--ServerApp.ip=127.0.0.1", "--ServerApp.port=0"]
    command += [f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={work}"]
    command += ["--LabApp.news_url=None"]
    with log.open("w") as output:
        server = subprocess.Popen(command, env=environment, stdout=output, stderr=output, cwd=work)
    try:
        address = address_of(server, folders["JUPYTER_RUNTIME_DIR"], log)
        yield Lab(address, token, work)
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()


def address_of(server: subprocess.Popen, runtime: str, log: Path) -> str:
    """Wait until the server listens, and return the address that it chose."""
    for _ in range(240):
        for listening in list_running_servers(runtime):
            return listening["url"].rstrip("/")
        if server.poll() is not None:
            break
        time.sleep(0.25)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()[-2000:]}", pytrace=False)


@contextmanager
def open_lab(browser: Browser, lab: Lab, path: str = "") -> Iterator[Page]:
    """Open JupyterLab, with a notebook if there is a path; nobody outside may be asked."""
    context = browser.new_context(viewport={"width": 1280, "height": 1400}, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(60_000)
    outside: list[str] = []
    inside = (lab.address, lab.address.replace("http", "ws"), "data:", "blob:")
    page.on(
        "request", lambda request: request.url.startswith(inside) or outside.append(request.url)
    )
    workspace = f"{lab.address}/lab/workspaces/{secrets.token_hex(4)}"  # with nothing open in it
    page.goto(f"{workspace}{path and '/tree/'}{path}?token={lab.token}")
    page.wait_for_function("window.jupyterapp?.commands.hasCommand('docmanager:open')")
    page.evaluate("jupyterapp.restored.then(() => null)")
    yield page
    context.close()
    assert outside == [], "JupyterLab shows the course without asking anybody else"


def write_notebook(lab: Lab, name: str, cells: list[NotebookNode]) -> None:
    """Write a notebook into the folder that JupyterLab shows."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(notebook, lab.folder / name)


@contextmanager
def run_notebook(browser: Browser, lab: Lab, name: str, cells: list[str]) -> Iterator[Page]:
    """Open a notebook with these cells of code and run them."""
    write_notebook(lab, f"{name}.ipynb", [new_code_cell(source) for source in cells])
    with open_lab(browser, lab, f"{name}.ipynb") as page:
        page.wait_for_function("window.jupyterapp?.shell?.currentWidget?.sessionContext?.isReady")
        page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
        yield page
