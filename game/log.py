"""One line an event, `event key=value` or JSON, from structlog and from every library alike."""

import logging
import logging.config

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
FORMATS: dict[str, Processor] = {
    "line": structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
    "json": structlog.processors.JSONRenderer(ensure_ascii=False),
}
MOST = 400  # characters of a value: what a client sends may be as long as it likes


def logging_config(level: str, form: str) -> None:
    """Send structlog and the standard library's loggers to stderr in one form. Unknown levels and forms are refused."""
    from django.core.exceptions import ImproperlyConfigured

    if level not in LEVELS:
        raise ImproperlyConfigured(f"LOG_LEVEL is {level!r}: expected {', '.join(LEVELS)}")
    if form not in FORMATS:
        raise ImproperlyConfigured(f"LOG_FORMAT is {form!r}: expected {' or '.join(FORMATS)}")
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    line = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": [*shared, structlog.stdlib.ExtraAdder()],
        "processors": [
            _without_blame,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _cut,
            structlog.processors.format_exc_info,
            FORMATS[form],
        ],
    }
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"line": line},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
            "root": {"handlers": ["stderr"], "level": level},
            "loggers": {
                # Celery says every task's start and end at INFO: two lines each half second from the reaper alone.
                "celery.app.trace": {"level": "WARNING"},
                "celery.worker.strategy": {"level": "WARNING"},
                "celery.beat": {"level": "WARNING"},
                "daphne": {"level": "WARNING"},
                "django.channels.server": {"level": "WARNING"},
                "numba": {"level": "WARNING"},
                "fontTools": {"level": "WARNING"},
                "fpdf": {"level": "WARNING"},
                "psycopg.pool": {"level": "ERROR"},  # while the database is away it says every attempt of every connection
            },
        }
    )


def _without_blame(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """What a client did wrong is told by a warning: Django would show where in our code that was noticed, as if it were a fault of ours."""
    name = getattr(event.get("_record"), "name", "")
    if name.startswith("django.security") or (name == "django.request" and event.get("status_code", 500) < 500):
        event.pop("exc_info", None)
        event["level"] = "warning"
    return event


def _cut(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    for name, value in event.items():
        if name == "exc_info" or isinstance(value, (int, float, bool, type(None))):
            continue
        if len(text := value if isinstance(value, str) else repr(value)) > MOST:
            event[name] = f"{text[:MOST]} ... ({len(text):,} characters)"
    return event
