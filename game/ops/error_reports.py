"""Errors of the log as events for Sentry, or for whatever speaks its protocol: only where SENTRY_DSN says where to.

An event is what the log calls an error, once, with its exception and the code around it. Nothing of people is in it: no request, no cookie,
no address, no values of variables; of a message its first line (databases quote rows in those that follow), of what the line says beside it
the numbers.
"""

import logging
import sys
from typing import TYPE_CHECKING, Any

from django.conf import settings

from game import __version__
from game.ops.door import first_line

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint

MOST = 400  # characters of a message
ENDING_S = 1.0  # for what was not sent yet


def report(process: str) -> None:
    """Send what this process logs as an error from now on, in a thread of its own; nothing where there is no SENTRY_DSN."""
    if not settings.SENTRY_DSN:
        return
    import sentry_sdk
    from sentry_sdk.integrations.atexit import AtexitIntegration
    from sentry_sdk.integrations.excepthook import ExcepthookIntegration
    from sentry_sdk.integrations.threading import ThreadingIntegration

    sentry_sdk.init(
        dsn=settings.SENTRY_DSN,
        release=__version__,
        # Those of the SDK's own choice would see requests, queries and every line of the log.
        default_integrations=False,
        integrations=[AtexitIntegration(callback=lambda *_: None), ExcepthookIntegration(), ThreadingIntegration()],
        send_default_pii=False,
        include_local_variables=False,
        max_breadcrumbs=0,
        auto_session_tracking=False,
        shutdown_timeout=ENDING_S,
        before_send=_without_rows,
    )
    sentry_sdk.get_global_scope().set_tag("process", process)
    logging.getLogger().addHandler(_Reporter(logging.ERROR))


class _Reporter(logging.Handler):
    """An event a line."""

    def emit(self, record: logging.LogRecord) -> None:
        import sentry_sdk

        told: dict[str, Any] = record.msg if isinstance(record.msg, dict) else {}
        raised: Any = told.get("exc_info") or record.exc_info
        problem = raised if isinstance(raised, BaseException) else raised[1] if isinstance(raised, tuple) else sys.exc_info()[1] if raised else None
        with sentry_sdk.new_scope() as scope:
            scope.set_tag("logger", record.name)
            scope.set_level("fatal" if record.levelno >= logging.CRITICAL else "error")
            if told:
                scope.set_tag("event", told.get("event"))
                scope.set_context("log", {name: value for name, value in told.items() if isinstance(value, (int, float)) and name != "exc_info"})
            if problem is not None:
                sentry_sdk.capture_exception(problem)
            else:
                sentry_sdk.capture_message(str(told.get("event", record.msg))[:MOST])


def _without_rows(event: "Event", _: "Hint") -> "Event":
    for one in event.get("exception", {}).get("values", []):
        one["value"] = first_line(Exception(one.get("value") or ""))[:MOST]
    return event
