"""`manage.py forget_data`: an empty data folder again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from hhreview.local import data_folder, forget
from hhreview.servers.starting import ServerFailed, ServerPaths


class Command(BaseCommand):
    """Deletes the embedded database, the broker's files, the media and the demo's log-in."""

    help = "Delete all collections, documents, changes, and accounts in the embedded database. This can’t be undone."
    requires_system_checks = ()

    def handle(self, **options: Any) -> None:
        """Delete, and print what was deleted."""
        paths = ServerPaths(data_folder())
        try:
            gone = forget(paths)
        except ServerFailed as failure:
            raise CommandError(str(failure)) from failure
        if gone:
            self.stdout.write(f"Deleted {', '.join(gone)} in {paths.data}.")
        else:
            self.stdout.write(f"{paths.data} has nothing to delete.")
