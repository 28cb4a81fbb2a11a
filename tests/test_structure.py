"""Imports go one way: data, models, chapters, notebooks."""

from __future__ import annotations

import ast
import sys

import nbformat
import pytest

from scripts.execute import BOOK, ROOT

OURS = {"analysis", "book", "data", "scripts", "tests"}
LIBRARIES = {"pandas", "numpy", "scipy", "statsmodels", "IPython", "matplotlib", "myst_nb", "seaborn", "yaml"}
# What the modules of a folder may import.
MAY = {
    "data": {"data", "pandas", "numpy", "yaml"},
    "analysis": {"analysis", "data", *LIBRARIES},
    "scripts": None,
    "book": None,
}


def find_imports(source: str) -> set[str]:
    """Return the names of all modules that are imported anywhere in a module."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def find_packages(source: str) -> set[str]:
    """Return the packages that a module imports, without Python's own."""
    return {name.split(".")[0] for name in find_imports(source)} - set(sys.stdlib_module_names)


@pytest.mark.parametrize("folder", MAY)
def test_modules_import_only_what_is_below_them(folder):
    for module in sorted((ROOT / folder).rglob("*.py")):
        source = module.read_text(encoding="utf-8")
        packages, allowed = find_packages(source), MAY[folder]
        assert "tests" not in packages, module.name
        assert allowed is None or packages <= allowed, f"{module.name}: {packages - allowed}"


def test_models_import_no_chapter():
    for module in sorted((ROOT / "analysis" / "models").glob("*.py")):
        names = find_imports(module.read_text(encoding="utf-8"))
        assert not any(name.startswith("analysis.chapters") for name in names), module.name


@pytest.mark.parametrize("page", sorted(BOOK.glob("*.ipynb")), ids=lambda page: page.name)
def test_notebook_imports_data_and_analysis_alone(page):
    cells = nbformat.read(page, as_version=4).cells
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    assert find_packages(code) & OURS <= {"data", "analysis"}


@pytest.mark.parametrize("folder", ["analysis", "book/_ext"])
def test_tables_are_read_with_load_alone(folder):
    allowed = {"__main__.py"}  # of analysis.models, which compares the stored estimates
    for module in sorted((ROOT / folder).rglob("*.py")):
        assert module.name in allowed or "read_csv" not in module.read_text(encoding="utf-8"), module.name


def test_imports_are_found_in_every_form():
    lines = [
        "import numpy.random as r",
        "from tests.a import b",
        "if r:\n    import scripts",
        "from . import c",
    ]
    assert find_packages("\n".join([*lines, "import os"])) == {"numpy", "tests", "scripts"}
