"""The locks and environment.yml agree with pyproject.toml, which is the one list of packages."""

from __future__ import annotations

import re
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts.execute import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def read_lock(name: str) -> dict[str, str]:
    """Return the text of each pin by package; several if markers split it."""
    text = (ROOT / name).read_text(encoding="utf-8")
    pins: dict[str, str] = {}
    for pin in re.split(r"\n(?=[\w])", re.sub(r"(?m)^\s*#.*\n", "", text)):
        package = canonicalize_name(re.split(r"==| ", pin)[0])
        pins[package] = pins.get(package, "") + pin
    return pins


LOCK, TEST_LOCK = read_lock("requirements.lock"), read_lock("requirements-test.lock")


@pytest.mark.parametrize(
    ("lines", "lock"),
    [(PROJECT["project"]["dependencies"], LOCK), (PROJECT["dependency-groups"]["test"], TEST_LOCK)],
    ids=["book", "tests"],
)
def test_packages_have_a_lower_bound_and_are_pinned_within_their_bounds(lines, lock):
    for asked in map(Requirement, lines):
        assert any(bound.operator in (">=", "==") for bound in asked.specifier), asked
        versions = re.findall(r"==(\S+)", lock[canonicalize_name(asked.name)].split("--hash")[0])
        assert versions, asked
        assert all(asked.specifier.contains(version, prereleases=True) for version in versions), asked
        assert lock is LOCK or canonicalize_name(asked.name) not in LOCK, f"{asked} is in both"


def test_tests_run_on_the_versions_of_the_book():
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
