"""What leads out of the course is listed, with the day on which somebody saw that it leads somewhere, if anybody did."""

import http.server
import threading
from datetime import date

import httpx
import pytest

from coldstart.site import links

TODAY = date(2026, 11, 25)


def test_every_address_is_listed_and_none_for_nothing(capsys):
    assert links.check() == 0, capsys.readouterr().out


def test_no_day_lies_in_the_future():
    assert {address: day for address, day in links.seen().items() if day and day > date.today()} == {}


class _Pages(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/" else 404)
        self.end_headers()
        self.wfile.write(b'<h2 id="here">')

    def log_message(self, *_):
        pass


@pytest.fixture
def host():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Pages) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("path", "said"),
    [("/", ""), ("/#here", ""), ("/#gone", "has no place called gone"), ("/no-such-page", "answers 404")],
)
def test_a_page_or_a_place_on_it_that_is_not_there_is_told(host, path, said):
    with httpx.Client() as client:
        assert links.problem(host + path, client) == said


def test_a_host_that_does_not_answer_is_told(free_port):
    with httpx.Client() as client:
        assert links.problem(f"http://127.0.0.1:{free_port}/", client) == "cannot be reached (ConnectError)"


def test_a_visit_dates_what_is_there_and_keeps_the_day_of_what_is_not(host, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(links, "SEEN", tmp_path / "links.yaml")
    monkeypatch.setattr(links, "used", lambda: {f"{host}/": ["a.md"], f"{host}/gone": ["b.md"]})
    links.write({f"{host}/gone": date(2026, 1, 1)})
    assert links.check(visit=True, today=TODAY) == 1
    assert f"{host}/gone (b.md) answers 404" in capsys.readouterr().out
    assert links.seen() == {f"{host}/": TODAY, f"{host}/gone": date(2026, 1, 1)}


@pytest.mark.parametrize(
    ("listed", "said"), [({}, "is not in"), ({"https://x.example/": TODAY}, "nothing links to it")]
)
def test_a_list_that_does_not_match_is_told(listed, said, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(links, "SEEN", tmp_path / "links.yaml")
    monkeypatch.setattr(links, "used", lambda: {} if listed else {"https://y.example/": ["a.md"]})
    links.write(listed)
    assert links.check() == 1
    assert said in capsys.readouterr().out
