"""Somebody who has given the game an address: a real HTTP server, which checks signatures by the library of Standard Webhooks."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from standardwebhooks import Webhook as Verifier


class Heard(NamedTuple):
    """A request."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> dict[str, Any]:
        """Its JSON."""
        return json.loads(self.body)

    def checked(self, secret: str) -> dict[str, Any]:
        """The same, where the signature is right."""
        return Verifier(secret).verify(self.body, self.headers)


class Receiver:
    """`answers` says what the next requests get, the last of them all that follow: a status, or what answers by itself."""

    def __init__(self, answers: list[int | Callable[[BaseHTTPRequestHandler], None]], tls: ssl.SSLContext | None = None) -> None:
        self.heard = heard = list[Heard]()
        self.answers = answers
        self.freed = threading.Event()  # what hangs waits for it

        class Handler(BaseHTTPRequestHandler):
            def do_POST(handler) -> None:
                body = handler.rfile.read(int(handler.headers["Content-Length"]))
                heard.append(Heard(handler.path, dict(handler.headers), body))
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                if callable(answer):
                    answer(handler)
                    return
                text = b"taken in" if answer < 300 else b"not now"
                handler.send_response(answer)
                if 300 <= answer < 400:
                    handler.send_header("Location", f"{self.address}elsewhere")
                handler.send_header("Content-Length", str(len(text)))
                handler.end_headers()
                handler.wfile.write(text)

            def log_message(handler, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None  # type: ignore[method-assign]  (who asked may be gone)
        if tls is not None:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.address = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def hangs(self, handler: BaseHTTPRequestHandler) -> None:
        """No answer, until it is freed."""
        self.freed.wait(30)


@contextmanager
def receiver(*answers: int | Callable[[BaseHTTPRequestHandler], None], tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """One for a while."""
    found = Receiver(list(answers) or [200], tls)
    try:
        yield found
    finally:
        found.freed.set()
        found.server.shutdown()
        found.server.server_close()
