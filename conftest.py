"""Let the kernels of nbval be forks of one process that has imported the libraries: half the time."""

from __future__ import annotations

import multiprocessing
from importlib.metadata import EntryPoint

import pytest
from jupyter_client.provisioning import KernelProvisionerFactory


def pytest_configure(config: pytest.Config) -> None:
    """Register the provisioner of scripts/execute.py and make it the default."""
    if config.getoption("nbval", default=False):
        from scripts.execute import LIBRARIES

        multiprocessing.set_forkserver_preload(LIBRARIES)
        factory = KernelProvisionerFactory.instance()
        group = KernelProvisionerFactory.GROUP_NAME
        factory.provisioners["forked"] = EntryPoint("forked", "scripts.execute:ForkedKernel", group)
        factory.default_provisioner_name = "forked"
