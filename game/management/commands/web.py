"""`manage.py web`: pages and sockets."""

from argparse import ArgumentParser
from typing import Any

from game.management.process import Process, checked_port


class Command(Process):
    """Daphne with this project's own settings."""

    help = "Start a web server: pages, sockets and static files."
    pages = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on (default 8000)")
        parser.add_argument("--socket", metavar="FILE", help="a socket file to listen on in place of an address, for a proxy of this machine")
        super().add_arguments(parser)

    def work(self, options: dict[str, Any]) -> None:
        # Imported here: --check and the other commands need no event loop.
        from daphne.cli import CommandLineInterface

        port = options["port"]
        checked_port(port)
        where = ["-u", options["socket"]] if options["socket"] else ["--bind", options["host"], "--port", str(port)]
        pings = ["--ping-interval", "10", "--ping-timeout", "15"]  # a phone that fell asleep is away soon after
        CommandLineInterface().run([*where, "--no-server-name", "-v", "0", "--websocket_timeout", "-1", *pings, "game.asgi:application"])
