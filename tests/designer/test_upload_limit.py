"""A body that is too large is refused before it is written anywhere, whether its sender says so or not."""

import json

import pytest

from designer.upload_limit import bounded

MOST, FEWER = 1_000, 100
LIST, PAGE = "/api/audiences/7/import/", "/audiences/new/"


class Sender:
    """A client at the other end of an ASGI server: what it sent, and what it was answered."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = list(pieces)
        self.answers: list[dict] = []

    async def receive(self):
        piece = self.pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(self.pieces)}

    async def send(self, message):
        self.answers.append(message)


async def reads_all(scope, receive, send):
    """An application that takes the whole body in first, as Django does, and says how long it is."""
    length = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        length += len(message["body"])
        if not message["more_body"]:
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(length).encode()})


async def ask(sender, path=LIST, **headers):
    lines = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "path": path, "headers": lines}
    await bounded(reads_all, files=MOST, others=FEWER)(scope, sender.receive, sender.send)
    start, body = sender.answers
    return start["status"], body["body"]


async def test_what_says_that_it_is_too_large_is_not_read():
    sender = Sender(b"x" * 500, b"x" * 501)

    status, body = await ask(sender, **{"content-length": "1001"})

    assert (status, json.loads(body)["code"]) == (413, "list.too_large")
    assert len(sender.pieces) == 2


async def test_what_turns_out_to_be_too_large_is_read_no_further():
    sender = Sender(b"x" * 500, b"x" * 501, b"x", b"x")

    status, _ = await ask(sender)

    assert status == 413
    assert len(sender.pieces) == 2


@pytest.mark.parametrize("headers", [{}, {"content-length": "1000"}, {"content-length": "nonsense"}])
async def test_what_is_not_too_large_passes(headers):
    assert await ask(Sender(b"x" * 500, b"x" * 500), **headers) == (200, b"1000")


async def test_what_brings_no_file_may_bring_less():
    status, body = await ask(Sender(b"x" * 90, b"x" * 11), PAGE)

    assert (status, json.loads(body)["code"]) == (413, "request.too_large")
    assert await ask(Sender(b"x" * 90, b"x" * 10), PAGE) == (200, b"100")
