"""Addresses of sockets."""

from django.urls import path

import game.converters  # noqa: F401  (registers them)
from game.sockets.bots import BotConsumer
from game.sockets.desk_consumers import SeatConsumer, WatchConsumer
from game.sockets.room_consumers import CheckConsumer, ControlConsumer, LobbyConsumer, ProjectorConsumer

sockets = [
    path("ws/seat/", SeatConsumer.as_asgi()),
    path("ws/seat/<str:desk>/", SeatConsumer.as_asgi()),
    path("ws/bot/", BotConsumer.as_asgi()),
    path("ws/watch/<number:team>/<str:desk>/", WatchConsumer.as_asgi()),
    path("ws/control/<str:code>/", ControlConsumer.as_asgi()),
    path("ws/lobby/", LobbyConsumer.as_asgi()),
    path("ws/projector/<str:code>/", ProjectorConsumer.as_asgi()),
    path("ws/check/", CheckConsumer.as_asgi()),
]
