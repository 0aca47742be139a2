"""Registration of the app."""

from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "tenure.desk.kit"
    label = "kit"

    def ready(self) -> None:
        """Make our lookups known."""
        from tenure.desk.kit import lookups  # noqa: F401
