"""The e-mail channel: SMTP to whatever server is configured, over a few connections that are kept open."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

import aiosmtplib

from engine.activities.base import Mail
from engine.delivery.channels import Receipt, SendFailed
from engine.delivery.wire import on_the_wire

MOST_CONNECTIONS = 16
MOST_MAILS = 200  # over one connection; servers like a fresh one now and then
LONGEST_IDLE = 20.0  # seconds; servers hang up on whoever says nothing for a while
REPLIES = range(200, 600)  # aiosmtplib says -1 for what is no reply
PERMANENT = range(500, 600)  # RFC 5321, section 4.2.1: a 5yz reply will not change by asking again


@dataclass(slots=True)
class Line:
    """An open connection to the mail server."""

    client: "_Client"
    sent: int = 0
    used_at: float = 0.0

    def hang_up(self) -> None:
        if self.client.is_connected:
            self.client.close()


class _Client(aiosmtplib.SMTP):
    """Knows whether the message itself was begun: what breaks off after that may have arrived."""

    has_begun = False

    async def data(self, *given: Any, **named: Any) -> aiosmtplib.SMTPResponse:
        self.has_begun = True
        return await super().data(*given, **named)


class EmailChannel:
    """Sends `Mail`. The Message-ID is made from the delivery's id, so that a repetition can be told."""

    def __init__(self, *, server: dict[str, Any], sender: str) -> None:
        self.places = asyncio.Semaphore(MOST_CONNECTIONS)
        self._server = server
        self._sender = sender
        self._idle: list[Line] = []

    async def send(self, thing: Mail, *, key: str) -> Receipt:
        message = on_the_wire(thing, sender=self._sender, key=key)
        line = self._idle_line()
        try:
            if line is not None:
                try:
                    return await self._send(line, message, thing.to)
                except aiosmtplib.SMTPServerDisconnected:
                    if line.client.has_begun:
                        raise
                    # The server hung up on an idle connection: that says nothing about this mail.
            line = None
            line = await self._new_line()
            return await self._send(line, message, thing.to)
        except aiosmtplib.SMTPRecipientsRefused as error:
            refusal = error.recipients[0]
            said = f"The server refused the address: {refusal.code} {refusal.message}"
            raise SendFailed(str(refusal.code), said, can_retry=refusal.code not in PERMANENT) from error
        except aiosmtplib.SMTPResponseException as error:
            if error.code not in REPLIES:
                raise _broken_off(line, "error", f"The mail server does not speak SMTP: {error.message}") from error
            said = f"The mail server said {error.code} {error.message}"
            raise SendFailed(str(error.code), said, can_retry=error.code not in PERMANENT) from error
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            code = "timedOut" if isinstance(error, aiosmtplib.SMTPTimeoutError) else "error"
            raise _broken_off(line, code, f"The mail server cannot be reached: {error}") from error

    async def _send(self, line: Line, message: bytes, recipient: str) -> Receipt:
        line.client.has_begun = False
        try:
            options = [] if recipient.isascii() else ["SMTPUTF8", "BODY=8BITMIME"]
            await line.client.sendmail(self._sender, [recipient], message, mail_options=options)
        except aiosmtplib.SMTPRecipientsRefused:
            self._keep(line)
            raise
        except BaseException:
            line.hang_up()
            raise
        line.sent += 1
        self._keep(line)
        return Receipt()

    async def _new_line(self) -> Line:
        client = _Client(timeout=15, **self._server)
        try:
            await client.connect()
        except BaseException:
            client.close()
            raise
        return Line(client)

    def _idle_line(self) -> Line | None:
        """The connection used last, if it is fresh enough; older ones are hung up."""
        oldest = time.monotonic() - LONGEST_IDLE
        while self._idle:
            line = self._idle.pop()
            if line.client.is_connected and line.used_at > oldest:
                return line
            line.hang_up()
        return None

    def _keep(self, line: Line) -> None:
        if line.sent < MOST_MAILS and line.client.is_connected:
            line.used_at = time.monotonic()
            self._idle.append(line)
        else:
            line.hang_up()

    async def close(self) -> None:
        while self._idle:
            self._idle.pop().hang_up()


def _broken_off(line: Line | None, code: str, said: str) -> SendFailed:
    has_begun = line is not None and line.client.has_begun
    return SendFailed(code, said, can_retry=True, may_have_arrived=has_begun)
