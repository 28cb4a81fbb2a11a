"""The Sphinx extension of the book: assets, inline figures, accessible markup, explorer."""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx

from . import accessibility, assets, explorer, figures, folding, formulas, pages


def setup(app: Sphinx) -> dict[str, Any]:
    """Register every part of the extension."""
    for part in (accessibility, assets, explorer, figures, folding, formulas, pages):
        part.setup(app)
    # jupyter-book sets this for an extension that _config.yml leaves out.
    app.add_config_value("comments_config", {}, "")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
