"""The local mail server: takes in every mail, keeps it for a person to read, and sends nothing on."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from typing import Any

from aiosmtpd.controller import UnthreadedController
from aiosmtpd.smtp import SMTP, Envelope, Session

from engine import clock
from engine.models import CaughtMail

MOST_AT_ONCE = 500  # mails in one INSERT
LARGEST = 10 * 1024 * 1024  # bytes of one mail


@dataclass(slots=True)
class _Taken:
    mail: CaughtMail
    is_kept: asyncio.Future[None]


class MailCatcher:
    """An SMTP server on one address. A mail is answered with 250 after it is in the database, never before."""

    def __init__(self, *, hostname: str, port: int) -> None:
        self._hostname, self._port = hostname, port
        self._waiting: list[_Taken] = []
        self._something = asyncio.Event()

    async def run(self) -> None:
        """Serve until cancelled."""
        loop = asyncio.get_running_loop()
        controller = UnthreadedController(
            self, hostname=self._hostname, port=self._port, loop=loop, data_size_limit=LARGEST, enable_SMTPUTF8=True
        )
        server = await loop.create_server(controller.factory, self._hostname, self._port)
        async with server:
            await self._keep_all()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Called by aiosmtpd with one whole mail."""
        raw = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        kept = asyncio.get_running_loop().create_future()
        for recipient in envelope.rcpt_tos:
            mail = read(raw, sender=envelope.mail_from or "", recipient=recipient, now=clock.now())
            self._waiting.append(_Taken(mail, kept))
        self._something.set()
        await kept
        return "250 OK"

    async def _keep_all(self) -> None:
        while True:
            await self._something.wait()
            self._something.clear()
            while self._waiting:
                taken, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
                try:
                    await asyncio.to_thread(CaughtMail.objects.bulk_create, [one.mail for one in taken])
                except Exception as error:
                    for one in taken:
                        if not one.is_kept.done():
                            one.is_kept.set_exception(error)  # aiosmtpd answers 500, and the sender sees it
                else:
                    for one in taken:
                        if not one.is_kept.done():
                            one.is_kept.set_result(None)


def read(raw: bytes, *, sender: str, recipient: str, now: datetime) -> CaughtMail:
    """A mail as it came over the wire, with what a list of mails shows. A mail that cannot be read is kept as it is."""
    text = raw.decode("utf-8", "replace").replace("\0", "�")
    try:
        message = message_from_bytes(raw, policy=policy.default)
        subject, message_id = str(message.get("Subject", "")), str(message.get("Message-ID", ""))
    except Exception:  # the standard library raises what it likes at broken headers
        subject, message_id = "(unreadable)", ""
    return CaughtMail(
        received_at=now,
        message_id=_fit(message_id, 200),
        sender=_fit(sender, 320),
        recipient=_fit(recipient, 320),
        subject=_fit(subject, 998),
        source=text,
    )


def _fit(text: Any, length: int) -> str:
    return str(text).replace("\0", "�").strip()[:length]
