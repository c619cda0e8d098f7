"""What stands in a log record: when, how grave, where, during which request, and the message. No personal data."""

import logging
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from haowu.web import request_ids

FIELDS = ("at", "level", "logger", "request_id", "message", "exc_info")


class WithRequestId(logging.Filter):
    """Gives each record its ``request_id``.

    Django logs refused answers after the outermost middleware has ended, and hangs the request on the record.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        record.request_id = getattr(request, "request_id", None) or request_ids.current()
        return True


class JsonLines(JsonFormatter):
    """One JSON object a record, of ``FIELDS`` alone: what a library hangs on one (a request, its user) stays out."""

    def __init__(self) -> None:
        super().__init__(
            "%(asctime)s %(levelname)s %(name)s %(request_id)s %(message)s",
            datefmt="%Y-%m-%dT%H:%M:%S%z",
            rename_fields={"asctime": "at", "levelname": "level", "name": "logger"},
            json_ensure_ascii=False,
        )

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        return {name: log_data[name] for name in FIELDS if name in log_data}
