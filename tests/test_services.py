"""Workflows, hooks and style: of the right form, and calling only what exists."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
import yaml

from scripts.execute import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TARGETS = set(re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8")))
STEPS = [
    step
    for file in WORKFLOWS
    for job in yaml.safe_load(file.read_text(encoding="utf-8"))["jobs"].values()
    for step in job["steps"]
]


def run(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *map(str, words)], cwd=ROOT, capture_output=True, text=True)


def test_workflows_have_the_form_that_the_service_reads(tmp_path):
    check = ("check_jsonschema", "--builtin-schema", "vendor.github-workflows")
    done = run(*check, *WORKFLOWS)
    assert done.returncode == 0, done.stdout
    broken = tmp_path / "checks.yml"
    broken.write_text(WORKFLOWS[0].read_text(encoding="utf-8").replace("runs-on", "runs_on"))
    assert run(*check, broken).returncode == 1


def test_workflows_call_make_targets_that_exist_and_all_that_are_wanted():
    called = [step["run"].split()[1:] for step in STEPS if step.get("run", "").startswith(".ci/run")]
    assert all(targets and set(targets) <= TARGETS for targets in called)
    assert {("test", "reference"), ("book",), ("slow",), ("lock", "test"), ("test", "site")} <= {
        *map(tuple, called)
    }


def test_a_broken_link_elsewhere_fails_no_workflow():
    (links,) = (step for step in STEPS if "lychee" in step.get("uses", ""))
    assert links["with"]["fail"] is False


def test_hooks_are_local_and_name_tools_of_the_environment():
    (repo,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    assert repo["repo"] == "local"
    for hook in repo["hooks"]:
        program = hook["entry"].split()[0]
        assert hook["language"] == "system"
        assert program == "make" or (ROOT / program).exists(), program


@pytest.mark.parametrize("tool", ["ruff check .", "ruff format --check .", "mypy"])
def test_style_and_types_are_right(tool):
    done = run(*tool.split())
    assert done.returncode == 0, done.stdout[-2000:]


def test_commands_of_the_guides_exist():
    for guide in ("README.md", "CONTRIBUTING.md"):
        text = (ROOT / guide).read_text(encoding="utf-8")
        named = set(re.findall(r"(?:`|^ *)make ([a-z]+)", text, re.MULTILINE))
        assert named
        assert named <= TARGETS
