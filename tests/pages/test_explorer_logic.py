"""The logic of the explorer, tested by Node's own test runner."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest


def test_logic_of_the_explorer():
    node = shutil.which("node")
    if not node:
        pytest.skip("THE LOGIC OF THE EXPLORER WAS NOT TESTED: there is no node here; install it")
    file = Path(__file__).with_name("explorer.test.js")
    done = subprocess.run([node, "--test", file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
