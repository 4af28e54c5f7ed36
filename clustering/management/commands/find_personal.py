"""`manage.py find_personal`: pages that may hold personal data, for a look before anything is published."""

from __future__ import annotations

import csv
from argparse import ArgumentParser
from collections import Counter
from typing import Any

from clustering.engine.personal import KINDS, find_personal
from clustering.exports.delimited import guarded
from clustering.management.base import DeskCommand
from clustering.management.terminal import get_collection
from clustering.models import Reading

_AT_ONCE = 500


class Command(DeskCommand):
    """Lists lines; it changes nothing and marks nothing."""

    help = "List lines that may contain personal data, as CSV, for a person to check. Nothing is changed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where, and which."""
        parser.add_argument("collection", help="Short name of the collection.")
        parser.add_argument("--kind", choices=list(KINDS), help="Only this kind; default: all kinds.")

    def handle(self, **options: Any) -> None:
        """One row a place; what was found stands in the line."""
        collection = get_collection(options["collection"])
        rows = csv.writer(self.stdout, lineterminator="\n")
        rows.writerow(["page", "identifier", "line", "kind", "found", "text"])
        counts: Counter[str] = Counter()
        read = Reading.objects.filter(page__collection=collection).order_by("page__position")
        for position, identifier, text, language in read.values_list(
            "page__position", "page__identifier", "text", "language"
        ).iterator(chunk_size=_AT_ONCE):
            lines = text.splitlines()
            for hint in find_personal(lines, language=language):
                if options["kind"] in (None, hint.kind):
                    line = lines[hint.line]
                    found = line[hint.start : hint.end]
                    rows.writerow(
                        [position, guarded(identifier), hint.line + 1, hint.kind, guarded(found), guarded(line)]
                    )
                    counts[hint.kind] += 1
        said = ", ".join(f"{kind} {count:,}" for kind, count in counts.most_common()) or "nothing found"
        pages = read.count()
        self.stderr.write(f"{pages:,} pages with text: {said}. A person needs to check each line.")
