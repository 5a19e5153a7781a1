"""HTTP and sockets. A socket's origin must be this host: another site's page cannot play with our cookie."""

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "game.settings")

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from channels.sessions import CookieMiddleware
from django.core.asgi import get_asgi_application

pages = get_asgi_application()

from game.lifeline import hold_on  # noqa: E402
from game.routes import sockets  # noqa: E402  (needs the apps that the line above loads)
from game.writing import SWITCH_S  # noqa: E402

hold_on()
sys.setswitchinterval(SWITCH_S)
application = ProtocolTypeRouter({"http": pages, "websocket": AllowedHostsOriginValidator(CookieMiddleware(URLRouter(sockets)))})
