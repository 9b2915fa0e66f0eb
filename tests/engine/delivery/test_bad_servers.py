"""Servers that hang, hang up, answer half or far too much: the courier says what was wrong, and the journey goes on."""

import asyncio
import socket
import struct

import pytest

from engine.delivery import courier as couriers
from engine.delivery import email as emails
from engine.delivery.http import MOST_RESPONSE
from engine.models import Delivery
from tests.engine.delivery.test_courier import attributes, nobody_is_inside, publish_call, publish_mail
from tests.sinks import RudeServer

TEN_MEGABYTES = 10 * 1024 * 1024


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch):
    monkeypatch.setattr(couriers, "PAUSES", (0.01, 0.02, 0.03))


def delivery() -> tuple:
    return Delivery.objects.values_list("state", "error_code", "outcomes_unknown", "duplicates_prevented").get()


def reset(writer: asyncio.StreamWriter) -> None:
    """End with RST, as a machine does that has forgotten the connection."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def request(reader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    length = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")]
    if length:
        await reader.readexactly(int(length[0].partition(b":")[2]))


async def hangs(reader, writer):
    await request(reader)
    await asyncio.sleep(30)


async def resets(reader, writer):
    await request(reader)
    reset(writer)


async def hangs_up(reader, writer):
    await request(reader)


async def answers_half(reader, writer):
    await request(reader)
    writer.write(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"half": ')
    await writer.drain()


async def speaks_no_http(reader, writer):
    await request(reader)
    writer.write(b"* OK IMAP4rev1 ready\r\n\r\n")
    await writer.drain()


@pytest.mark.parametrize(
    ("behaves", "code", "tries", "unknown"),
    [(hangs, "timedOut", 1, 0), (resets, "error", 4, 3), (hangs_up, "error", 4, 3), (answers_half, "error", 4, 3),
     (speaks_no_http, "error", 4, 3)],
)  # fmt: skip
def test_a_call_that_breaks_off_says_so_and_counts_what_may_have_arrived(shop, carry, behaves, code, tries, unknown):
    with RudeServer(behaves) as server:
        publish_call(shop, server.url, timeout="PT1S")
        shop.tracks("Order", "ana")
        shop.runs()
        carry(nobody_is_inside)

    assert attributes() == {"failed": code}
    assert (delivery(), server.connections) == (("failed", code, unknown, 0), tries)


def test_a_call_that_never_left_is_tried_again_and_not_counted_as_unknown(shop, carry):
    publish_call(shop, "http://127.0.0.1:9/")
    shop.tracks("Order", "ana")
    shop.runs()
    carry(nobody_is_inside)

    assert delivery() == ("failed", "error", 0, 0)


def test_of_an_answer_of_ten_megabytes_no_more_is_read_than_is_needed(shop, carry):
    written = 0

    async def answers_far_too_much(reader, writer):
        nonlocal written
        await request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % TEN_MEGABYTES)
        for _ in range(TEN_MEGABYTES // 65_536):
            writer.write(b"x" * 65_536)
            await writer.drain()
            written += 65_536

    with RudeServer(answers_far_too_much) as server:
        publish_call(shop, server.url)
        shop.tracks("Order", "ana")
        shop.runs()
        carry(nobody_is_inside)

    assert attributes() == {"called": "http_200"}
    assert Delivery.objects.get().response is None
    assert MOST_RESPONSE < written < TEN_MEGABYTES, "the rest stayed where it was; what was sent lay in the buffers"


def mail_server(*, goes_on: int = 9, then=None):
    """Speaks SMTP for so many commands; `then` says what it does with the next one."""

    async def behaves(reader, writer):
        writer.write(b"220 here\r\n")
        for answered in range(goes_on + 1):
            line = await reader.readline()
            if answered == goes_on or not line:
                break
            if line.upper().startswith(b"DATA"):
                writer.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                break
            writer.write(b"250 fine\r\n")
        if then is not None:
            await then(reader, writer)

    return behaves


async def sleeps(reader, writer):
    await asyncio.sleep(30)


async def resets_now(reader, writer):
    reset(writer)


async def half_a_reply(reader, writer):
    writer.write(b"25")
    await writer.drain()


async def ten_megabytes(reader, writer):
    for _ in range(TEN_MEGABYTES // 65_536):
        writer.write(b"2" * 65_536)
        await writer.drain()


@pytest.mark.parametrize(
    ("behaves", "code", "unknown"),
    [
        (mail_server(goes_on=1, then=resets_now), "error", 0),  # before the message
        (mail_server(), "error", 3),  # hung up on after the message, without a word
        (mail_server(then=resets_now), "error", 3),
        (mail_server(then=half_a_reply), "error", 3),
        (mail_server(then=ten_megabytes), "error", 3),
    ],
    ids=["reset at once", "hung up on", "reset", "half a reply", "ten megabytes"],
)
def test_a_mail_that_breaks_off_says_so_and_counts_what_may_have_arrived(shop, carry, behaves, code, unknown):
    with RudeServer(behaves) as server:
        publish_mail(shop)
        shop.identifies("ana", email="ana@example.org")
        shop.tracks("Order", "ana")
        shop.runs()
        carry(nobody_is_inside, port=server.port)

    assert delivery() == ("failed", code, unknown, 0)
    assert attributes()["failed"] == code


def test_a_mail_server_that_hangs_is_waited_for_no_longer_than_the_action_may_take(shop, carry):
    with RudeServer(mail_server(then=sleeps)) as server:
        publish_mail(shop, properties={"activity_timeout": "PT1S"})
        shop.identifies("ana", email="ana@example.org")
        shop.tracks("Order", "ana")
        shop.runs()
        carry(nobody_is_inside, port=server.port)

    assert delivery() == ("failed", "timedOut", 0, 0)
    assert attributes()["failed"] == "timedOut"


def test_a_server_that_hung_up_on_an_idle_connection_says_nothing_about_the_next_mail(shop, carry, post, monkeypatch):
    monkeypatch.setattr(emails, "LONGEST_IDLE", 3600.0)
    publish_mail(shop)
    for user in ("ana", "ben"):
        shop.identifies(user, email=f"{user}@example.org")
    shop.tracks("Order", "ana")
    shop.runs()

    def second_comes_later() -> bool:
        if len(post.mails) == 1 and Delivery.objects.count() == 1:
            post.hangs_up()
            shop.tracks("Order", "ben")
        return len(post.mails) == 2 and nobody_is_inside()

    carry(second_comes_later, port=post.port)

    assert list(Delivery.objects.values_list("state", "outcomes_unknown")) == [("sent", 0), ("sent", 0)]
