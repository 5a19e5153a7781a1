"""HTTP, sockets, and the slower line for networks that let no socket through, behind whatever proxies are ours."""

import os
import sys
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "game.settings")

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.sessions import CookieMiddleware
from django.core.asgi import get_asgi_application

pages: Any = get_asgi_application()

from game.lifeline import hold_on  # noqa: E402
from game.ops.health import Health  # noqa: E402
from game.sockets.backlog import Backlog, give_back  # noqa: E402
from game.sockets.doors import InTheirLanguage, KnownPaths, SameHost  # noqa: E402
from game.sockets.own_time import measure_by_own_time  # noqa: E402
from game.sockets.proxy import Behind  # noqa: E402
from game.sockets.routes import sockets  # noqa: E402  (needs the apps that the line above loads)
from game.sockets.slow_line import SlowLines  # noqa: E402
from game.sqlite_writer import SWITCH_S  # noqa: E402

hold_on()
give_back()
measure_by_own_time()
sys.setswitchinterval(SWITCH_S)
lines = SameHost(CookieMiddleware(InTheirLanguage(KnownPaths(URLRouter(sockets)))))
application = Behind(ProtocolTypeRouter({"http": Health(SlowLines(pages, lines)), "websocket": Backlog(lines)}))
