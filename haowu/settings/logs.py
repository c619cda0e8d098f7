"""Logs: one line of JSON each, or plain lines in development."""

from haowu.settings.environment import DEVELOPMENT, env

LOG_FORMAT = env.str("LOG_FORMAT", default="line" if DEVELOPMENT else "json")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "haowu.web.logs.WithRequestId"}},
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(request_id)s %(message)s"},
        "json": {"()": "haowu.web.logs.JsonLines"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["request_id"]}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
    "loggers": {"haowu.approvals.chain": {"level": "INFO"}},
}
"""``LOG_FORMAT``: ``json`` (one object a line) outside of development, ``line`` there. No personal data in either."""
