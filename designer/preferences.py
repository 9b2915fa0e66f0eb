"""What one user chose, kept between visits."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

from designer.models import UserPreference


def read(user: AbstractBaseUser | AnonymousUser, key: str, default: Any = None) -> Any:
    if not user.is_authenticated:
        return default
    found = UserPreference.objects.filter(user_id=user.pk, key=key).values_list("value", flat=True)
    return found[0] if found else default


def write(user: AbstractBaseUser | AnonymousUser, key: str, value: Any) -> None:
    if user.is_authenticated:
        UserPreference.objects.update_or_create(user_id=user.pk, key=key, defaults={"value": value})
