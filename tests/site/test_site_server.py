"""The server of `make learn`: the right types, compressed, to this machine only."""

import socket

import httpx
import pytest

from coldstart.errors import CourseError
from coldstart.site.serve import serve


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("", "text/html; charset=utf-8"),
        ("14-aliases.html", "text/html; charset=utf-8"),
        ("assets/course.css", "text/css; charset=utf-8"),
        ("assets/course.js", "text/javascript; charset=utf-8"),
        ("assets/favicon.svg", "image/svg+xml"),
        ("assets/fonts/figtree-latin-wght-normal.woff2", "font/woff2"),
        ("labs/14-aliases.ipynb", "application/json"),
        ("search/search_index.json", "application/json"),
    ],
)
def test_every_file_has_its_type(address, path, kind):
    answer = httpx.get(address + path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, kind)


def test_text_travels_compressed(address):
    assert httpx.get(address + "14-aliases.html").headers["Content-Encoding"] == "gzip"


def test_a_page_that_did_not_change_is_not_sent_again(address):
    tag = httpx.get(address + "14-aliases.html").headers["ETag"]
    assert httpx.get(address + "14-aliases.html", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize(
    "path", ["nowhere.html", "assets/", "labs", "..%2f..%2fetc/passwd", "%2e%2e/%2e%2e/etc/passwd"]
)
def test_what_is_not_a_page_is_answered_with_the_sites_own_404(address, path):
    answer = httpx.get(address + path, follow_redirects=True)
    assert answer.status_code in (403, 404)
    assert "There is no page here" in answer.text


def test_a_page_built_anew_is_served_at_once(tmp_path):
    page = tmp_path / "index.html"
    page.write_text("old")
    with serve(tmp_path, 0) as address:
        first = httpx.get(address)
        page.write_text("new text")
        again = httpx.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (first.text, again.text) == ("old", "new text")


def test_only_this_machine_is_answered(address):
    port = httpx.URL(address).port
    with socket.socket() as other:
        other.bind(("127.0.0.2", 0))
        assert other.connect_ex(("127.0.0.2", port)) != 0


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({}, False),
        ({"Sec-Fetch-Site": "same-origin", "Host": "evil.example"}, False),
    ],
)
def test_only_the_sites_own_pages_are_told_the_token_of_jupyterlab(address, headers, told):
    answer = httpx.get(address + "assets/session.js", headers=headers)
    assert ("a-token" in answer.text) is told


def test_a_foreign_name_that_leads_here_is_not_answered(address):
    assert httpx.get(address, headers={"Host": "evil.example"}).status_code == 404


def test_a_taken_port_is_refused_in_one_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        second = serve(tmp_path, taken.getsockname()[1])
        with pytest.raises(CourseError, match="taken"):
            second.__enter__()


def test_the_port_is_free_again_afterwards(tmp_path):
    with serve(tmp_path, 0) as address:
        port = httpx.URL(address).port
    with pytest.raises(ZeroDivisionError), serve(tmp_path, port):
        raise ZeroDivisionError
    with serve(tmp_path, port):
        pass
