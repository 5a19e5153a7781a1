"""The game behind a real nginx: TLS in front, a path below the host's root, a rewritten Host, inner ports, sockets; and who is believed."""

import asyncio
import http.client
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

import pytest

from game.models import Player
from tests.builders import eventually, missing, new_exercise, new_facilitator
from tests.integration.conftest import live
from tests.integration.world import World, free_port
from tests.socket_client import Closed, Socket

HOST = "play.example"
SAMPLES = Path(__file__).resolve().parents[2] / "game" / "deploy"
AROUND = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log warn; {user}
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    {site}
    {servers}
}}
"""
# A host that serves other things as well: the sample of a path goes into its block.
SERVER = """
    upstream opening_bell_{name} {{ server 127.0.0.1:{inner}; }}
    server {{
        listen 127.0.0.1:{port} ssl; ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem;
        {locations}
    }}
"""
# What other proxies do with a path and a host: they cut it off, and tell theirs in headers of their own.
OTHERWISE = """
        proxy_set_header X-Forwarded-Host $host;
        proxy_set_header X-Forwarded-Port $server_port;
"""


def changed(text: str, **changes: tuple[str, str]) -> str:
    """A sample with what is this machine's in place of what it names; each has to be there."""
    for was, now in changes.values():
        assert was in text, f"the sample has no {was!r}"
        text = text.replace(was, now)
    return text


class Front:
    """nginx, by the samples of game/deploy, before three web processes of a world: at the root, below a path, and one that does not believe it."""

    def __init__(self, world: World) -> None:
        if not shutil.which("nginx"):
            missing("nginx", "apt-get install -y nginx-light")
        self.world, self.root_inner, self.inner, self.unbelieving = world, free_port(), free_port(), free_port()
        self.root, self.plain, self.whole, self.cut, self.stranger = (free_port() for _ in range(5))
        self.settings = {"ALLOWED_HOSTS": f"{HOST},127.0.0.1", "SECURE_COOKIES": "true", "HSTS_SECONDS": "3600", "TRUSTED_PROXIES": "127.0.0.1"}
        below = {"BASE_PATH": "/bell"}
        assert world.manage("collectstatic", "--noinput", "-v", "0", **self.settings).returncode == 0  # links between files are relative
        self.serve("web-root", self.root_inner, HTTPS_ONLY="true")
        self.serve("web", self.inner, **below, HTTPS_ONLY="true")
        self.serve("web-alone", self.unbelieving, **below, TRUSTED_PROXIES="")
        self.folder = world.folder / "nginx"
        self.folder.mkdir(mode=0o755)
        certificate = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}"]
        made = [*certificate, "-addext", f"subjectAltName=DNS:{HOST}", "-keyout", "key.pem", "-out", "cert.pem"]
        subprocess.run(made, cwd=self.folder, check=True, capture_output=True, timeout=60)
        config = self.folder / "nginx.conf"
        config.write_text(self.config())
        world.start("nginx", ["nginx", "-c", str(config), "-p", str(self.folder)])
        for port, path in ((self.root, "/"), (self.whole, "/bell/"), (self.stranger, "/bell/")):
            eventually(lambda port=port, path=path: Visit(self, port).get(path)[0] == 200, 60, "nginx leads to the game")

    def serve(self, name: str, port: int, **more: str) -> None:
        """A web process."""
        web = ["daphne", "--port", str(port), "-v", "0", "game.asgi:application"]
        self.world.start(name, [sys.executable, "-m", *web], **{**self.settings, **more})

    def config(self) -> str:
        """The samples as they are, but for names of files, ports and hosts."""
        headers = self.folder / "proxy.conf"
        headers.write_text((SAMPLES / "nginx/proxy.conf").read_text())
        given = ("snippets/opening-bell.conf", str(headers))
        site = changed(
            (SAMPLES / "nginx/site.conf").read_text(),
            first=("127.0.0.1:8001", f"127.0.0.1:{free_port()}"),  # one of the two is not there
            second=("127.0.0.1:8002", f"127.0.0.1:{self.root_inner}"),
            plain=("    listen 80;\n    listen [::]:80;", f"    listen 127.0.0.1:{self.plain};"),
            tls=("    listen 443 ssl http2;\n    listen [::]:443 ssl http2;", f"    listen 127.0.0.1:{self.root} ssl http2;"),
            certificate=("/etc/ssl/play.example/fullchain.pem", f"{self.folder}/cert.pem"),
            key=("/etc/ssl/play.example/privkey.pem", f"{self.folder}/key.pem"),
            headers=given,
        )
        path = changed((SAMPLES / "nginx/path.conf").read_text(), headers=given)
        bare = headers.read_text().replace("proxy_set_header Host $http_host;", "proxy_set_header Host $proxy_host;")
        cut = f"{OTHERWISE}{bare}location /bell/ {{ proxy_pass http://opening_bell_cut/; }}"
        servers = ""
        for name, port, inner, locations in (
            ("whole", self.whole, self.inner, path),
            ("cut", self.cut, self.inner, cut),
            ("stranger", self.stranger, self.unbelieving, path),
        ):
            mine = locations.replace("http://opening_bell;", f"http://opening_bell_{name};")
            servers += SERVER.format(name=name, port=port, inner=inner, folder=self.folder, locations=mine)
        return AROUND.format(folder=self.folder, user="user root;" if os.getuid() == 0 else "", site=site, servers=servers)


class Visit:
    """A browser at one of nginx's ports, which keeps cookies."""

    def __init__(self, front: Front, port: int) -> None:
        self.front, self.port, self.cookies = front, port, {}
        self.origin = f"https://{HOST}:{port}"
        self.trust = ssl.create_default_context(cafile=str(front.folder / "cert.pem"))

    def ask(self, method: str, path: str, form: dict[str, str] | None = None, **head: str) -> tuple[int, http.client.HTTPMessage, str]:
        """Status, headers and text of an answer; status 0 while nobody answers."""
        line = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=60, context=self.trust)
        line._create_connection = lambda address, *more: __import__("socket").create_connection(("127.0.0.1", self.port), *more)
        line.host = HOST  # what the certificate is for
        headers = {"Host": f"{HOST}:{self.port}", "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), **head}
        body = None
        if form is not None:
            body = urlencode({"csrfmiddlewaretoken": self.cookies.get("csrftoken", ""), **form})
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.origin, "Referer": f"{self.origin}/bell/join/"} | head
        try:
            line.request(method, path, body, headers)
            answer = line.getresponse()
        except OSError:
            return 0, http.client.HTTPMessage(), ""
        text = answer.read().decode(errors="replace")
        for one in answer.headers.get_all("Set-Cookie") or []:
            name, value = one.split(";")[0].split("=", 1)
            self.cookies[name] = value
        line.close()
        return answer.status, answer.headers, text

    def get(self, path: str, **head: str) -> tuple[int, http.client.HTTPMessage, str]:
        return self.ask("GET", path, **head)

    def post(self, path: str, form: dict[str, str], **head: str) -> tuple[int, http.client.HTTPMessage, str]:
        return self.ask("POST", path, form, **head)

    async def line(self, path: str, origin: str = "") -> str:
        """The first words of a socket: the head of its handshake, and the first frame."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, ssl=self.trust, server_hostname=HOST)
        lines = [
            f"GET {path} HTTP/1.1", f"Host: {HOST}:{self.port}", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==",
            "Sec-WebSocket-Version: 13", f"Origin: {origin or self.origin}", "Cookie: " + "; ".join(f"{k}={v}" for k, v in self.cookies.items()),
        ]  # fmt: skip
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        async with asyncio.timeout(20):
            said = (await reader.readuntil(b"\r\n\r\n")).decode()
            if " 101 " in said:
                said += (await reader.read(4096)).decode(errors="replace")
        writer.close()
        return said


@pytest.fixture(scope="module")
def front(django_db_blocker) -> Iterator[Front]:
    with live("sqlite", django_db_blocker) as world:
        front = Front(world)
        yield front
        with suppress(ProcessLookupError):
            world.processes["nginx"].send_signal(signal.SIGQUIT)


def comes_in(browser: "Visit", base: str) -> None:
    """A player joins, sees the lobby and hears it."""
    exercise = new_exercise()
    status, head, page = browser.get(f"{base}join/{exercise.code}/")
    assert status == 200 and head["Strict-Transport-Security"] == "max-age=3600"
    sheet = re.search(rf'href="({base}static/css/app[^"]*)"', page)
    assert sheet and browser.get(sheet[1])[0] == 200
    status, head, _ = browser.post(f"{base}join/", {"code": exercise.code, "name": "Dana"})
    assert (status, head["Location"]) == (302, f"{base}lobby/")
    said = asyncio.run(browser.line(f"{base}ws/lobby/"))
    assert " 101 " in said and '"t":"hello"' in said.replace('": "', '":"')


def test_a_player_comes_in_at_the_root_of_a_host_while_one_of_two_web_processes_is_away(front):
    for _ in range(3):  # the one that is away has its turn
        comes_in(Visit(front, front.root), "/")
    line = http.client.HTTPConnection("127.0.0.1", front.plain, timeout=60)
    line.request("GET", "/join/?x=1", headers={"Host": HOST})
    assert (answer := line.getresponse()).status == 301 and answer.headers["Location"] == f"https://{HOST}/join/?x=1"


def test_a_player_comes_in_through_caddy(front):
    caddy = shutil.which("caddy")
    if not caddy:
        missing("Caddy", "apt-get install -y caddy")
    port = free_port()
    config = front.folder / "Caddyfile"
    options = f"{{\n\tadmin off\n\tauto_https disable_redirects\n\tdefault_bind 127.0.0.1\n\tstorage file_system {front.folder}/caddy\n}}\n"
    own = f"https://{HOST}:{port} {{\n\ttls {front.folder}/cert.pem {front.folder}/key.pem\n"
    sample = (SAMPLES / "Caddyfile").read_text()
    ports = {"first": ("{$WEB:127.0.0.1:8001 127.0.0.1:8002} {", f"127.0.0.1:{free_port()} 127.0.0.1:{front.root_inner} {{")}
    config.write_text(options + changed(sample, site=("\n{$SITE:play.example} {\n", f"\n{own}"), **ports))
    front.world.start("caddy", [caddy, "run", "--config", str(config), "--adapter", "caddyfile"], HOME=str(front.folder))
    eventually(lambda: Visit(front, port).get("/")[0] == 200, 60, "Caddy leads to the game")
    for _ in range(6):  # the one that is away has its turn, with a form too
        comes_in(Visit(front, port), "/")


@pytest.mark.parametrize("way", ["whole", "cut"])
def test_a_player_comes_in_through_it_below_a_path_with_tls_and_hears_the_lobby(front, way):
    exercise = new_exercise()
    browser = Visit(front, getattr(front, way))
    status, head, page = browser.get(f"/bell/join/{exercise.code}/")
    assert status == 200 and 'data-base="/bell/"' in page and head["Strict-Transport-Security"] == "max-age=3600"
    assert not re.findall(r'(?:href|src|action)="/(?!bell/)[^"]*"', page), "every address lies below the path"
    sheet = re.search(r'href="(/bell/static/css/app[^"]*)"', page)
    assert sheet and browser.get(sheet[1])[0] == 200 and browser.get("/bell")[0] in (200, 301, 404)
    status, head, _ = browser.post("/bell/join/", {"code": exercise.code, "name": "Dana"})
    assert (status, head["Location"]) == (302, "/bell/lobby/")
    cookies = " ".join(head.get_all("Set-Cookie"))
    assert "player=" in cookies and "Path=/bell/" in cookies and "Secure" in cookies
    page = browser.get("/bell/lobby/")[2]
    assert f"{HOST}:{browser.port}/bell" in page and f"wss://{HOST}:{browser.port}" in browser.get("/bell/lobby/")[1]["Content-Security-Policy"]
    said = asyncio.run(browser.line("/bell/ws/lobby/"))
    assert " 101 " in said and '"t":"hello"' in said.replace('": "', '":"')
    assert " 403 " in asyncio.run(browser.line("/bell/ws/lobby/", origin=f"https://{HOST}")), "a page of another port is not ours"
    wall = browser.get(f"/bell/projector/{exercise.code}/")[2]
    assert f"https://{HOST}:{browser.port}/bell/join/{exercise.code}/" in wall or "/bell" in wall


def test_whoever_comes_without_tls_is_led_to_https_and_gets_no_socket(front):
    line = http.client.HTTPConnection("127.0.0.1", front.inner, timeout=60)
    line.request("GET", "/bell/join/")
    answer = line.getresponse()
    assert (answer.status, answer.headers["Location"]) == (301, f"https://127.0.0.1:{front.inner}/bell/join/")
    line.close()
    with pytest.raises(Closed, match="403"):
        asyncio.run(Socket.open("127.0.0.1", front.inner, "/bell/ws/check/"))


def test_results_and_errors_lead_to_addresses_below_the_path(front):
    browser = Visit(front, front.whole)
    status, _, page = browser.get("/bell/desk/")
    assert status == 403 and 'href="/bell/"' in page
    assert browser.get("/bell/facilitator/")[0] == 403 and 'action="/bell/account/sign-in/"' in browser.get("/bell/facilitator/")[2]
    assert browser.get("/bell/admin/")[1]["Location"].startswith("/bell/account/sign-in/")


def test_five_wrong_passwords_from_one_address_lock_the_trainer_out_there_alone(front, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]  # as the web process has it
    new_facilitator("erin")
    thief, trainer = Visit(front, front.cut), Visit(front, front.cut)
    thief.get("/bell/account/sign-in/")
    trainer.get("/bell/account/sign-in/")

    def sign_in(browser: Visit, password: str, address: str) -> int:
        # nginx adds its own peer behind what was sent: an inner proxy of ours told the first.
        return browser.post("/bell/account/sign-in/", {"username": "erin", "password": password}, **{"X-Forwarded-For": address})[0]

    assert [sign_in(thief, "wrong", "203.0.113.1") for _ in range(5)][-1] == 429
    assert sign_in(thief, "horse battery 9", "203.0.113.1") == 429
    assert sign_in(trainer, "horse battery 9", "203.0.113.2") == 302, "from elsewhere it is open"
    for _ in range(6):
        sign_in(thief, "wrong", "203.0.113.2")
    assert sign_in(thief, "horse battery 9", "203.0.113.2") == 429, "closed there as well, for a browser it does not know"
    trainer.cookies.pop("sessionid")
    assert sign_in(trainer, "horse battery 9", "203.0.113.2") == 302, "but never in a browser that it knows"


def test_a_web_process_that_believes_no_proxy_says_why_a_form_is_not_taken_and_how_that_is_mended(front):
    exercise = new_exercise()
    browser = Visit(front, front.stranger)
    browser.get("/bell/join/")
    status, _, page = browser.post("/bell/join/", {"code": exercise.code, "name": "Dana"})
    assert status == 403 and f"https://{HOST}:{browser.port}" in page and "TRUSTED_PROXIES" in page and "TRUSTED_ORIGINS" in page
    assert not Player.objects.filter(exercise=exercise).exists()


def test_a_cookie_that_did_not_come_back_is_named(front):
    browser = Visit(front, front.cut)
    status, _, page = browser.post("/bell/join/", {"code": "K7-M4Q", "name": "Dana"})
    assert status == 403 and "sent no cookie" in page


def test_nothing_of_it_left_a_traceback(front):
    assert "Traceback" not in front.world.log("web") + front.world.log("web-alone")
    assert Path(front.folder / "error.log").read_text().count("[emerg]") == 0
