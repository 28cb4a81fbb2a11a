"""What a page loads: one style sheet and a few small scripts, all from the book itself."""

from __future__ import annotations

import re
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from .stylesheet import Names, purge

# The scripts a page may load; a script some extension adds is not loaded until it is named here.
SCRIPTS = ("documentation_options.js", "doctools.js", "sphinx_highlight.js", "book.js", "tables.js")
# The tools' sheets a page may use rules of, in the order of the cascade. Those of the theme, of Sphinx
# and of MyST-NB are not among them: book.css is written for what they write.
SHEETS = ("pygments.css", "sphinx-design.min.css")
OWN_SHEET = "book.css"
# Names, punctuation, operators and spaces of code look as the code around them does; marking each one
# is a third of a chapter's weight.
PLAIN = re.compile(r'<span class="(?:n|nn|o|p|w)">([^<]*)</span>')
SOURCE = Path(__file__).parent.parent / "_static"
# DataTables as the package itables carries it, and what the module gives away at its end.
LIBRARY = "itables/html/dt_bundle.js"
EXPORT = re.compile(r"\bexport\s*\{[^}]*?([\w$]+) as jQuery\b[^}]*\};?")


def choose_scripts(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Leave a page the scripts on the list; the one for tables only where a table can be searched."""
    has_table = 'class="numbers searchable"' in context.get("body", "")
    context["script_files"] = [
        script
        for script in context.get("script_files", [])
        if (name := Path(str(script.filename or "")).name) in SCRIPTS and (name != "tables.js" or has_table)
    ]


def slim_code(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Leave marks in the code of a page only where they colour something."""
    if "body" in context:
        context["body"] = PLAIN.sub(r"\1", context["body"]).replace("<pre><span></span>", "<pre>")


def write_stylesheet(app: Sphinx, error: Exception | None) -> None:
    """Write one style sheet from what the pages use, then delete what no page asks for."""
    if error or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    names = Names()
    wanted: set[Path] = set()
    for page in Path(app.outdir).rglob("*.html"):
        if static in page.parents:
            continue
        html = page.read_text(encoding="utf-8")
        names.read(html)
        wanted.update(static / path for path in re.findall(r"_static/([^\"'?#]+)", html))
    tools = "".join(
        purge(sheet.read_text(encoding="utf-8"), names)
        for pattern in SHEETS
        for sheet in sorted(static.glob(pattern))
    )
    own = purge((SOURCE / OWN_SHEET).read_text(encoding="utf-8"), names)
    # In a layer, so that the book's own rules win whatever the weight of a tool's selector.
    sheet = f'@charset "utf-8";\n@layer tools {{\n{tools}}}\n{own}'
    (static / OWN_SHEET).write_text(sheet, encoding="utf-8", newline="\n")
    for path in sorted(static.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path not in wanted:
            path.unlink()


def make_classic(module: str, licence: str) -> str:
    """Return DataTables as a script that a page opened from disk may load, where no module may be."""
    script, found = EXPORT.subn(r"window.DataTable=\1.fn.dataTable;", module)
    if found != 1 or re.search(r"\b(?:import|export)\s*[{*]|\bimport\.meta", script):
        raise ValueError(f"{LIBRARY} is another kind of module; expected one export that names jQuery")
    return f'/*\n{licence.strip()}\n*/\n(() => {{\n"use strict";\n{script}\n}})();\n'


def write_library(app: Sphinx, error: Exception | None) -> None:
    """Put DataTables beside ``tables.js``, which asks for it by name."""
    if error or app.builder.format != "html":
        return
    package = distribution("itables")
    module = Path(str(package.locate_file(LIBRARY))).read_text(encoding="utf-8")
    script = make_classic(module, package.read_text("licenses/LICENSE") or "")
    (Path(app.outdir) / "_static" / "datatables.js").write_text(script, encoding="utf-8", newline="\n")


def setup(app: Sphinx) -> None:
    """Register the scripts and the steps; the last comes after every tool has written."""
    app.add_js_file("book.js")
    app.add_js_file("tables.js")
    app.connect("html-page-context", choose_scripts, priority=950)
    app.connect("html-page-context", slim_code)
    app.connect("build-finished", write_stylesheet, priority=950)
    app.connect("build-finished", write_library, priority=960)  # no page names it, so it is written last
