"""A body that is too large, or whose sender nobody knows, is refused before it is written anywhere."""

import contextlib
import json
import socket
from urllib.parse import urlparse

import pytest
from django.contrib.auth.models import User
from django.test import Client

from designer.upload_limit import bounded
from tests.processes import Product

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


async def anybody(scope):
    return True


async def nobody(scope):
    return False


async def ask(sender, path=LIST, knows=anybody, **headers):
    lines = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "path": path, "headers": lines}
    await bounded(reads_all, files=MOST, others=FEWER, knows=knows)(scope, sender.receive, sender.send)
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


async def test_of_somebody_nobody_knows_no_file_is_read():
    sender = Sender(b"x" * 500)

    status, body = await ask(sender, knows=nobody)

    assert (status, json.loads(body)["code"]) == (403, "not_authenticated")
    assert len(sender.pieces) == 1
    assert await ask(Sender(b"x" * 100), PAGE, knows=nobody) == (200, b"100")


def send(product, path, headers, megabytes):
    """Send a body of so many MB; how many MB were taken before there was an answer, and the answer."""
    address = urlparse(product.url)
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    sent, piece, answer = 0, b"id\n" * 333_333 + b"\n", b""
    with socket.create_connection((address.hostname, address.port), 30) as wire:
        length = megabytes * len(piece)
        wire.sendall(
            f"POST {path} HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Length: {length}\r\n"
            f"Content-Type: text/csv\r\n{lines}\r\n".encode()
        )
        wire.settimeout(5)
        with contextlib.suppress(OSError):  # it takes no more
            for _ in range(megabytes):
                wire.sendall(piece)
                sent += 1
        with contextlib.suppress(OSError):  # reset, with what was sent unread
            answer = wire.recv(4_096)
    return sent, answer


def test_the_web_server_takes_no_file_of_somebody_who_is_not_logged_in(committed, tmp_path):
    User.objects.create_user("ada", password="correct horse")
    client = Client()
    client.login(username="ada", password="correct horse")
    session, token = client.cookies["sessionid"].value, "k" * 32
    known = {"Cookie": f"sessionid={session}; csrftoken={token}", "X-CSRFToken": token}
    product = Product(tmp_path)
    product.start("web")
    answers = []
    try:
        for path in ("/api/audiences/import/?name=x", LIST):
            for headers in ({}, {"Cookie": f"sessionid={'x' * 32}"}, {"Authorization": "Bearer x"}):
                sent, answer = send(product, path, headers, 200)
                assert sent < 20  # what stands in the buffers between the two
                answers.append(answer[:13])
        assert b"HTTP/1.1 403 " in answers
        assert set(answers) <= {b"HTTP/1.1 403 ", b""}
        sent, answer = send(product, LIST, known, 30)
        assert (sent, answer.split()[1]) == (30, b"404")  # read whole; there is no such list
    finally:
        product.stop()
