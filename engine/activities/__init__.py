"""The activities, found by looking: every module here that defines an `Activity` with a face is one."""

import importlib
import pkgutil
from functools import cache

from engine.activities.base import Activity


@cache
def all_types() -> dict[str, type[Activity]]:
    """Kind -> activity, for every activity there is."""
    found: dict[str, type[Activity]] = {}
    for module in pkgutil.iter_modules(__path__):
        for value in vars(importlib.import_module(f"{__name__}.{module.name}")).values():
            if isinstance(value, type) and issubclass(value, Activity) and "face" in vars(value):
                found[value.face.kind] = value
    return dict(sorted(found.items()))
