"""How unfold shows the admin: names, sheets, and what stands in the bar at the side."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy


def _link(title: str, icon: str, address: str, needs: str = "") -> dict[str, Any]:
    def shown(request: HttpRequest) -> bool:
        return not needs or request.user.has_perm(needs)

    return {"title": title, "icon": icon, "link": reverse_lazy(f"admin:{address}"), "permission": shown}


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Opening Bell",
    "SITE_HEADER": "Opening Bell",
    "SITE_SYMBOL": "notifications",
    "SITE_URL": reverse_lazy("facilitator"),
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("favicon.svg")}],
    "SHOW_HISTORY": False,
    "STYLES": [lambda request: static("css/admin.css")],
    "SCRIPTS": [lambda request: static("js/admin.js")],
    "SIDEBAR": {
        "navigation": [
            {
                "title": "Exercises",
                "items": [
                    _link("Exercises", "event", "game_exercise_changelist"),
                    _link("Runs", "play_circle", "game_run_changelist"),
                    _link("Desks and autopilots", "smart_toy", "game_seat_changelist"),
                    _link("Players", "group", "game_player_changelist"),
                ],
            },
            {
                "title": "Scenarios",
                "items": [_link("Scenarios", "menu_book", "scenarios"), _link("Defaults", "tune", "game_defaults_changelist")],
            },
            {
                "title": "People",
                "items": [
                    _link("Accounts", "badge", "auth_user_changelist", "auth.view_user"),
                    _link("Groups", "groups", "auth_group_changelist", "auth.view_group"),
                ],
            },
        ]
    },
}
