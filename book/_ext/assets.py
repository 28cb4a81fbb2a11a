"""What a page loads: one style sheet and a few small scripts, all from the book itself."""

from __future__ import annotations

import json
import re
import zipfile
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

# The scripts a page may load; a script that some extension adds is dropped unless it is named here.
SCRIPTS = ("documentation_options.js", "doctools.js", "sphinx_highlight.js", "book.js", "tables.js")
# Names, punctuation, operators and spaces look like the code around them; marking each one is a third
# of a chapter's weight.
PLAIN_TOKEN = re.compile(r'<span class="(?:n|nn|o|p|w)">([^<]*)</span>')
TABLE_LIBRARY = "itables/html/dt_bundle.js"  # DataTables as a module
ARCHIVE = "leaving-north-korea-data.zip"


def prune_page(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Keep the listed scripts, ``tables.js`` only with a searchable table, and the code's coloured tokens."""
    body = context.get("body", "")
    wanted = set(SCRIPTS) - ({"tables.js"} if 'class="numbers searchable"' not in body else set())
    scripts = context.get("script_files", [])
    context["script_files"] = [s for s in scripts if Path(str(s.filename or "")).name in wanted]
    context["body"] = PLAIN_TOKEN.sub(r"\1", body).replace("<pre><span></span>", "<pre>")


def write_script(path: Path, name: str, value: Any, *, licence: str = "") -> None:
    """Write a value as a script that adds it to ``bookData``; from a folder, pages can load only scripts."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":")).replace("<", "\\u003c")
    head = f"/*\n{licence.strip()}\n*/\n" if licence else ""
    script = f"{head}(window.bookData??={{}})[{json.dumps(name)}]={text};\n"
    path.write_text(script, encoding="utf-8", newline="\n")


def delete_unused_files(app: Sphinx, error: Exception | None) -> None:
    """Delete the static files of the tools that no page names."""
    if error or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    used: set[Path] = set()
    for page in Path(app.outdir).rglob("*.html"):
        if static not in page.parents:
            html = page.read_text(encoding="utf-8")
            used.update(static / path for path in re.findall(r"_static/([^\"'?#]+)", html))
    for path in sorted(static.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path not in used:
            path.unlink()


def write_files(app: Sphinx, error: Exception | None) -> None:
    """Write DataTables, as it ships, for ``tables.js``, and the archive of all tables."""
    if error or app.builder.format != "html":
        return
    write_archive(Path(app.srcdir) / "data", Path(app.outdir) / "_static" / ARCHIVE)
    package = distribution("itables")
    module = Path(str(package.locate_file(TABLE_LIBRARY))).read_text(encoding="utf-8")
    licence = package.read_text("licenses/LICENSE") or ""
    write_script(Path(app.outdir) / "_static" / "datatables.js", "datatables", module, licence=licence)


def write_archive(data: Path, target: Path) -> None:
    """Write the tables, their descriptor and licence as one reproducible archive."""
    files = [data / "datapackage.json", data / "LICENSE.md"]
    files += sorted(path for layer in ("clean", "raw") for path in (data / layer).glob("*.csv"))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in files:
            entry = zipfile.ZipInfo(path.relative_to(data).as_posix())  # dated 1980, whenever it is built
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, path.read_bytes())


def setup(app: Sphinx) -> None:
    """Register the scripts and the steps."""
    app.add_js_file("book.js")
    app.add_js_file("tables.js")
    app.connect("html-page-context", prune_page, priority=950)
    # After every tool has written its files; what no page names itself is written after that.
    app.connect("build-finished", delete_unused_files, priority=950)
    app.connect("build-finished", write_files, priority=960)
