"""How requests that were refused look in the log."""

import logging

CSRF = "django.security.csrf"


class OneLine(logging.Filter):
    """A traceback tells of a defect; a refusal is none, and one line says it."""

    def filter(self, record: logging.LogRecord) -> bool:
        if not _is_refusal(record):
            return True
        record.exc_info, record.exc_text = None, None
        request = getattr(record, "request", None)
        if record.name == "django.request":
            return not hasattr(request, "refusal_is_told")
        if request is not None and record.name != CSRF:
            # Django tells the reason without the address, then that without the reason.
            request.refusal_is_told = True
            what = (record.getMessage(), request.method, request.path)
            record.msg, record.args = "%s: %s %r", what
        return True


def _is_refusal(record: logging.LogRecord) -> bool:
    is_of_requests = record.name.startswith(("django.request", "django.security"))
    return is_of_requests and 400 <= getattr(record, "status_code", 0) < 500
