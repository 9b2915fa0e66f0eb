"""Every error of the API, from anywhere, in one shape: code, message, hint, problems."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from engine.errors import JourneyOptError


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. An error nobody foresaw is left to Django: a 500, logged with its trace."""
    if isinstance(error, JourneyOptError):
        return Response(
            {
                "code": error.code,
                "message": error.message,
                "hint": error.hint,
                "problems": [problem.as_json() for problem in error.problems],
                **error.extra,
            },
            status=error.status,
        )
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    response = exception_handler(error, context)
    if response is None:
        return None
    code = getattr(error, "default_code", "error")
    response.data = {
        "code": code,
        "message": _sentence(response.data),
        "hint": HINTS.get(code, ""),
        "problems": _problems(response.data),
    }
    return response


HINTS = {
    "not_authenticated": "Log in, or send the session cookie.",
    "not_found": "It may have been deleted, or it belongs to another sandbox.",
    "permission_denied": "Ask an administrator for the role that may do this.",
    "parse_error": "Send JSON.",
}


def _sentence(data: Any) -> str:
    if isinstance(data, dict) and "detail" in data:
        return str(data["detail"])
    return "What was sent is not right; `problems` says where."


def _problems(data: Any) -> list[dict[str, Any]]:
    if not isinstance(data, dict) or "detail" in data:
        return []
    return [
        {"code": "invalid", "severity": "error", "message": str(message), "hint": "", "node": None, "field": field,
         "line": None, "column": None}
        for field, messages in data.items()
        for message in (messages if isinstance(messages, list) else [messages])
    ]  # fmt: skip
