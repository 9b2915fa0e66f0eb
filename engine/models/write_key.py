"""A write key: what a program shows to send events into a sandbox. Only its digest is kept."""

import hashlib
import secrets

from django.db import models

from engine.models.sandbox import Sandbox


class WriteKey(models.Model):
    sandbox = models.ForeignKey(Sandbox, on_delete=models.CASCADE, related_name="write_keys")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    last_four = models.CharField(max_length=4, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=150, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} (…{self.last_four})"


def draw() -> str:
    """A new key: 32 random letters and digits, so that it survives headers, addresses and copy and paste."""
    alphabet = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    return "".join(secrets.choice(alphabet) for _ in range(32))


def digest_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
