"""The local mail server, as a process, spoken to by a real SMTP client."""

import smtplib
from email.message import EmailMessage

import pytest

from engine.models import CaughtMail
from tests.processes import Product


@pytest.fixture
def catcher(committed, tmp_path):
    product = Product(tmp_path)
    product.start("mail")
    yield product
    product.stop()


def test_a_mail_is_in_the_database_when_the_sender_is_told_that_it_was_taken(catcher):
    mail = EmailMessage()
    mail["From"], mail["To"] = "shop@example.org", "ana@example.org"
    mail["Subject"], mail["Message-ID"] = "Schöne Grüße", "<17@example.org>"
    mail.set_content("Hello Ana")

    with smtplib.SMTP("127.0.0.1", catcher.smtp_port) as client:
        client.send_message(mail)

    caught = CaughtMail.objects.get()
    assert (caught.sender, caught.recipient) == ("shop@example.org", "ana@example.org")
    assert (caught.subject, caught.message_id) == ("Schöne Grüße", "<17@example.org>")
    assert "Hello Ana" in caught.source


def test_what_is_hardly_a_mail_is_kept_all_the_same(catcher):
    with smtplib.SMTP("127.0.0.1", catcher.smtp_port) as client:
        client.sendmail("a@example.org", ["b@example.org", "c@example.org"], b"Subject: =?bad?\r\n\x00\xff not a mail")

    assert sorted(CaughtMail.objects.values_list("recipient", flat=True)) == ["b@example.org", "c@example.org"]
