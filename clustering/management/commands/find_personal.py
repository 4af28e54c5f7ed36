"""`manage.py find_personal`: pages that may hold personal data, for a look before anything is published."""

from __future__ import annotations

import csv
from argparse import ArgumentParser
from collections import Counter
from itertools import islice
from typing import Any

from clustering.engine.personal import KINDS
from clustering.exports.delimited import guarded
from clustering.jobs import personal
from clustering.management.base import DeskCommand
from clustering.management.terminal import get_collection
from clustering.models import PersonalFinding, Reading
from clustering.selectors.likely_personal import places_of

_AT_ONCE = 500


class Command(DeskCommand):
    """List lines that may be personal data, after searching new texts. Doesn't mark pages."""

    help = "List lines that may contain personal data, as CSV, for a person to check. Nothing is changed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where, and which."""
        parser.add_argument("collection", help="Short name of the collection.")
        parser.add_argument("--kind", choices=list(KINDS), help="Only this kind; default: all kinds.")

    def handle(self, **options: Any) -> None:
        """Write one row per finding."""
        collection = get_collection(options["collection"])
        personal.search_left(collection, seconds=float("inf"))
        rows = csv.writer(self.stdout, lineterminator="\n")
        rows.writerow(["page", "identifier", "line", "kind", "found", "text"])
        counts: Counter[str] = Counter()
        excerpt = PersonalFinding.objects.filter(page__collection=collection, line__isnull=False, dismissed=None)
        if options["kind"]:
            excerpt = excerpt.filter(kind=options["kind"])
        ordered = excerpt.select_related("page").order_by("page__position", "line", "start")
        left = ordered.iterator(chunk_size=_AT_ONCE)
        while some := list(islice(left, _AT_ONCE)):
            for place in places_of(some):
                page, line = place.finding.page, (place.finding.line or 0) + 1
                text = place.before + place.text + place.after
                rows.writerow(
                    [page.position, guarded(page.identifier), line, place.finding.kind, guarded(place.text),
                     guarded(text)]
                )  # fmt: skip
                counts[place.finding.kind] += 1
        summary = ", ".join(f"{kind} {count:,}" for kind, count in counts.most_common()) or "nothing found"
        pages = Reading.objects.filter(page__collection=collection).count()
        self.stderr.write(f"{pages:,} pages with text: {summary}. A person needs to check each line.")
