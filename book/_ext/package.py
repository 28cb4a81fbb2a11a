"""All tables in one archive beside the pages, for the data dictionary to offer."""

from __future__ import annotations

import zipfile
from pathlib import Path

from sphinx.application import Sphinx

ZIP = "leaving-north-korea-data.zip"


def write_archive(app: Sphinx, error: Exception | None) -> None:
    """Write the data folder's tables, descriptor and licence as one archive whose bytes repeat."""
    if error or app.builder.format != "html":
        return
    source = Path(app.srcdir) / "data"
    files = [source / "datapackage.json", source / "LICENSE.md"]
    files += sorted(path for layer in ("clean", "raw") for path in (source / layer).glob("*.csv"))
    target = Path(app.outdir) / "_static" / ZIP
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in files:
            entry = zipfile.ZipInfo(path.relative_to(source).as_posix())  # dated 1980, so that bytes repeat
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, path.read_bytes())


def setup(app: Sphinx) -> None:
    """Write the archive before unused files are deleted (priority 950)."""
    app.connect("build-finished", write_archive, priority=900)
