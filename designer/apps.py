from typing import Any

from django.apps import AppConfig
from django.apps import apps as installed
from django.apps.registry import Apps
from django.db.models.signals import post_migrate


class DesignerConfig(AppConfig):
    name = "designer"
    verbose_name = "Designer"

    def ready(self) -> None:
        post_migrate.connect(_schedule, dispatch_uid="designer.tasks")


def _schedule(*, app_config: AppConfig, apps: Apps = installed, **_: Any) -> None:
    """Once django-q2's tables are there, the last that the jobs need: `migrate designer` makes none of them."""
    if app_config.label == "django_q" and "schedule" in apps.all_models["django_q"]:
        from designer import tasks

        tasks.schedule()
