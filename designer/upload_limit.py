"""How much a request may bring, and who may send a file: Django writes a whole body to a temporary file before it
asks who sends it.
"""

import io
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any

import orjson
from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.core.handlers.asgi import ASGIRequest

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


MOST = 20_000_000  # bytes of a request that brings no file: a journey has 4 MB at most
FILES = "/import/"  # how addresses end that take the file of a list


def bounded(
    application: Application, *, files: int, others: int = MOST, knows: Callable[[Scope], Awaitable[bool]]
) -> Application:
    """The same ASGI application; what brings more bytes is answered 413, and read no further.

    `files`: the most where the file of a list is taken, `others`: anywhere else. `knows`: whether who sends a file is
    logged in; of anybody else nothing is read, and the answer is 403.
    """

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        is_file = scope["path"].endswith(FILES)
        if is_file and not await knows(scope):
            await _answer(
                send, 403, "not_authenticated", "Authentication credentials were not provided.",
                "Log in, or send the session cookie.",
            )  # fmt: skip
            return
        most = files if is_file else others
        said = dict(scope["headers"]).get(b"content-length", b"")
        if said.isdigit() and int(said) > most:
            await _refuse(send, most, is_file)
            return
        length = 0

        async def counted() -> Message:
            nonlocal length
            if length > most:
                return {"type": "http.disconnect"}
            message = await receive()
            length += len(message.get("body", b""))
            return {"type": "http.disconnect"} if length > most else message

        await application(scope, counted, send)
        if length > most:
            await _refuse(send, most, is_file)

    return guarded


@database_sync_to_async
def is_logged_in(scope: Scope) -> bool:
    """Whether the session that a request names is somebody's. The request alone is looked at, and not its body."""
    request = ASGIRequest(scope, io.BytesIO())
    engine = import_module(settings.SESSION_ENGINE)
    request.session = engine.SessionStore(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    return get_user(request).is_authenticated


async def _refuse(send: Send, most: int, is_file: bool) -> None:
    await _answer(
        send, 413, "list.too_large" if is_file else "request.too_large",
        f"A request may have {most:,} bytes at most.",
        "Split the file: the first part replaces the list, the others add." if is_file else "Send less.",
    )  # fmt: skip


async def _answer(send: Send, status: int, code: str, message: str, hint: str) -> None:
    """What is refused, in the shape of every error; the rest of the body is not wanted."""
    body = orjson.dumps({"code": code, "message": message, "hint": hint, "problems": []})
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()),
               (b"connection", b"close")]  # fmt: skip
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
