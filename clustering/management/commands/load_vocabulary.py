"""`manage.py load_vocabulary`: terms for the type-ahead of descriptions, from a file."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.db import transaction

from clustering.engine.description import TERM_FIELDS
from clustering.management.base import DeskCommand
from clustering.management.names import checked_name, checked_title
from clustering.models import Term, Vocabulary
from clustering.sources.vocabularies import BadVocabulary, TermEntry, read_vocabulary

AT_ONCE = 5000
LONGEST_LABEL, LONGEST_URI = 300, 500
SHOWN = 60
"""Characters of a label that a message repeats."""
FIELDS = sorted({*TERM_FIELDS, "kind"})


class Command(DeskCommand):
    """Replace what was loaded under the name before, in one transaction."""

    help = "Load a vocabulary (CSV, or SKOS as RDF/XML or N-Triples) that description fields suggest terms from."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which file, for which fields."""
        parser.add_argument("name", help="Short name, e.g. lcsh. Loading the same name again replaces it.")
        parser.add_argument(
            "file",
            type=Path,
            help="A .csv with the columns label, uri, and other labels (separated by |), "
            "or a SKOS file (.rdf, .xml, or .nt). Each can be compressed with gzip (.gz).",
        )
        parser.add_argument("--title", help="What people see next to its terms; default: the name.")
        parser.add_argument("--fields", nargs="+", choices=FIELDS, required=True, help="Fields that offer its terms.")

    def handle(self, **options: Any) -> None:
        """Load it, and say how many terms it has."""
        name = checked_name(options["name"], Vocabulary._meta.get_field("name"), example="lcsh")
        title = checked_title(options["title"] or name, Vocabulary._meta.get_field("title"))
        fields = options["fields"]
        try:
            count, too_long = load(name, options["file"].expanduser(), title=title, fields=fields)
        except BadVocabulary as error:
            raise CommandError(str(error)) from error
        if too_long:
            self.stderr.write(
                f"{len(too_long):,} left out: a label may have {LONGEST_LABEL} characters, an address {LONGEST_URI}. "
                f"Shorten them and load the file again. The first is “{too_long[0][:SHOWN]}…”."
            )
        self.stdout.write(f"{name}: {count:,} {'term' if count == 1 else 'terms'} for {', '.join(fields)}.")


def load(name: str, file: Path, *, title: str, fields: list[str]) -> tuple[int, list[str]]:
    """Replace the vocabulary with a file's; return the number of terms and the labels that are too long.

    Raises BadVocabulary.
    """
    too_long: list[str] = []
    with transaction.atomic():
        vocabulary, _ = Vocabulary.objects.update_or_create(name=name, defaults={"title": title, "fields": fields})
        vocabulary.terms.all().delete()
        terms = _terms(vocabulary, file, too_long)
        while some := list(islice(terms, AT_ONCE)):
            Term.objects.bulk_create(some, ignore_conflicts=True)
        count = vocabulary.terms.count()
        if not count and too_long:
            raise BadVocabulary(
                f"{file.name} has only terms that are too long: a label may have {LONGEST_LABEL} characters, an "
                f"address {LONGEST_URI}. Check that it is the right file."
            )
        if not count:
            raise BadVocabulary(f"{file.name} has no terms with an English label. Check that it is the right file.")
    return count, too_long


def _terms(vocabulary: Vocabulary, file: Path, too_long: list[str]) -> Iterator[Term]:
    for entry in read_vocabulary(file):
        if len(entry.label) > LONGEST_LABEL or len(entry.uri) > LONGEST_URI:
            too_long.append(entry.label)
        else:
            yield _term(vocabulary, entry)


def _term(vocabulary: Vocabulary, entry: TermEntry) -> Term:
    return Term(vocabulary=vocabulary, label=entry.label, uri=entry.uri, other_labels="\n".join(entry.others))
