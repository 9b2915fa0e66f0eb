"""Create the first administrator of a new installation, so that somebody can log in."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

NAME = "admin"


def create_first_administrator(*, now: datetime) -> User:
    """The first superuser there is; on a new installation `admin`, who logs in with ADMIN_PASSWORD."""
    with transaction.atomic():
        found = User.objects.filter(is_superuser=True, is_active=True).order_by("pk").first()
        return found or User.objects.create_superuser(NAME, password=settings.ADMIN_PASSWORD, date_joined=now)
