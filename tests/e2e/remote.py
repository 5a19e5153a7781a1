"""Browsers that Playwright cannot drive, as their own packages bring them: Firefox by Marionette, WebKit by its WebDriver. Standard library alone."""

import json
import os
import re
import shutil
import socket
import subprocess
import urllib.error
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.builders import missing
from tests.children import own_folder
from tests.e2e.stack import free_port, wait_for

START_S, ANSWER_S = 60.0, 45.0
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the W3C's name for a reference to an element
MINI_BROWSER = next(iter(sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))), Path("/usr/lib/webkit2gtk-4.1/MiniBrowser"))
TROUBLE = re.compile(r"JavaScript error: http|Content.Security.Policy")


class Remote(ABC):
    """One window of one browser. What it is told goes through the browser's own input, as a finger's does."""

    needs: dict[str, str | Path] = {}  # what has to be there, by the package it comes in
    width, height = 1280, 800

    def __init__(self) -> None:
        for package, program in self.needs.items():
            if not shutil.which(program):
                missing(f"{program}", f"apt-get install -y --no-install-recommends {package}")
        self.folder = own_folder("ob-remote-")
        self.log = self.folder / "log"
        self.children: list[subprocess.Popen[bytes]] = []

    @abstractmethod
    def ask(self, name: str, **given: Any) -> Any:
        """One command of WebDriver, and its value."""

    def spawn(self, *command: str | Path, **more: Any) -> None:
        """Start what ends with this browser, its words in the log."""
        environment = {**os.environ, "HOME": str(self.folder), "LC_ALL": "en_US.UTF-8", **more.pop("environment", {})}  # nobody's language is "C"
        with self.log.open("ab") as log:
            self.children.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, **more))

    def go(self, address: str) -> None:
        """Open a page, and wait until it is loaded."""
        self.ask("Navigate", url=address)

    def run(self, script: str, *values: Any) -> Any:
        """The value of a script's `return`."""
        return self.ask("ExecuteScript", script=script, args=list(values))

    def find(self, css: str) -> str:
        """The first such element, once there is one that is seen."""
        seen = "return [...document.querySelectorAll(arguments[0])].find((one) => one.checkVisibility?.() ?? one.offsetParent) ?? null"
        return str(self.when(lambda: self.run(seen, css), f"{css} is on the page")[ELEMENT])

    def press(self, css: str) -> None:
        """Click an element."""
        self.ask("ElementClick", id=self.find(css))

    def type(self, css: str, text: str) -> None:
        """Give a field this text, key by key."""
        element = self.find(css)
        self.ask("ElementClear", id=element)
        self.ask("ElementSendKeys", id=element, text=text)

    def says(self, css: str) -> str:
        """What the first such element has to read."""
        return str(self.run("return document.querySelector(arguments[0])?.innerText ?? ''", css))

    def when(self, look: Callable[[], Any], what: str, within: float = 30.0) -> Any:
        """The first true answer; where none comes, what the page says instead."""
        try:
            return wait_for(look, within, what)
        except AssertionError as late:
            raise AssertionError(f"{late}\n{self.run('return location.href + document.body.innerText')[:4000]}\n{self.troubles()}") from None

    def troubles(self) -> list[str]:
        """Errors of pages, from a browser that says them; WebKit's driver does not."""
        return [line for line in self.log.read_text(errors="replace").splitlines() if TROUBLE.search(line)]

    def close(self) -> None:
        """End it, and what it needed."""
        for child in reversed(self.children):
            child.terminate()
            with suppress(subprocess.TimeoutExpired):
                child.wait(5)
            child.kill()
            child.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Firefox(Remote):
    """Marionette: lengths and JSON over a socket."""

    needs = {"firefox-esr": "firefox-esr"}
    SETTINGS = {
        "marionette.port": 0,
        "browser.dom.window.dump.enabled": True,
        "devtools.console.stdout.content": True,
        "app.update.enabled": False,
        "datareporting.policy.dataSubmissionEnabled": False,
        "browser.shell.checkDefaultBrowser": False,
    }

    def __init__(self) -> None:
        super().__init__()
        lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in self.SETTINGS.items())
        (self.folder / "user.js").write_text("".join(lines))
        self.spawn("firefox-esr", "--headless", "--marionette", "--no-remote", "--profile", self.folder, "about:blank")
        told = self.folder / "MarionetteActivePort"
        port = wait_for(lambda: told.exists() and told.read_text().strip(), START_S, "Firefox listens")
        self.line = socket.create_connection(("127.0.0.1", int(port)), timeout=ANSWER_S)
        self._heard(self._read())
        self.sent = 0
        self.ask("NewSession", capabilities={})
        self.ask("SetWindowRect", width=self.width, height=self.height)

    def _read(self) -> Any:
        length = b""
        while (one := self.line.recv(1)) != b":":
            length += one
        text = b""
        while len(text) < int(length):
            text += self.line.recv(int(length) - len(text))
        return json.loads(text)

    def _heard(self, hello: dict[str, Any]) -> None:
        assert hello["marionetteProtocol"] == 3, hello

    def ask(self, name: str, **given: Any) -> Any:
        self.sent += 1
        text = json.dumps([0, self.sent, f"WebDriver:{name}", given]).encode()
        self.line.sendall(b"%d:%b" % (len(text), text))
        _, _, wrong, answer = self._read()
        assert not wrong, wrong
        return answer.get("value") if isinstance(answer, dict) else answer


class WebKit(Remote):
    """Safari's engine as GTK has it: HTTP, and a display that nobody sees."""

    needs = {"webkit2gtk-driver": "WebKitWebDriver", "libwebkit2gtk-4.1-0": MINI_BROWSER, "xvfb": "Xvfb"}
    PATHS = {
        "Navigate": "/url",
        "ExecuteScript": "/execute/sync",
        "ElementClick": "/element/{id}/click",
        "ElementClear": "/element/{id}/clear",
        "ElementSendKeys": "/element/{id}/value",
        "SetWindowRect": "/window/rect",
    }

    def __init__(self) -> None:
        super().__init__()
        told, tell = os.pipe()
        self.spawn("Xvfb", "-displayfd", str(tell), "-screen", "0", "1600x1200x24", "-nolisten", "tcp", pass_fds=[tell])
        os.close(tell)
        with os.fdopen(told) as answer:
            display = {"DISPLAY": f":{answer.readline().strip()}", "NO_AT_BRIDGE": "1", "LIBGL_ALWAYS_SOFTWARE": "1"}
        self.address = f"http://127.0.0.1:{(port := free_port())}"
        self.spawn("WebKitWebDriver", f"--port={port}", environment=display)
        wait_for(self._listens, START_S, "WebKit's driver listens")
        options = {"binary": str(MINI_BROWSER), "args": ["--automation"]}
        made = self._call("/session", {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}})
        self.address += f"/session/{made['sessionId']}"
        self.ask("SetWindowRect", width=self.width, height=self.height)

    def _listens(self) -> bool:
        with suppress(OSError):
            return bool(urllib.request.urlopen(f"{self.address}/status", timeout=ANSWER_S))
        return False

    def _call(self, path: str, given: dict[str, Any]) -> Any:
        request = urllib.request.Request(self.address + path, json.dumps(given).encode(), {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_S) as answer:
                return json.loads(answer.read())["value"]
        except urllib.error.HTTPError as wrong:
            raise AssertionError(wrong.read().decode()) from wrong

    def ask(self, name: str, **given: Any) -> Any:
        return self._call(self.PATHS[name].format(**given), {key: value for key, value in given.items() if key != "id"})
