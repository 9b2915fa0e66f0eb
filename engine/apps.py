from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class EngineConfig(AppConfig):
    name = "engine"
    verbose_name = "Engine"

    def ready(self) -> None:
        post_migrate.connect(_schedule, dispatch_uid="engine.tasks")


def _schedule(*, app_config: AppConfig, **_: Any) -> None:
    if app_config.label == "django_q":  # whose tables are the last that the jobs need
        from engine import tasks

        tasks.schedule()
