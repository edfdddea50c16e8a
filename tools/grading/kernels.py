"""The kernel that a submission runs in: in the sandbox, or, if the instructor insists, without."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import zmq.asyncio
from jupyter_client.kernelspec import KernelSpec
from kernels import LocalKernelManager
from traitlets import Bool, Int, Unicode

from grading.sandbox import (
    FIRST_UID,
    VENV,
    Limits,
    Watchdog,
    allowed_memory,
    command,
    limits_for,
    machine_memory,
)

LARGEST_MESSAGE = 256 * 2**20  # bytes; what is larger ends the connection to the kernel


class SandboxedKernelManager(LocalKernelManager):
    """Starts kernels in the sandbox, whatever kernel a notebook asks for.

    Attributes
    ----------
    assignment
        The name of the assignment, which decides the limits.
    unsafe
        Whether kernels run without the sandbox.
    workers
        How many kernels run at a time, and share the machine's memory.
    """

    assignment = Unicode("", config=True, help="The assignment, which decides the limits.")
    unsafe = Bool(False, config=True, help="Run student code without the sandbox.")
    workers = Int(1, config=True, help="How many kernels share the machine's memory.")
    watchdog: Watchdog | None = None

    @property
    def kernel_spec(self) -> KernelSpec:
        """The learner's Python; an interrupt is a message, since no signal crosses the sandbox."""
        start = ["-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(
            argv=[str(VENV / "bin" / "python"), *start],
            display_name="Python 3",
            language="python",
            interrupt_mode="message",
        )

    @property
    def limits(self) -> Limits:
        """What the submission may use."""
        limits = limits_for(self.assignment)
        return replace(limits, memory=allowed_memory(limits, self.workers, machine_memory()))

    def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
        """Return the command of the kernel, wrapped in the sandbox."""
        kernel = super().format_kernel_cmd(extra_arguments)
        if self.unsafe:
            return kernel
        given = Path(self._launch_args.get("cwd") or ".").absolute()
        # Not the notebook itself: it holds the hidden tests.
        files = [path for path in sorted(given.iterdir()) if path.suffix != ".ipynb"]
        if os.geteuid() == 0:  # the kernel, then nobody, has to make its sockets here
            for path in (self.folder, Path(self.connection_file)):
                os.chown(path, FIRST_UID + os.getpid(), -1)
        return command(kernel, self.limits, self.folder, [path for path in files if path.is_file()])

    async def _async_launch_kernel(self, kernel_cmd: list[str], **settings: Any) -> None:
        await super()._async_launch_kernel(kernel_cmd, **settings)
        if not self.unsafe:
            process = self.provisioner.process
            self.watchdog = Watchdog(process.pid, self.limits, self.folder, process.kill)
            self.watchdog.start()

    def client(self, **settings: Any) -> Any:
        """Return a client that takes no message beyond measure."""
        context = zmq.asyncio.Context()
        context.setsockopt(zmq.MAXMSGSIZE, LARGEST_MESSAGE)
        client = super().client(context=context, **settings)
        client._created_context = True  # so that it ends with the client
        return client

    async def _async_cleanup_resources(self, restart: bool = False) -> None:
        if self.watchdog:
            self.watchdog.stop()
        await super()._async_cleanup_resources(restart=restart)

    cleanup_resources = _async_cleanup_resources  # the name that others call
