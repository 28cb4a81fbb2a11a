"""The workflows and the hooks before a commit: of the right form, and calling only what is there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from scripts.notebooks import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TARGETS = set(re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8")))
SETUP = "apt-get update -qq && apt-get install -qq --yes --no-install-recommends ca-certificates git"


def judge(*files: Path) -> subprocess.CompletedProcess[str]:
    tool = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows"]
    return subprocess.run([*tool, *map(str, files)], capture_output=True, text=True)


def test_workflows_have_the_form_that_the_service_reads():
    done = judge(*WORKFLOWS)
    assert done.returncode == 0, done.stdout


def test_workflow_of_another_form_is_seen(tmp_path):
    broken = tmp_path / "checks.yml"
    broken.write_text(WORKFLOWS[0].read_text(encoding="utf-8").replace("runs-on", "runs_on"))
    assert judge(broken).returncode == 1


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_workflow_calls_make_targets_alone_and_says_that_it_was_not_run(file):
    text = file.read_text(encoding="utf-8")
    assert text.startswith("# Not run where this was written")
    for job in yaml.safe_load(text)["jobs"].values():
        assert job["timeout-minutes"] <= 60
        for step in job["steps"]:
            if "run" in step and step["run"] != SETUP:
                program, *targets = step["run"].split()
                assert program == ".ci/run"
                assert targets
                assert set(targets) <= TARGETS


def test_everything_wanted_is_run_by_some_workflow_and_links_stop_nothing():
    steps = [s for f in WORKFLOWS for j in yaml.safe_load(f.read_text())["jobs"].values() for s in j["steps"]]
    runs = [step.get("run", "") for step in steps]
    for wanted in ("test", "book", "drills", "lock test", "links", "test site"):
        assert f".ci/run {wanted}" in runs
    (links,) = (step for step in steps if step.get("run") == ".ci/run links")
    assert links["continue-on-error"] is True


def test_hooks_are_local_and_name_tools_of_the_environment():
    (repo,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    assert repo["repo"] == "local"
    for hook in repo["hooks"]:
        assert hook["language"] == "system"
        program = hook["entry"].split()[0]
        assert program == "make" or (ROOT / program).exists(), program


def test_types_and_style_hold():
    for tool in (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]):
        done = subprocess.run([sys.executable, "-m", *tool], cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-2000:]
