"""How log records look: a line of text for people, or a line of JSON for machines."""

import json
import logging
from http import HTTPStatus
from typing import Any

STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
HIDDEN = {"request", "status_code", "server_time"}


class JsonFormatter(logging.Formatter):
    """Writes a record as one JSON object; what was given as `extra` is part of it."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {
            name: value for name, value in vars(record).items() if name not in STANDARD | HIDDEN
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


class Mistake(logging.Filter):
    """Tells what a client did wrong in one line, as a warning: it is no error of the site."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith("django.security."):
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.exc_info = None
        return True


class Unavailable(logging.Filter):
    """Keeps quiet about 503: a process that drains says so on purpose, to everybody who asks."""

    def filter(self, record: logging.LogRecord) -> bool:
        return getattr(record, "status_code", None) != HTTPStatus.SERVICE_UNAVAILABLE


def config(log_format: str) -> dict[str, Any]:
    """Return the `LOGGING` setting for `log_format`, text or json, written to standard error."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "text": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
            "json": {"()": JsonFormatter},
        },
        "filters": {"mistake": {"()": Mistake}, "unavailable": {"()": Unavailable}},
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": log_format,
                "filters": ["mistake"],
            }
        },
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            "django.request": {"level": "ERROR", "filters": ["unavailable"]},
            "django.channels.server": {"handlers": ["console"], "propagate": False},
            "django.server": {"handlers": ["console"], "propagate": False},
            "daphne": {"level": "WARNING"},
            "twisted": {"level": "ERROR"},
            "httpx2": {"level": "WARNING"},
            "openai": {"level": "WARNING"},
            "asyncio": {"level": "WARNING"},
        },
    }
