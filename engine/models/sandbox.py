"""A sandbox: everything belongs to exactly one, and nothing is seen from another."""

from django.db import models


class Sandbox(models.Model):
    class Kind(models.TextChoices):
        PRODUCTION = "production", "Production"
        DEVELOPMENT = "development", "Development"

    name = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.DEVELOPMENT)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "sandboxes"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.title
