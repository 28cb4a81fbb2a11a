"""pyproject.toml is the one list; the locks and environment.yml agree with it."""

from __future__ import annotations

import re
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts.notebooks import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ASKED = [Requirement(line) for line in PROJECT["project"]["dependencies"]]
ASKED_FOR_TESTS = [Requirement(line) for line in PROJECT["dependency-groups"]["test"]]


def read_lock(name: str) -> dict[str, str]:
    """Return the text of each pin by package; several if markers split it."""
    text = (ROOT / name).read_text(encoding="utf-8")
    pins: dict[str, str] = {}
    for pin in re.split(r"\n(?=[\w])", re.sub(r"(?m)^\s*#.*\n", "", text)):
        package = canonicalize_name(pin.split("==")[0].split(" ")[0])
        pins[package] = pins.get(package, "") + pin
    return pins


LOCK, TEST_LOCK = read_lock("requirements.lock"), read_lock("requirements-test.lock")


def find_versions(pin: str) -> list[str]:
    return re.findall(r"==(\S+)", pin.split("--hash")[0])


@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_dependency_is_pinned_within_its_bounds(asked):
    versions = find_versions(LOCK[canonicalize_name(asked.name)])
    assert versions
    assert all(asked.specifier.contains(version, prereleases=True) for version in versions)


@pytest.mark.parametrize("asked", ASKED_FOR_TESTS, ids=str)
def test_test_tool_is_pinned_for_tests_and_only_there(asked):
    name = canonicalize_name(asked.name)
    assert all(asked.specifier.contains(v, prereleases=True) for v in find_versions(TEST_LOCK[name]))
    assert name not in LOCK


@pytest.mark.parametrize("asked", [*ASKED, *ASKED_FOR_TESTS], ids=str)
def test_dependency_is_bounded_below(asked):
    assert any(bound.operator in (">=", "==") for bound in asked.specifier)


def test_tests_run_on_the_very_versions_of_the_book():
    assert {name: TEST_LOCK.get(name) for name in LOCK} == LOCK


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-test.lock"])
def test_every_pin_has_a_hash_and_no_address(name):
    assert "://" not in (ROOT / name).read_text(encoding="utf-8")
    assert all("==" in pin and "--hash=sha256:" in pin for pin in read_lock(name).values())


def test_conda_environment_is_python_pip_and_the_lock():
    wanted = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    assert [part.split("=")[0] for part in wanted[:-1]] == ["python", "pip"]
    assert wanted[-1] == {"pip": ["-r requirements.lock"]}
    python = wanted[0].split("=")[1]
    assert Requirement(f"python{PROJECT['project']['requires-python']}").specifier.contains(python)
    assert f"--python-version {python} " in (ROOT / "requirements.lock").read_text(encoding="utf-8")
