"""Slow connection's client for tests, used like a socket's: an answer that does not end, and posts."""

import asyncio
from typing import Any

from tests.socket_client import Closed, Socket


class Slow(Socket):
    """One line over HTTP."""

    host: str
    port: int
    head: list[str]
    id: str
    _text = ""

    @classmethod
    async def open(cls, host: str, port: int, path: str, cookie: str = "", origin: str | None = None, session: str = "", language: str = "") -> "Slow":
        """Open it as a player (`cookie`), as a facilitator (`session`), or as nobody. Raises Closed with the status when the server refuses."""
        reader, writer = await asyncio.open_connection(host, port)
        line = cls(reader, writer)
        line.host, line.port = host, port
        cookies = "; ".join(f"{name}={value}" for name, value in (("player", cookie), ("sessionid", session), ("django_language", language)) if value)
        line.head = [f"Host: {host}:{port}", f"Origin: {origin or f'http://{host}:{port}'}", *([f"Cookie: {cookies}"] if cookies else [])]
        writer.write(line._request(f"/line/{path.lstrip('/')}", b""))
        status = await _status(reader)
        if status != 200:
            writer.close()
            raise Closed(str(status))
        event = await line._event()
        line.id = event["id"]
        return line

    def _request(self, path: str, body: bytes, *more: str) -> bytes:
        return "\r\n".join([f"POST {path} HTTP/1.1", *self.head, *more, f"Content-Length: {len(body)}", "", ""]).encode() + body

    async def post(self, text: str, *, line: str | None = None, origin: str | None = None) -> int:
        """Post rows of messages; the status of the answer."""
        reader, writer = await asyncio.open_connection(self.host, self.port)
        head = self.head
        if origin is not None:
            self.head = [row for row in head if not row.startswith("Origin")] + ([f"Origin: {origin}"] if origin else [])
        writer.write(self._request("/line/", text.encode("utf-8", "surrogatepass"), f"Line: {self.id if line is None else line}"))
        self.head = head
        status = await _status(reader)
        writer.close()
        return status

    async def send_text(self, text: str) -> None:
        status = await self.post(text)
        if status != 204:
            raise Closed(str(status))

    async def receive_text(self) -> bytes:
        while True:
            event = await self._event()
            if "close" in event:
                raise Closed("closed", int(event["close"]))
            if "data" in event:
                return event["data"].encode()

    async def _event(self) -> dict[str, Any]:
        while "\n\n" not in self._text:
            try:
                size = int((await self.reader.readline()).strip() or b"0", 16)
                chunk = await self.reader.readexactly(size + 2)
            except (ConnectionError, asyncio.IncompleteReadError, ValueError) as problem:
                raise Closed("the line broke") from problem
            if not size:
                raise Closed("the answer ended")
            self._text += chunk[:-2].decode()
        event, self._text = self._text.split("\n\n", 1)
        rows = dict(row.split(": ", 1) for row in event.split("\n") if ": " in row)
        return {rows["event"]: rows["data"]} if "event" in rows else rows


async def _status(reader: asyncio.StreamReader) -> int:
    status = await reader.readline()
    while (await reader.readline()).strip():
        pass
    return int(status.split()[1])


