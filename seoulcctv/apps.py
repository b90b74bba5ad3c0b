from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "seoulcctv"

    def ready(self) -> None:
        from . import signals  # noqa: F401  (connects the receivers)
