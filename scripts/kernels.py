"""Processes that find their libraries loaded: kernels of notebooks, and modules that run by themselves.

To import the libraries takes longer than what most pages do with them. So one process imports them,
and each kernel is a fork of it. The fork server is the standard library's (``multiprocessing``), the
way to give a notebook another kernel is Jupyter's (a kernel provisioner). The server holds libraries
only: the modules of the book are imported anew in every process, so that no result can come from an
older one.
"""

from __future__ import annotations

import asyncio
import gc
import os
import runpy
import signal
import site
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import forkserver, get_context, parent_process
from multiprocessing.context import ForkServerContext
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar
from unittest.mock import patch

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner

ROOT = str(Path(__file__).resolve().parent.parent)
T = TypeVar("T")
LIBRARIES = [
    "pandas", "seaborn", "statsmodels.api", "statsmodels.formula.api",
    # What a kernel imports as it starts.
    "ipykernel.kernelapp", "ipykernel.debugger", "IPython.core.completerlib", "IPython.extensions.storemagic",
]  # fmt: skip
"""What the server imports; a library that is missing is left to the notebook to report."""


class ForkedKernel(LocalProvisioner):
    """A kernel that is forked from the process that holds the libraries."""

    process: Any = None  # of multiprocessing, where the local provisioner holds one of subprocess

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork the process; its arguments are those that the command would give to a kernel."""
        arguments = cmd[cmd.index("ipykernel_launcher") + 1 :]
        self.process = warm(kwargs["env"]).Process(
            target=_be_kernel, args=(arguments, dict(kwargs["env"]), str(kwargs["cwd"])), daemon=True
        )
        with _leave_program():
            self.process.start()
        self.pid = self.process.pid
        return self.connection_info

    async def poll(self) -> int | None:
        """Return the exit status, or None while the process lives."""
        return self.process.exitcode if self.process else 0

    async def wait(self) -> int | None:
        """Wait for the end of the process and return its status."""
        while (status := await self.poll()) is None:
            await asyncio.sleep(0.01)
        self.process = None
        return status

    async def send_signal(self, signum: int) -> None:
        """Send a signal to this process alone, for its group is that of the whole build."""
        if self.process and self.process.is_alive():
            os.kill(self.process.pid, signum)


_LEAVING = threading.Lock()


@contextmanager
def _leave_program() -> Iterator[None]:
    """Start a process without the program that runs: multiprocessing would load it there once more."""
    with _LEAVING:
        program = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = program


def make_environment() -> dict[str, str]:
    """Return the environment of a kernel: the caller's, without what could change a result."""
    loud = ("PYTHON", "IPYTHON", "JUPYTER", "MPL", "LC_", "LANG", "TZ")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(loud)}
    # The debugger, which nobody uses here, would warn about how the server was started.
    return kept | {"LANG": "C.UTF-8", "TZ": "UTC", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}


def warm(environment: Mapping[str, str]) -> ForkServerContext:
    """Start the server unless it runs, and return at once, while it loads the libraries."""
    forkserver.set_forkserver_preload(LIBRARIES)
    with patch.dict(os.environ, environment, clear=True):
        forkserver.ensure_running()
    return get_context("forkserver")


def _follow_caller() -> None:
    """Let this process end with the one that asked for it, however that ends, and when it is interrupted."""

    def wait() -> None:
        caller = parent_process()
        if caller:
            caller.join()
            os._exit(1)

    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=wait, daemon=True).start()


def call(function: Callable[..., T], *arguments: Any) -> T:
    """Return what a function gives in a process of its own, forked by the server."""
    with ProcessPoolExecutor(1, warm(make_environment()), _follow_caller) as worker:
        return submit(worker, function, *arguments).result()


def make_worker() -> ProcessPoolExecutor:
    """Return one process that runs beside this one and has a server of its own.

    It is no fork of a server: such a process would not see that server, and would start another.
    """
    return ProcessPoolExecutor(1, get_context("spawn"), _start_worker)


def _start_worker() -> None:
    gc.disable()  # it would search all that was read again and again, and find nothing
    _follow_caller()
    warm(make_environment())


def submit(worker: ProcessPoolExecutor, function: Callable[..., T], *arguments: Any) -> Future[T]:
    """Return the promise of what a function gives in a worker; arguments and errors as in :func:`call`."""
    with _leave_program():
        return worker.submit(function, *arguments)


def _is_library(place: str) -> bool:
    """Return whether a file or folder is Python's or a library's, and not this repository's."""
    if place.startswith(sys.prefix + os.sep):  # an environment may lie in the repository
        return True
    homes = [sys.base_prefix, *([site.getuserbase()] if site.ENABLE_USER_SITE else [])]
    ours = f"{place}{os.sep}".startswith(ROOT + os.sep)
    return not ours and place.startswith(tuple(home + os.sep for home in homes))


def _start_afresh(environment: Mapping[str, str], folder: str) -> None:
    """Forget every module and setting that is not a library's, and go to a folder."""
    gc.freeze()  # or every collection would copy the memory that is shared with the server
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file and not _is_library(file):
            del sys.modules[name]
    sys.path[:] = [place for place in sys.path if _is_library(place)]
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    os.chdir(folder)


def _be_kernel(arguments: list[str], environment: Mapping[str, str], folder: str) -> None:
    from ipykernel.kernelapp import IPKernelApp

    _follow_caller()
    _start_afresh(environment, folder)
    sys.argv = ["ipykernel_launcher", *arguments]
    IPKernelApp.launch_instance(argv=arguments, parent_handle=os.getppid())  # or it would greet its user


def run_module(module: str, arguments: list[str], environment: Mapping[str, str], root: Path) -> None:
    """Run a module of a repository as ``python -m`` would, in a process of :func:`call`."""
    _start_afresh(environment, str(root))
    sys.path.insert(0, str(root))
    sys.argv = [module, *arguments]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        if end.code:
            raise RuntimeError(f"it ended with status {end.code}") from end
