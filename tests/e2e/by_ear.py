"""Somebody who neither sees a page nor has a mouse: keys go in, and what comes back is what the browser tells a screen reader."""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from playwright.sync_api import Error, Page

from tests.e2e.stack import wait_for

SOON = 20.0
LONG = 60.0
LIVE = ("status", "alert")
NOBODY = ("RootWebArea", "none", "generic", "")  # what has the focus where nothing has it


# What is said is written down as it is said: between two looks one sentence may take another's place.
LISTEN = """
addEventListener("DOMContentLoaded", () => {
  window.spoken = [];
  for (const region of document.querySelectorAll("#say, #alarm")) {
    new MutationObserver(() => window.spoken.push(region.textContent.trim())).observe(region, { childList: true, characterData: true, subtree: true });
  }
});
"""


class Node(NamedTuple):
    """What a screen reader knows of one thing. `words`: all that is written in it; `within`: names of what it stands in, the nearest first."""

    role: str
    name: str
    words: str
    value: str
    states: dict[str, Any]
    within: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.role} {self.name or self.words!r} {self.states or ''}"


class Ear:
    """A page by its accessibility tree and its keyboard. What live regions said stays in `heard`, in order."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.heard: list[str] = []
        page.add_init_script(LISTEN)
        self._wire = page.context.new_cdp_session(page)

    def tree(self) -> list[Node]:
        """Everything that is told of the page now, in its order."""
        found = self._wire.send("Accessibility.getFullAXTree")["nodes"]
        nodes = {one["nodeId"]: one for one in found}

        def words(one: dict[str, Any]) -> str:
            if _text(one, "role") == "StaticText":
                return _text(one, "name")
            return re.sub(r"\s+", " ", " ".join(filter(None, (words(nodes[child]) for child in one.get("childIds", ()) if child in nodes)))).strip()

        def within(one: dict[str, Any]) -> Iterator[str]:
            while one := nodes.get(one.get("parentId", ""), {}):
                if name := _text(one, "name"):
                    yield name

        with suppress(Error):  # the page is just going
            self.heard += filter(None, self.page.evaluate("() => window.spoken?.splice(0) ?? []"))
        told = [_node(one, words(one), tuple(within(one))) for one in found if not one.get("ignored")]
        for node in told:
            if node.role in LIVE and node.words and node.words not in self.heard[-len(LIVE) :]:
                self.heard.append(node.words)
        return told

    def has(self, role: str, name: str, within: str = "") -> Node | None:
        """The first that has this role, and this (a pattern) in its name or words, in what is named `within`."""
        return next(
            (node for node in self.tree() if _is(node, role, name) and (not within or any(re.search(within, one) for one in node.within))), None
        )

    def until(self, role: str, name: str, within: str = "", seconds: float = SOON) -> Node:
        """Listen until there is one."""
        found: Node = wait_for(lambda: self.has(role, name, within), seconds, f"{role} {name!r} {within} of {self.page.url}; heard {self.heard[-6:]}")
        return found

    def gone(self, role: str, name: str, seconds: float = SOON) -> None:
        """Listen until there is none."""
        wait_for(lambda: not self.has(role, name), seconds, f"no {role} {name!r}")

    def told(self, sentence: str, seconds: float = SOON) -> str:
        """Listen until a live region has said this (a pattern), now or before; what it said."""

        def said() -> str:
            self.tree()
            return next((one for one in reversed(self.heard) if re.search(sentence, one)), "")

        found: str = wait_for(said, seconds, f"{sentence!r} said by a live region; heard {self.heard}")
        return found

    def focus(self) -> Node:
        """What has the focus."""
        handle = self._wire.send("Runtime.evaluate", {"expression": "document.activeElement"})["result"].get("objectId")
        (one,) = self._wire.send("Accessibility.getPartialAXTree", {"objectId": handle, "fetchRelatives": False})["nodes"][:1]
        return _node(one, "")

    def holds(self, role: str, name: str) -> Node:
        """Listen until the focus is on this."""
        wait_for(lambda: _is(self.focus(), role, name), SOON, f"the focus on {role} {name!r}")
        return self.focus()

    def kept(self) -> Node:
        """What has the focus, which is never nothing."""
        wait_for(lambda: self.focus().role not in NOBODY, 3, f"the focus is on something; heard {self.heard[-4:]}")
        return self.focus()

    def press(self, *keys: str) -> None:
        """Press these, one after another."""
        for key in keys:
            self.page.keyboard.press(key)

    def tab_to(self, role: str, name: str, key: str = "Tab", most: int = 60) -> Node:
        """Press a key, counted however slow the machine is, until this has the focus. Whatever has it on the way has a role and a name."""
        passed: list[str] = []
        for _ in range(most):
            self.press(key)
            now = self.focus()
            if _is(now, role, name):
                return now
            assert now.name or now.role in NOBODY, f"{now.role} of no name after {passed}"
            passed.append(str(now))
        raise AssertionError(f"{most} times {key} do not reach {role} {name!r}: {passed}")

    def say(self, words: str) -> None:
        """Type into what has the focus."""
        self.page.keyboard.type(words)


def _text(one: dict[str, Any], key: str) -> str:
    return str(one.get(key, {}).get("value", ""))


def _node(one: dict[str, Any], words: str, within: tuple[str, ...] = ()) -> Node:
    states = {state["name"]: state["value"].get("value") for state in one.get("properties", ()) if state["name"] in STATES}
    return Node(_text(one, "role"), re.sub(r"\s+", " ", _text(one, "name")).strip(), words, _text(one, "value"), states, within)


STATES = ("checked", "pressed", "expanded", "disabled", "selected", "invalid", "focused")


def _is(node: Node, role: str, name: str) -> bool:
    return node.role == role and bool(re.search(name, node.name) or re.search(name, node.words))
