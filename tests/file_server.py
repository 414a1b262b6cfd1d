"""A web server on this machine that sends files well and badly."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PIECE = 64 * 1024


@dataclass
class Files:
    """What the server has, and how it behaves.

    Attributes:
        held: bytes by path. asked: paths that were asked for, in order. hold: pieces wait for it.
        root: address of the server.

    Paths that begin with `/short`, `/less`, `/huge`, `/silent`, `/dropped` end too soon, promise less than
    there is, promise a terabyte, never answer, or break off; `/to?ADDRESS` sends there.
    """

    held: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    hold: threading.Event = field(default_factory=threading.Event)
    root: str = ""

    def put(self, name: str, content: bytes, checksum: str | None = None) -> str:
        """Hold a file under a name that tells its checksum; returns its address."""
        digits = hashlib.sha256(content).hexdigest()[:8] if checksum is None else checksum
        path = f"/{name}-{digits}.pth" if digits else f"/{name}.pth"
        self.held[path] = content
        return self.root + path


@contextmanager
def serving() -> Iterator[Files]:
    """Serve while the block runs."""
    files = Files()
    files.hold.set()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            files.asked.append(self.path)
            if self.path.startswith("/silent"):
                files.hold.wait(10)
                return
            if self.path.startswith("/to?"):
                self.send_response(302)
                self.send_header("Location", self.path.partition("?")[2])
                self.end_headers()
                return
            content = files.held.get(self.path)
            if content is None:
                self.send_error(404)
                return
            promised = {"/short": len(content) + 500, "/less": len(content) // 2, "/huge": 2**40}
            promised["/dropped"] = len(content)
            length = next((n for start, n in promised.items() if self.path.startswith(start)), len(content))
            self.send_response(200)
            self.send_header("Content-Length", str(length))
            self.end_headers()
            if self.path.startswith("/dropped"):
                self.wfile.write(content[:1000])
                self.close_connection = True
                return
            for start in range(0, len(content), PIECE):
                self.wfile.write(content[start : start + PIECE])
                self.wfile.flush()
                files.hold.wait(10)

        def log_message(self, *_: object) -> None:
            pass

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True  # the other side gave up

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    files.root = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield files
    finally:
        files.hold.set()
        server.shutdown()
        server.server_close()
        thread.join()
