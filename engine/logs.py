"""What log lines carry beside their words: what they are about, by id. Never a name, an address or a payload."""

import logging

from django.conf import settings
from django.core.management.base import BaseCommand

log = logging.getLogger(__name__)


def about(
    *,
    sandbox: int | None = None,
    journey: int | None = None,
    version: int | None = None,
    instance: int | None = None,
    profile: int | None = None,
    delivery: int | None = None,
) -> dict[str, int]:
    """For `extra=`: with LOG_FORMAT=json each of these is a field of the line."""
    known = {
        "sandbox": sandbox,
        "journey": journey,
        "version": version,
        "instance": instance,
        "profile": profile,
        "delivery": delivery,
    }
    return {name: id for name, id in known.items() if id is not None}


def announce(command: BaseCommand, text: str) -> None:
    """Say that a process begins or ends: plainly on its output, or as one more line of a log that programs read."""
    if settings.LOG_FORMAT == "json":
        log.info(text)
    else:
        command.stdout.write(text)
