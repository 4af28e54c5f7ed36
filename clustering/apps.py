"""The one app: collections, pages, groups, and the way from scans to documents."""

from __future__ import annotations

from django.apps import AppConfig


class ClusteringConfig(AppConfig):
    """Registers the system checks and the verbs."""

    name = "clustering"
    verbose_name = "hhreview"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import the checks, so that `manage.py check` runs them, and the verbs, so that the history knows them."""
        from clustering import actions, checks  # noqa: F401 - registering is the import's effect
