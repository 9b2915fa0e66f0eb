"""How much a request may bring: Django writes a whole body to a temporary file before it asks who sends it."""

from collections.abc import Awaitable, Callable
from typing import Any

import orjson

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


MOST = 20_000_000  # bytes of a request that brings no file: a journey has 4 MB at most
FILES = "/import/"  # how addresses end that take the file of a list


def bounded(application: Application, *, files: int, others: int = MOST) -> Application:
    """The same ASGI application; what brings more bytes is answered 413, and read no further.

    `files`: the most where the file of a list is taken, `others`: anywhere else.
    """

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        is_file = scope["path"].endswith(FILES)
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


async def _refuse(send: Send, most: int, is_file: bool) -> None:
    error = {
        "code": "list.too_large" if is_file else "request.too_large",
        "message": f"A request may have {most:,} bytes at most.",
        "hint": "Split the file: the first part replaces the list, the others add." if is_file else "Send less.",
        "problems": [],
    }
    body = orjson.dumps(error)
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()),
               (b"connection", b"close")]  # fmt: skip
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
