"""`manage.py tune`: find the fastest arithmetic for the encoders on this machine."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from clustering.engine.encoders import EncoderUnavailable, choose_device, encoder_kind, get_encoder
from clustering.files import page_paths
from clustering.jobs.tuning import tune
from clustering.management.base import DeskCommand
from clustering.models import Page, Reading

FEWEST = 8


class Command(DeskCommand):
    """Measure each encoder on existing pages. Workers that start afterwards use the fastest runtime."""

    help = "Find the fastest way to compute embeddings on this machine. Import some pages first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add arguments."""
        parser.add_argument(
            "--encoder", action="append", help="Key of an encoder; can be repeated; default: those in the settings."
        )
        parser.add_argument("--pages", type=int, default=48, help="Pages to measure with; default 48.")

    def handle(self, **options: Any) -> None:
        """Measure, print a table for each encoder, and keep the winners."""
        keys = options["encoder"] or [key for key in (settings.ENCODER, settings.TEXT_ENCODER) if key]
        for key in keys:
            try:
                self._tune(key, options["pages"])
            except (EncoderUnavailable, ValueError) as error:
                raise CommandError(str(error)) from error

    def _tune(self, key: str, count: int) -> None:
        is_text = encoder_kind(key) == "text"
        items: list[Any] = (
            list(Reading.objects.exclude(text="").order_by("?").values_list("text", flat=True)[:count])
            if is_text
            else page_paths(list(Page.objects.order_by("?")[:count]))
        )
        if len(items) < FEWEST:
            needed = "read" if is_text else "imported"
            raise CommandError(f"{key} needs at least {FEWEST} pages that are {needed}. Do that first.")
        device = choose_device(None if settings.DEVICE == "auto" else settings.DEVICE)
        key = get_encoder(key, device=device).key
        self.stdout.write(f"{key} on {device}, {len(items)} pages:")
        tried = tune(
            key, device, items, lambda runtime, problem: self.stdout.write(f"  {runtime:14} not tried: {problem}")
        )
        best = max((each for each in tried if each.is_good), key=lambda each: each.rate)
        for each in tried:
            verdict = "kept" if each is best else "" if each.is_good else "too different from fp32"
            self.stdout.write(
                f"  {each.runtime:14} {each.rate:7.1f} a second, cosine {each.cosine:.4f}  {verdict}".rstrip()
            )
