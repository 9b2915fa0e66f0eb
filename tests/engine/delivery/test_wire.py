"""A mail that we write by hand reads as it was meant in the standard library."""

from email import message_from_bytes
from email.policy import default

import pytest

from engine.activities.base import Mail
from engine.delivery.wire import on_the_wire

LONG = "word " * 400
TEXTS = ["Hi", "Grüße, 世界 🎉", "a=b =3D", "  spaced  ", ".\n.dot\n..", "one\r\ntwo\rthree", LONG, "é" * 3_000]
SUBJECTS = ["Hi", "Grüße an 世界 🎉", "é" * 300, LONG.strip(), "a\r\nBcc: all@example.org", ""]


def read(**fields):
    mail = Mail(**{"to": "ana@example.org", "subject": "Hi", "html": "<p>Hi</p>", "text": "Hi", **fields})
    raw = on_the_wire(mail, sender="shop@example.org", key="77")
    assert raw.replace(b"\r\n", b"").count(b"\n") == raw.replace(b"\r\n", b"").count(b"\r") == 0
    assert max(map(len, raw.split(b"\r\n"))) < 998
    return message_from_bytes(raw, policy=default)


def body(message, kind):
    """A body as it was before it got the line ends of the wire."""
    return message.get_body((kind,)).get_content().replace("\r\n", "\n").removesuffix("\n")


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
@pytest.mark.parametrize("html", ["", "<p>Grüße\n.</p>"])
def test_the_body_arrives_as_it_was_written(text, html):
    message = read(text=text, html=html)
    expected = text.replace("\r\n", "\n").replace("\r", "\n")

    assert body(message, "plain") == expected
    if html:
        assert message.get_content_type() == "multipart/alternative"
        assert body(message, "html") == html


@pytest.mark.parametrize("subject", SUBJECTS, ids=range(len(SUBJECTS)))
def test_the_subject_arrives_and_cannot_add_a_header(subject):
    message = read(subject=subject)

    assert message["Subject"] == " ".join(subject.split())
    assert "Bcc" not in message


@pytest.mark.parametrize("name", ["The Shop", 'The "best" Shop, Ltd.', "Größe", "A\r\nBcc: all@example.org"])
def test_the_senders_name(name):
    message = read(from_name=name)

    (address,) = message["From"].addresses
    assert (address.display_name, address.addr_spec) == ("".join(name.splitlines()), "shop@example.org")
    assert "Bcc" not in message


def test_what_names_it():
    message = read()

    assert message["Message-ID"] == "<77@example.org>"
    assert message["To"] == "ana@example.org"
    assert message["Date"]
    assert read(to="änna@example.org")["To"] == "änna@example.org"
