"""A network that lets no WebSocket through: a proxy that answers every request to upgrade with 403, and passes the rest on."""

import socket
import threading
from contextlib import suppress


class Walled:
    """In front of a server on this machine, on a port of its own. `refused`: how many sockets were turned away. `lines`: let the slower line through."""

    def __init__(self, behind: int, *, lines: bool = True) -> None:
        self.behind, self.lines, self.refused = behind, lines, 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=self._serve, args=(self._listener.accept()[0],), daemon=True).start()

    def _serve(self, browser: socket.socket) -> None:
        """One connection carries one request after the other: each of the browser's pieces is looked at."""
        with browser, suppress(OSError), socket.create_connection(("127.0.0.1", self.behind)) as server:
            threading.Thread(target=self._back, args=(server, browser), daemon=True).start()
            while piece := browser.recv(65536):
                if b"\r\nupgrade: websocket" in piece.lower() or (not self.lines and piece.startswith(b"POST /line/")):
                    self.refused += 1
                    browser.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                    return
                server.sendall(piece)

    def _back(self, server: socket.socket, browser: socket.socket) -> None:
        with suppress(OSError):
            while piece := server.recv(65536):
                browser.sendall(piece)
            browser.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()
