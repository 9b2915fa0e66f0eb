"""Real couriers and a real mail server, for tests in which deliveries are made."""

import asyncio
import threading
from functools import partial

import pytest
from aiosmtpd.smtp import SMTP
from django.db import connections

from engine.delivery.courier import Courier
from engine.delivery.email import EmailChannel
from engine.delivery.http import HttpChannel


class Post:
    """A real SMTP server in a thread. `answers` gets each recipient's address and says what RCPT is answered."""

    def __init__(self):
        self.mails = []
        self.answers = lambda address: "250 OK"
        self.connections = 0
        self._open = []
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self.answers(address)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):
        self.mails.append((envelope.rcpt_tos[0], envelope.content.decode()))
        return "250 OK"

    def _protocol(self):
        self.connections += 1
        self._open.append(SMTP(self, loop=self._loop, enable_SMTPUTF8=True))
        return self._open[-1]

    def hangs_up(self):
        """On everybody who is connected."""
        for one in self._open:
            if one.transport is not None:
                self._loop.call_soon_threadsafe(one.transport.close)

    def __enter__(self):
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(
            self._loop.create_server(self._protocol, "127.0.0.1", self.port), self._loop
        )
        self.port = self._server.result(10).sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._server.result().close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()


@pytest.fixture
def post():
    with Post() as post:
        yield post


@pytest.fixture
def carry(shop):
    """`deliver` for this shop."""
    return partial(deliver, shop)


def deliver(shop, is_done, *, port=9, concurrency=20, couriers=1, timeout=20.0):
    """Run couriers until `is_done`, the engine taking in what it reports."""
    asyncio.run(asyncio.wait_for(_carry(shop, is_done, port, concurrency, couriers), timeout))


async def _carry(shop, is_done, port, concurrency, number):
    couriers = [_courier(port, concurrency) for _ in range(number)]
    running = [asyncio.create_task(courier.run()) for courier in couriers]
    try:
        while not await asyncio.to_thread(_asked, is_done):
            for task in running:
                if task.done():
                    task.result()
                    raise AssertionError("a courier ended")
            await asyncio.to_thread(shop.runs)
            await asyncio.sleep(0.02)
    finally:
        for courier in couriers:
            courier.stop()
        await asyncio.gather(*running)


def _asked(is_done):
    try:
        return is_done()
    finally:
        connections.close_all()  # of this thread


def _courier(port, concurrency):
    server = {"hostname": "127.0.0.1", "port": port, "use_tls": False, "start_tls": False}
    return Courier(
        channels={
            "email": EmailChannel(server=server, sender="shop@example.org"),
            "http": HttpChannel(connections=concurrency),
        },
        concurrency=concurrency,
    )
