"""Every outside link of the built pages is asked, wherever it stands on them."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from scripts import links


class Site(BaseHTTPRequestHandler):
    """Some pages of somebody else; ``asked`` keeps which were asked for."""

    asked: list[str] = []  # noqa: RUF012

    def do_GET(self):
        self.asked.append(self.path)
        self.send_response({"/gone": 404, "/old": 301}.get(self.path, 200))
        if self.path == "/old":
            self.send_header("Location", "/new")
        self.end_headers()

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def site(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(Site, "asked", [])
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def write_page(root, name, body):
    page = root / "_build" / "html" / name
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(f"<html><body>{body}</body></html>", encoding="utf-8")


def test_links_in_text_and_tables_are_asked_once_and_others_never(tmp_path, site, capsys):
    within = (
        '<a href="#here">a</a><a href="b.html">b</a><a href="mailto:a@example.org">c</a><a name="d">d</a>'
    )
    table = f'<table><tr><td><a href="{site}/책">e</a></td></tr></table>'
    write_page(tmp_path, "index.html", f'<p><a href="{site}/a#part">f</a></p>{within}')
    write_page(tmp_path, "book/b.html", f'{table}<a href="{site}/a">g</a>')
    assert links.main(tmp_path) == 0
    assert sorted(Site.asked) == ["/%EC%B1%85", "/a"]
    assert (tmp_path / "_build" / "links.txt").read_text(encoding="utf-8") == ""
    assert capsys.readouterr().out.startswith("Asked 2 addresses: 0 did not answer, 0 have moved")


def test_what_is_broken_and_what_has_moved_is_named_with_its_pages(tmp_path, site):
    broken = f'<a href="{site}/gone">a</a><a href="http://[::1">b</a><a href="http://127.0.0.1:1/">c</a>'
    write_page(tmp_path, "a.html", broken)
    write_page(tmp_path, "b.html", f'<a href="{site}/gone">a</a><a href="{site}/old">d</a>')
    assert links.main(tmp_path) == 1
    said = (tmp_path / "_build" / "links.txt").read_text(encoding="utf-8").splitlines()
    assert len(said) == 4
    assert f"{site}/gone (a.html, b.html): broken: HTTP Error 404: Not Found" in said
    assert said[-1] == f"{site}/old (b.html): moved: {site}/new"


def test_pages_that_were_not_built_are_no_success(tmp_path):
    with pytest.raises(FileNotFoundError, match="make book"):
        links.main(tmp_path)
