"""The explorer: its controls, its data as scripts, and its chart library, on that page alone.

The library (Vega, Vega-Lite) comes from a pinned Python package and is written beside the pages at
build time. Data are scripts that add to one object, since a page opened from a folder may not read
other files.
"""

from __future__ import annotations

import json
from importlib.metadata import distribution
from itertools import groupby
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import Directive, directives
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.osutil import relative_uri

from .measures import explain_omission, make_catalogue, read_roles

TEMPLATE = Path(__file__).parent.parent / "_templates" / "explorer.html"
PAGE = "book/explorer"
PACKAGE = "django-js-lib-vega-embed"
SCRIPTS = {"vega.js": "vega5.js", "vega-lite.js": "vega-lite5.js"}


def read_package(root: Path) -> dict[str, Any]:
    """Return the descriptor of the tables."""
    return json.loads((root / "data" / "datapackage.json").read_text(encoding="utf-8"))


def find_titles(env: BuildEnvironment) -> dict[str, str]:
    """Return the titles of the chapters in their order, with the number their file has."""
    titles = {}
    for name in sorted(env.titles):
        stem = name.rpartition("/")[2]
        if stem[:2].isdigit():
            titles[stem] = f"{int(stem[:2])}. {env.titles[name].astext()}"
    return titles


class Explorer(Directive):
    """Write the controls; they are hidden until the script has taken them in hand."""

    def run(self) -> list[nodes.Node]:
        """Return the markup."""
        env = self.state.document.settings.env
        page = env.app.builder.get_target_uri(env.docname) if env.app.builder.format == "html" else ""
        static = relative_uri(page, "_static")
        return [
            nodes.raw("", TEMPLATE.read_text(encoding="utf-8").replace("{static}", static), format="html")
        ]


class ExplorerTables(Directive):
    """List the tables that are offered, by chapter, and those that are not, with the reason."""

    option_spec: ClassVar = {"omitted": directives.flag}

    def run(self) -> list[nodes.Node]:
        """Return the list."""
        env = self.state.document.settings.env
        env.note_dependency("data/datapackage.json")
        lines: list[str] = []
        clean = [r for r in read_package(Path(env.srcdir))["resources"] if r["layer"] == "clean"]
        reasons = {r["name"]: explain_omission(r, read_roles(r)) for r in clean}
        if "omitted" in self.options:
            lines = [f"- {_link(r)}: {reasons[r['name']]}." for r in clean if reasons[r["name"]]]
        else:
            offered = sorted(
                (r for r in clean if not reasons[r["name"]]), key=lambda r: r.get("chapter") or "~"
            )
            for chapter, tables in groupby(offered, key=lambda r: r.get("chapter", "")):
                figures = f"{{doc}}`{chapter}`" if chapter else "Other tables"
                lines += [f"- {figures}", *(f"  - {_link(r)}" for r in tables)]
        node = nodes.container()
        self.state.nested_parse(StringList(lines), self.content_offset, node)
        return node.children


def _link(resource: dict[str, Any]) -> str:
    entry = f"dict-clean-{resource['name']}".replace("_", "-")
    return f"{{ref}}`{resource['title']} <{entry}>` ({{download}}`CSV <../data/{resource['path']}>`)"


def write_script(path: Path, name: str, value: Any) -> None:
    """Write a value as a script that puts it into ``explorer``, safe wherever a script may stand."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":")).replace("<", "\\u003c")
    path.write_text(f"(window.explorer??={{}})[{json.dumps(name)}]={text};\n", encoding="utf-8", newline="\n")


def write_files(app: Sphinx, error: Exception | None) -> None:
    """Write the catalogue, each table and the library, after unused files were deleted."""
    if error or app.builder.format != "html" or PAGE not in app.env.found_docs:
        return
    folder = Path(app.outdir) / "_static" / "explorer"
    folder.mkdir(parents=True, exist_ok=True)
    root = Path(app.srcdir)
    catalogue, tables = make_catalogue(read_package(root), root / "data", find_titles(app.env))
    write_script(folder / "catalogue.js", "catalogue", catalogue)
    for name, table in tables.items():
        write_script(folder / f"{name}.js", f"table {name}", table)
    package = distribution(PACKAGE)
    for file in package.files or []:
        for ours, theirs in [*SCRIPTS.items(), ("LICENSE.txt", "LICENSE")]:
            if file.name == theirs:
                (folder / ours).write_bytes(Path(str(package.locate_file(file))).read_bytes())


def setup(app: Sphinx) -> None:
    """Register the directives, and the files after :mod:`_ext.assets` deleted what no page names."""
    app.add_directive("explorer", Explorer)
    app.add_directive("explorer-tables", ExplorerTables)
    app.connect("build-finished", write_files, priority=960)
