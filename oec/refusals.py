"""How requests that were refused look in the log."""

import logging


class OneLine(logging.Filter):
    """A traceback tells of a defect; a refusal is none, and one line says it."""

    def filter(self, record: logging.LogRecord) -> bool:
        is_refusal = 400 <= getattr(record, "status_code", 0) < 500
        if is_refusal and record.name.startswith(("django.request", "django.security")):
            record.exc_info, record.exc_text = None, None
        return True
