"""The e-mail channel: SMTP to whatever server is configured, over a few connections that are kept open."""

import asyncio
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate
from typing import Any

import aiosmtplib

from engine.activities.base import Mail
from engine.delivery.channels import Receipt, SendFailed

MOST_CONNECTIONS = 8
MOST_MAILS = 200  # over one connection; servers like a fresh one now and then
PERMANENT = range(500, 600)  # RFC 5321, section 4.2.1: a 5yz reply will not change by asking again


class EmailChannel:
    """Sends `Mail`. The Message-ID is made from the delivery's id, so that a repetition can be told."""

    def __init__(self, *, server: dict[str, Any], sender: str) -> None:
        self._server = server
        self._sender = sender
        self._domain = sender.rpartition("@")[2]
        self._idle: list[tuple[aiosmtplib.SMTP, int]] = []
        self._places = asyncio.Semaphore(MOST_CONNECTIONS)

    async def send(self, thing: Mail, *, key: str) -> Receipt:
        message = self.message(thing, key=key)
        async with self._places:
            client, sent = self._idle.pop() if self._idle else (None, 0)
            try:
                if client is None or not client.is_connected:
                    client, sent = aiosmtplib.SMTP(timeout=15, **self._server), 0
                    await client.connect()
                await client.send_message(message, sender=self._sender, recipients=[thing.to])
            except aiosmtplib.SMTPRecipientsRefused as error:
                refusal = error.recipients[0]
                assert client is not None
                self._keep(client, sent)
                raise SendFailed(
                    str(refusal.code), f"The server refused the address: {refusal.code} {refusal.message}",
                    can_retry=refusal.code not in PERMANENT,
                ) from error  # fmt: skip
            except aiosmtplib.SMTPResponseException as error:
                await _hang_up(client)
                raise SendFailed(
                    str(error.code), f"The mail server said {error.code} {error.message}",
                    can_retry=error.code not in PERMANENT,
                ) from error  # fmt: skip
            except (aiosmtplib.SMTPException, OSError, ValueError) as error:
                await _hang_up(client)
                late = isinstance(error, aiosmtplib.SMTPTimeoutError)
                raise SendFailed(
                    "timedOut" if late else "error", f"The mail server cannot be reached: {error}", can_retry=True
                ) from error
            except BaseException:
                await _hang_up(client)
                raise
            self._keep(client, sent + 1)
            return Receipt()

    def message(self, mail: Mail, *, key: str) -> EmailMessage:
        """The message as it goes over the wire (RFC 5322): text first, HTML as the richer alternative."""
        message = EmailMessage()
        user, _, domain = self._sender.rpartition("@")
        message["From"] = Address(mail.from_name, user, domain) if mail.from_name else self._sender
        message["To"] = mail.to
        message["Subject"] = mail.subject
        message["Message-ID"] = f"<{key}@{self._domain}>"
        message["Date"] = formatdate()
        message.set_content(mail.text or " ")
        if mail.html:
            message.add_alternative(mail.html, subtype="html")
        return message

    async def close(self) -> None:
        for client, _ in self._idle:
            await _hang_up(client)
        self._idle.clear()

    def _keep(self, client: aiosmtplib.SMTP, sent: int) -> None:
        if sent < MOST_MAILS:
            self._idle.append((client, sent))
        else:
            client.close()


async def _hang_up(client: aiosmtplib.SMTP | None) -> None:
    if client is not None and client.is_connected:
        client.close()
