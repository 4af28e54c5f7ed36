"""`manage.py fill_store`: copy the media folder into the store in the settings."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from clustering import store
from clustering.files import FETCHED_AT_ONCE
from clustering.management.base import DeskCommand

_TOLD_EACH = 1000


class Command(DeskCommand):
    """Copies scans and thumbnails into the store, those that it lacks."""

    help = "Copy scans and thumbnails from the media folder to HHREVIEW_STORE_BUCKET. Safe to run again at any time."

    def handle(self, **options: Any) -> None:
        """Copy, and say how many were copied and how many were there."""
        if not store.is_elsewhere():
            raise CommandError("HHREVIEW_STORE_BUCKET is not set, so scans stay in the media folder. Set it first.")
        root = Path(settings.MEDIA_ROOT)
        paths = [path for path in store.kept_files(root) if path.relative_to(root).parts[0] != "shown"]
        copied = 0
        try:
            with ThreadPoolExecutor(FETCHED_AT_ONCE) as pool:
                for number, was_copied in enumerate(pool.map(_copy, paths), start=1):
                    copied += was_copied
                    if number % _TOLD_EACH == 0:
                        self.stdout.write(f"{number} of {len(paths)} files")
        except store.StoreAway as error:
            raise CommandError(f"{error} {copied} files were copied. Then run this again; it continues.") from error
        self.stdout.write(f"Copied {copied} files. {len(paths) - copied} were already there.")


def _copy(path: Path) -> bool:
    """Put one file into the store unless it is there; whether it was put."""
    if store.has(path):
        return False
    store.put(path)
    return True
