"""Data flows one way: raw, clean, analysis, page; who may import whom."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from scripts.notebooks import ROOT, list_notebooks, read_notebook

OURS = {"analysis", "book", "data", "scripts", "tests"}
DRAWING = {"IPython", "matplotlib", "myst_nb", "seaborn"}
MAY = {
    "data": {"data", "numpy", "pandas", "yaml"},
    "analysis": {"analysis", "data", "pandas", "numpy", "scipy", "statsmodels", *DRAWING},
}


def list_imports(source: str) -> set[str]:
    """Return the top names of all packages that are imported anywhere in a module."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names - set(sys.stdlib_module_names)


def list_modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


@pytest.mark.parametrize("package", ["data", "analysis"])
def test_package_imports_only_what_stands_before_it(package):
    for module in list_modules(package):
        over = list_imports(module.read_text(encoding="utf-8")) - MAY[package]
        assert not over, f"{module.relative_to(ROOT)} imports {', '.join(sorted(over))}"


@pytest.mark.parametrize("package", ["scripts", "book"])
def test_what_runs_and_renders_imports_no_test(package):
    for module in list_modules(package):
        assert "tests" not in list_imports(module.read_text(encoding="utf-8")), module.name


@pytest.mark.parametrize("page", list_notebooks(), ids=lambda page: page.name)
def test_notebook_imports_data_and_analysis_and_no_script(page):
    code = "\n".join(c.source for c in read_notebook(page).cells if c.cell_type == "code")
    assert list_imports(code) & OURS <= {"data", "analysis"}


def test_clean_and_raw_tables_are_read_through_their_one_door():
    for module in [*list_modules("analysis"), *list_modules("book/_ext")]:
        assert "read_csv" not in module.read_text(encoding="utf-8"), module.name


def test_import_is_seen_in_every_form():
    lines = [
        "import numpy.random as r",
        "from tests.a import b",
        "if r:\n    import scripts",
        "from . import c",
    ]
    assert list_imports("\n".join([*lines, "import os"])) == {"numpy", "tests", "scripts"}
