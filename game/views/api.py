"""What programs are told of the game: the protocol of a desk, as a page and for machines."""

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from game.ops import webhook_events
from game.sockets.public import FRAMES, LOOKS, asyncapi, schemas
from game.views.http_api import api as http_api

ARENA = "manage.py arena knight-2012 --seats operator=ws://localhost:9000/ --seats operator=autopilot:competent --seeds 20"
ARENA_LINES = """<  {"t": "hello", "protocol": "opening-bell.arena.v1", "scenario": "knight-2012", "desk": "operator"}
<  {"t": "look", "text": "...", "sight": {...}, "moves": [0, 4, 17], "refused": ""}
>  {"t": "move", "action": 17}
>  {"t": "move", "action": {"kind": "server.look", "args": {"server": 3}}}
<  {"t": "end"}"""
WEBHOOK = """POST https://hooks.example/bell
webhook-id: msg_0d5b6f1c2a934d0f9a2b7c1e55aa0c11
webhook-timestamp: 1796227200
webhook-signature: v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=

{"type": "run.contained", "timestamp": "2026-12-02T09:36:41+00:00", "data": {
  "exercise": {"code": "K7-M4Q", "scenario": "knight-2012"}, "team": {"id": 12, "place": 1},
  "clock": "09:36:35", "loss_usd": 3171034}}"""

LOOKS_LINES = """<  {"t": "look", "step": 14520, "text": "...", "sight": {...}, "moves": [0, 4, 17], "refused": "", "waits_s": 60}
>  {"t": "move", "step": 14520, "action": 17}
>  {"t": "move", "step": 14540, "action": {"kind": "server.look", "args": {"server": 3}}}"""


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """For whoever writes a program."""
    found = schemas()

    def told(name: str) -> dict[str, str]:
        return {"name": name, "says": found["schemas"][name]["description"], "schema": json.dumps(found["schemas"][name], indent=2)}

    socket = request.build_absolute_uri(f"{settings.COOKIE_PATH}ws/bot/").replace("http", "ws", 1)
    context = {
        "page_title": gettext("For programs"),
        "request_head": f"GET {socket}\nAuthorization: Bearer TOKEN\nSec-WebSocket-Protocol: {FRAMES}",
        "looks_head": f"Sec-WebSocket-Protocol: {LOOKS}",
        "looks_lines": LOOKS_LINES,
        "http_head": f"GET {request.build_absolute_uri(reverse('http-api:exercises'))}\nAuthorization: Bearer TOKEN",
        "arena_line": ARENA,
        "arena_lines": ARENA_LINES,
        "calls": _calls(),
        "webhook": WEBHOOK,
        "webhooks": [{"kind": kind, "says": one.when, "data": ", ".join(one.data.model_fields)} for kind, one in webhook_events.KINDS.items()],
        "said": [told(name) for name in found["in"]],
        "heard": [told(name) for name in found["out"]],
        "cards": {desk: sorted(rows) for desk, rows in found["cards"].items()},
    }
    return render(request, "api.html", context)


def _calls() -> list[dict[str, str]]:
    """What the HTTP API answers: verb, path, and what it does."""
    paths: dict[str, dict[str, Any]] = http_api.get_openapi_schema()["paths"]
    return [{"verb": verb.upper(), "path": path, "says": one["description"]} for path, verbs in paths.items() for verb, one in verbs.items()]


@require_safe
def described(request: HttpRequest) -> JsonResponse:
    """The AsyncAPI document, with this server in it."""
    server: dict[str, Any] = {
        "host": request.get_host(), "protocol": "wss" if request.is_secure() else "ws", "security": [{"$ref": "#/components/securitySchemes/token"}],
    }  # fmt: skip
    return JsonResponse({**asyncapi(), "servers": {"here": server}}, json_dumps_params={"indent": 1})
