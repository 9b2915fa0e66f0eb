from django.apps import AppConfig


class JourneyOptConfig(AppConfig):
    name = "journeyopt"
    verbose_name = "JourneyOpt"

    def ready(self) -> None:
        from journeyopt import checks  # noqa: F401 (registers itself)
