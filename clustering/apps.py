"""The one app: collections, pages, groups, and the way from scans to documents."""

from __future__ import annotations

from django.apps import AppConfig


class ClusteringConfig(AppConfig):
    """Registers the system checks."""

    name = "clustering"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import the checks, so that `manage.py check` runs them."""
        from clustering import checks  # noqa: F401 - registering is the import's effect
