"""The true documents of a collection, as a person wrote them into a table, and which pages its rows mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from clustering.models import Page
from clustering.sentences import failure
from clustering.sources.arranged import best_names
from clustering.sources.folder import printable, ways_of_reading
from clustering.sources.tables import NoTable, read_marks, read_table

_COLUMNS = ("identifier", "start")
_WEAKEST_FIRST = "0?1"
"""Marks in the order in which they outweigh others: a page break at a page that isn't here is one before the next."""


class WrongTruth(ValueError):
    """The truth can't be read, or doesn't fit the collection. The message is a full sentence with the remedy."""


@dataclass(frozen=True, slots=True)
class Truth:
    """The rows of a table."""

    marks: Mapping[str, str]
    """"1" for pages that begin a document, "0" for those that continue one, "?" for either, in the file's order."""
    shown: str = "the truth"
    """What sentences call the file."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A truth beside the pages of a collection."""

    marks: Mapping[str, str]
    """By the pages' own identifiers. Where rows between two pages match none, their page breaks are included."""
    unmatched: tuple[str, ...]
    """What the table calls the pages that the collection doesn't have."""


def read_truth(path: Path) -> Truth:
    """Return the truth of a table. Raises WrongTruth."""
    shown = printable(str(path))
    try:
        table = read_table(path.read_bytes(), shown, wanted=_COLUMNS)
        missing = [column for column in _COLUMNS if column not in table.columns]
        if missing:
            raise WrongTruth(
                f"{shown} needs the columns identifier and start; its columns are {', '.join(table.columns)[:200]}. "
                "Name the columns in the first line, separated by commas."
            )
        if not table.rows:
            raise WrongTruth(f"{shown} has no rows below its first line. Add a row for each page.")
        given = read_marks(table, "start", shown, either=True)
    except OSError as error:
        raise WrongTruth(f"{shown} can’t be read ({failure(error)}). Check the path.") from error
    except NoTable as error:
        raise WrongTruth(str(error)) from error
    marks: dict[str, str] = {}
    for row, mark in zip(table.rows, given, strict=True):
        identifier = row.cells["identifier"]
        if not identifier:
            raise WrongTruth(f"{shown}, line {row.line}: the identifier is missing. Add it, or delete the line.")
        if identifier in marks:
            raise WrongTruth(f"{shown}, line {row.line}: {identifier} is listed twice. Remove one of the lines.")
        marks[identifier] = mark
    return Truth(marks, shown)


def fit(truth: Truth, pages: Sequence[Page]) -> Fitted:
    """Return the marks of pages in scan order.

    Rows may name pages as files are named, with folders, an extension, or a repository's ID, if that fits better. If a
    row matches no page, its page break goes to the next one that does, unless the rows are in another order.
    """
    place = {page.identifier: at for at, page in enumerate(pages)}
    (names,) = best_names([[way] for way in ways_of_reading(truth.marks)], place.keys())
    rows = dict(zip(names, truth.marks.values(), strict=True))
    unmatched = tuple(given for given, name in zip(truth.marks, names, strict=True) if name not in place)
    return Fitted(dict(_marks_of(rows, place)), unmatched)


def _marks_of(rows: Mapping[str, str], place: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    measured = sorted(place[name] for name in rows if name in place)
    follows = dict(pairwise(measured))
    before, passed = -1, "0"
    for name, mark in rows.items():
        if name not in place:
            passed = max(passed, mark, key=_WEAKEST_FIRST.index)
            continue
        is_next = follows.get(before) == place[name]
        yield name, max(passed, mark, key=_WEAKEST_FIRST.index) if is_next else mark
        before, passed = place[name], "0"


def check_fit(truth: Truth, fitted: Fitted, pages: Sequence[Page], title: str) -> None:
    """Raise WrongTruth if fewer than two pages have marks, with how both name the first page."""
    if not pages:
        raise WrongTruth(f"{title} has no pages. Import them first.")
    if len(fitted.marks) < 2:
        raise WrongTruth(
            f"Only {len(fitted.marks)} of the {len(truth.marks)} identifiers in {truth.shown} are pages of {title}; at "
            f"least 2 are needed. The first page is {next(iter(truth.marks))} there and {pages[0].identifier} here. "
            "Check that it is the truth of this collection, and write identifiers as this collection has them."
        )
