"""`manage.py index_vectors`: indexes that find similar pages quickly among very many."""

from __future__ import annotations

import re
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from clustering.engine.memory import memory
from clustering.management.base import DeskCommand
from clustering.models import Embedding
from clustering.selectors import vector_index
from clustering.selectors.search_width import choose_width
from clustering.selectors.vector_index import CannotIndex

_UNITS = {"MB": 1 << 20, "GB": 1 << 30}


def memory_amount(text: str) -> int:
    """Return bytes for 512MB or 4GB. Raises ArgumentTypeError."""
    match = re.fullmatch(r"(\d{1,6})\s*(MB|GB)", text.strip(), re.IGNORECASE)
    size = int(match[1]) * _UNITS[match[2].upper()] if match else 0
    if not vector_index.LEAST_MEMORY <= size <= 1 << 40:
        raise ArgumentTypeError(
            f"{text!r} is not an amount of memory. Write 512MB or 4GB, for example; the minimum is 64MB."
        )
    return size


def workers(text: str) -> int:
    """Return a number from 0 to 64. Raises ArgumentTypeError."""
    if not text.isdecimal() or int(text) > 64:
        raise ArgumentTypeError(f"{text!r} is not a number of workers. Write one from 0 to 64.")
    return int(text)


class Command(DeskCommand):
    """Builds the vector index of each encoder that lacks one."""

    help = (
        "Build the vector indexes that find similar pages quickly in large archives. People can keep working meanwhile."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which, and with how much."""
        parser.add_argument("--encoder", default="", help="Only this encoder's index; default: all.")
        parser.add_argument(
            "--memory",
            type=memory_amount,
            help="Memory the database may use for the build, e.g. 4GB; default: what the build needs, up to 4GB, and "
            "with hhreview’s own database up to a quarter of the memory.",
        )
        parser.add_argument(
            "--workers", type=workers, default=2, help="Parallel workers for the build; default 2, 0 for none."
        )
        parser.add_argument("--rebuild", action="store_true", help="Rebuild existing indexes.")
        parser.add_argument("--drop", action="store_true", help="Delete the indexes instead.")

    def handle(self, **options: Any) -> None:
        """Build or drop the index of each encoder, and print its time and size."""
        held = vector_index.encoders()
        key = options["encoder"]
        if key and key not in held:
            known = f" There are vectors by: {', '.join(held)}." if held else " No page has been analyzed yet."
            raise CommandError(f"No vectors by {key}.{known}")
        if not held:
            self.stdout.write("No page has been analyzed yet, so there is nothing to index.")
        try:
            for encoder in [key] if key else held:
                self._index(encoder, options)
        except CannotIndex as error:
            raise CommandError(str(error)) from error

    def _index(self, encoder: str, options: dict[str, Any]) -> None:
        dimensions = vector_index.dimensions_of(encoder)
        if dimensions is None:
            return
        if options["drop"]:
            vector_index.drop_index(encoder, dimensions)
            self.stdout.write(f"{encoder}: deleted the index.")
        elif vector_index.is_indexed(encoder, dimensions) and not options["rebuild"]:
            self.stdout.write(f"{encoder}: already has an index. To rebuild it, add --rebuild.")
            self._measure(encoder, dimensions)
        else:
            self._build(encoder, dimensions, options)

    def _build(self, encoder: str, dimensions: int, options: dict[str, Any]) -> None:
        count = Embedding.objects.filter(encoder=encoder).count()
        needed = vector_index.memory_needed(count, dimensions)
        given = options["memory"] or min(needed, _most_memory())
        self.stdout.write(
            f"{encoder}: indexing {count:,} vectors of {dimensions} numbers with {_megabytes(given)} of memory."
        )
        if given < needed:
            self.stdout.write(
                f"  The build needs {_megabytes(needed)} to stay in memory. With less, it is much slower."
            )
        self.stdout.flush()
        built = vector_index.build_index(encoder, dimensions, memory=given, workers=options["workers"])
        self.stdout.write(f"  Built in {built.seconds:.0f} s; {_megabytes(built.size_bytes)} on disk.")
        self._measure(encoder, dimensions)

    def _measure(self, encoder: str, dimensions: int) -> None:
        chosen = choose_width(encoder, dimensions)
        if chosen is not None:
            self.stdout.write(
                f"  Searches look at {chosen.width} vectors at a time and find {100 * chosen.recall:.1f}% of the ten "
                f"nearest."
            )


def _most_memory() -> int:
    """Return how many bytes a build takes if nobody says so. The memory of another database's machine is unknown."""
    if not settings.EMBEDDED_DATABASE:
        return vector_index.MOST_MEMORY
    return max(vector_index.LEAST_MEMORY, min(vector_index.MOST_MEMORY, memory() // 4))


def _megabytes(size: int) -> str:
    return f"{max(1, round(size / (1 << 20))):,} MB"
