"""The explorer page: its controls, its data as scripts, and its chart library, loaded on that page alone."""

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
from sphinx.util.osutil import relative_uri

from .assets import write_script
from .measures import explain_omission, make_catalogue

TEMPLATE = Path(__file__).parent.parent / "_templates" / "explorer.html"
PAGE = "book/explorer"
PACKAGE = "django-js-lib-vega-embed"  # carries Vega and Vega-Lite
LIBRARY = {"vega5.js": "vega.js", "vega-lite5.js": "vega-lite.js", "LICENSE": "LICENSE.txt"}


def read_descriptor(root: str | Path) -> dict[str, Any]:
    """Return the descriptor of the tables."""
    return json.loads(Path(root, "data", "datapackage.json").read_text(encoding="utf-8"))


class Explorer(Directive):
    """Write the controls, which are hidden until the script has filled them."""

    def run(self) -> list[nodes.Node]:
        """Return the markup."""
        env = self.state.document.settings.env
        page = env.app.builder.get_target_uri(env.docname) if env.app.builder.format == "html" else ""
        markup = TEMPLATE.read_text(encoding="utf-8").replace("{static}", relative_uri(page, "_static"))
        return [nodes.raw("", markup, format="html")]


class ExplorerTables(Directive):
    """List the tables that are offered, by chapter, or those that are not, with the reason."""

    option_spec: ClassVar = {"omitted": directives.flag}

    def run(self) -> list[nodes.Node]:
        """Return the list."""
        env = self.state.document.settings.env
        env.note_dependency("data/datapackage.json")
        clean = [r for r in read_descriptor(env.srcdir)["resources"] if r["layer"] == "clean"]
        if "omitted" in self.options:
            lines = [f"- {_link(r)}: {reason}." for r in clean if (reason := explain_omission(r))]
        else:
            lines = []
            offered = [r for r in clean if not explain_omission(r)]
            offered.sort(key=lambda r: r.get("chapter", "~"))  # last: without a chapter
            for chapter, tables in groupby(offered, key=lambda r: r.get("chapter", "")):
                lines += [f"- {{doc}}`{chapter}`" if chapter else "- Other tables"]
                lines += [f"  - {_link(r)}" for r in tables]
        node = nodes.container()
        self.state.nested_parse(StringList(lines), self.content_offset, node)
        return node.children


def _link(resource: dict[str, Any]) -> str:
    entry = f"dict-clean-{resource['name']}".replace("_", "-")
    return f"{{ref}}`{resource['title']} <{entry}>` ({{download}}`CSV <../data/{resource['path']}>`)"


def write_files(app: Sphinx, error: Exception | None) -> None:
    """Write the catalogue, each table and the chart library."""
    if error or app.builder.format != "html" or PAGE not in app.env.found_docs:
        return
    folder = Path(app.outdir) / "_static" / "explorer"
    folder.mkdir(parents=True, exist_ok=True)
    titles = {}
    for name in sorted(app.env.titles):
        chapter = name.rpartition("/")[2]
        if chapter[:2].isdigit():
            titles[chapter] = f"{int(chapter[:2])}. {app.env.titles[name].astext()}"
    root = Path(app.srcdir)
    catalogue, tables = make_catalogue(read_descriptor(root), root / "data", titles)
    write_script(folder / "catalogue.js", "catalogue", catalogue)
    for name, table in tables.items():
        write_script(folder / f"{name}.js", name, table)
    for file in distribution(PACKAGE).files or []:
        if file.name in LIBRARY:
            (folder / LIBRARY[file.name]).write_bytes(Path(str(file.locate())).read_bytes())


def setup(app: Sphinx) -> None:
    """Register the directives, and the files after :mod:`_ext.assets` deleted what no page names."""
    app.add_directive("explorer", Explorer)
    app.add_directive("explorer-tables", ExplorerTables)
    app.connect("build-finished", write_files, priority=960)
