"""Serve the built site to this machine's browser."""

import asyncio
import json
import mimetypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socket
from typing import Any, Final

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler, StaticFileHandler

from coldstart.errors import CourseError

HOSTS: Final = r"127\.0\.0\.1|localhost"  # a foreign name that leads here is somebody else's trick
TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".py": "text/plain; charset=utf-8",
    ".json": "application/json",
    ".ipynb": "application/json",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}


class _Files(StaticFileHandler):
    """The files of the site; a page that is not there is answered with the site's own 404 page."""

    def get_content_type(self) -> str:
        suffix = Path(self.absolute_path or "").suffix
        return TYPES.get(suffix) or mimetypes.guess_type(f"x{suffix}")[0] or "application/octet-stream"

    def compute_etag(self) -> str | None:
        """Follow the file: tornado's own answer is remembered for ever, and the site may be built anew."""
        about = Path(self.absolute_path or "").stat()
        return f'"{about.st_mtime_ns:x}-{about.st_size:x}"'

    def set_extra_headers(self, path: str) -> None:
        self.set_header("Cache-Control", "no-cache")

    def write_error(self, status_code: int, **_: Any) -> None:
        page = Path(self.root) / "404.html"
        self.set_header("Content-Type", TYPES[".html"])
        self.finish(page.read_bytes() if page.is_file() else f"{status_code}")


class _Session(RequestHandler):
    """What the pages know about this session: where JupyterLab is, with the token that opens it.

    Only the site's own pages are told; a page of another origin could otherwise load this script and run code in JupyterLab.
    """

    def initialize(self, lab_url: str) -> None:
        self.lab_url = lab_url

    def get(self) -> None:
        self.set_header("Content-Type", TYPES[".js"])
        self.set_header("Cache-Control", "no-store")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        known = {"lab": self.lab_url} if self.request.headers.get("Sec-Fetch-Site") == "same-origin" else {}
        self.finish(f"globalThis.coldstart = {json.dumps(known)};\n")


@contextmanager
def serve(folder: Path, port: int, *, lab_url: str = "") -> Iterator[str]:
    """Serve the site on the loopback address for as long as the block lasts.

    Args:
        folder: The built site.
        port: The port; 0 takes a free one.
        lab_url: Address of JupyterLab, with its token; lab pages then offer to open their notebook there.

    Yields:
        The address of the home page.

    Raises:
        CourseError: The port is taken.
    """
    try:
        sockets = bind_sockets(port, "127.0.0.1")
    except OSError as error:
        raise CourseError(f"Port {port} is taken; name another one for the site with --site-port.") from error
    loop, stopped = asyncio.new_event_loop(), asyncio.Event()
    running = _answer(_site(folder, lab_url), sockets, stopped)
    thread = threading.Thread(target=loop.run_until_complete, args=(running,), name="site")
    thread.start()
    try:
        yield f"http://127.0.0.1:{sockets[0].getsockname()[1]}/"
    finally:
        loop.call_soon_threadsafe(stopped.set)
        thread.join()
        loop.close()


def _site(folder: Path, lab_url: str) -> Application:
    routes: list[Any] = [
        (r"/assets/session\.js", _Session, {"lab_url": lab_url}),
        (r"/(.*)", _Files, {"path": str(folder), "default_filename": "index.html"}),
    ]
    site = Application(compress_response=True, log_function=lambda _: None)
    site.add_handlers(HOSTS, routes)
    return site


async def _answer(site: Application, sockets: list[socket], stopped: asyncio.Event) -> None:
    server = HTTPServer(site)
    server.add_sockets(sockets)
    await stopped.wait()
    server.stop()
    await server.close_all_connections()
