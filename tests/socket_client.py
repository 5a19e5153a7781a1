"""A small WebSocket client (RFC 6455, text frames) for tests and benches: it can stall, lie and break off, as browsers do."""

import asyncio
import base64
import json
import os
from typing import Any

_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10


class Closed(Exception):
    """The server closed, with this code and reason."""


class Socket:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def open(
        cls, host: str, port: int, path: str, cookie: str = "", origin: str | None = None, session: str = "", named: str = "", language: str = "", accepts: str = "",
        bearer: str = "", speaks: str = "",
    ) -> "Socket":  # fmt: skip
        """Shake hands, as a player (`cookie`), as a facilitator (`session`), or as nobody; `named`: another Host; `language`: one that was
        chosen, `accepts`: those the browser asks for; as a program with a token (`bearer`), which has no origin and may `speak` a subprotocol. Raises Closed when the server refuses, OSError when there is none."""
        reader, writer = await asyncio.open_connection(host, port)
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            f"GET {path} HTTP/1.1", f"Host: {named or f'{host}:{port}'}", "Upgrade: websocket", "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13",
        ]  # fmt: skip
        lines.append(f"Authorization: Bearer {bearer}" if bearer else f"Origin: {origin or f'http://{host}:{port}'}")
        if speaks:
            lines.append(f"Sec-WebSocket-Protocol: {speaks}")
        cookies = [f"{name}={value}" for name, value in (("player", cookie), ("sessionid", session), ("django_language", language)) if value]
        if accepts:
            lines.append(f"Accept-Language: {accepts}")
        if cookies:
            lines.append(f"Cookie: {'; '.join(cookies)}")
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        try:
            status = await reader.readline()
            while (await reader.readline()).strip():
                pass
        except ConnectionError as problem:
            raise Closed(str(problem)) from problem
        if b" 101 " not in status:
            writer.close()
            raise Closed(status.decode(errors="replace").strip() or "no answer")
        return cls(reader, writer)

    async def send(self, message: Any) -> None:
        """Send a message as JSON."""
        await self.send_text(json.dumps(message))

    async def send_text(self, text: str) -> None:
        """Send any text."""
        await self.send_raw(_TEXT, text.encode("utf-8", "surrogatepass"))

    async def send_raw(self, opcode: int, data: bytes) -> None:
        """Send one masked frame."""
        length = len(data)
        head = bytes([0x80 | opcode])
        if length < 126:
            head += bytes([0x80 | length])
        elif length < 65536:
            head += bytes([0x80 | 126]) + length.to_bytes(2, "big")
        else:
            head += bytes([0x80 | 127]) + length.to_bytes(8, "big")
        # A mask of zeros is a valid mask, and leaves the data as it is.
        self.writer.write(head + b"\0\0\0\0" + data)
        await self.writer.drain()

    async def receive(self) -> Any:
        """The next message. Raises Closed at the end of the line."""
        return json.loads(await self.receive_text())

    async def receive_text(self) -> bytes:
        """The next message as it came. Raises Closed at the end of the line."""
        while True:
            opcode, data = await self._frame()
            if opcode == _TEXT:
                return data
            if opcode == _PING:
                await self.send_raw(_PONG, data)
            elif opcode == _CLOSE:
                raise Closed(data[2:].decode(errors="replace"), int.from_bytes(data[:2], "big"))

    async def _frame(self) -> tuple[int, bytes]:
        try:
            first, second = await self.reader.readexactly(2)
            length = second & 0x7F
            if length > 125:
                length = int.from_bytes(await self.reader.readexactly(2 if length == 126 else 8), "big")
            return first & 0x0F, await self.reader.readexactly(length)
        except (asyncio.IncompleteReadError, ConnectionError) as problem:
            raise Closed("the line broke") from problem

    async def until(self, kind: str, within: float = 10.0, **values: Any) -> Any:
        """The next message of a kind (with these values), acknowledging frames on the way."""
        async with asyncio.timeout(within):
            while True:
                message = await self.receive()
                if message["t"] == "frame":
                    await self.send({"t": "ack", "seq": message["seq"]})
                if message["t"] == kind and all(message.get(key) == value for key, value in values.items()):
                    return message

    def break_off(self) -> None:
        """Cut the line without a word."""
        self.writer.transport.abort()
