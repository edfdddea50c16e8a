"""Kernels that talk through sockets in a folder: two that start at once never want one port."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from pathlib import Path
from typing import Any

from jupyter_client.manager import AsyncKernelManager


class LocalKernelManager(AsyncKernelManager):
    """Starts a kernel whose sockets are files.

    Attributes
    ----------
    folder
        Where the sockets are; it goes with the manager.
    """

    def __init__(self, **settings: Any) -> None:
        """Make a folder for the sockets; a path to a socket has to be short."""
        super().__init__(**settings)
        self.folder = Path(tempfile.mkdtemp(prefix="kernel-"))
        weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)
        self.transport = "ipc"
        self.connection_file = str(self.folder / "k.json")
        self.ip = str(self.folder / "k")

    async def _async_cleanup_resources(self, restart: bool = False) -> None:
        await super()._async_cleanup_resources(restart=restart)
        if not restart:  # a process that ends at once runs no finalizer
            shutil.rmtree(self.folder, ignore_errors=True)

    cleanup_resources = _async_cleanup_resources  # the name that others call
