"""Omeka S, module CSV Import: a row an item with Dublin Core names and the addresses of its pages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from clustering.engine.description import labels
from clustering.exports.contract import File, GroupRecord, Material
from clustering.exports.delimited import SEPARATOR, Paragraphs, csv_pieces, in_lines, one_value, pages_csv
from clustering.exports.naming import (
    extent_of,
    genre_uri,
    image_url,
    local_id,
    manifest_url,
    one_line,
    origin,
    rights_of,
    service_url,
    subjects_of,
    title_of,
)
from clustering.exports.omeka_s.settings import OmekaSettings

OMEKA_COLUMNS = (
    "dcterms:identifier", "dcterms:title", "dcterms:type", "dcterms:date", "dcterms:language", "dcterms:description",
    "dcterms:extent", "dcterms:isPartOf", "dcterms:rights", "dcterms:publisher", "dcterms:provenance",
    "dcterms:creator", "dcterms:subject", "dcterms:spatial", "dcterms:abstract", "dcterms:source", "media_url",
)  # fmt: skip


def write_omeka(material: Material) -> Iterator[File]:
    """One row an item; the addresses of its pages in one cell, divided by a vertical bar."""

    def rows() -> Iterator[Sequence[object]]:
        for group in material.groups:
            details = group.details
            names = _several([local_id(material.collection, group), details.identifier])
            values = (
                names, title_of(group, material.settings),
                _several([group.kind, genre_uri(group)]), group.date, group.language, Paragraphs(group.note),
                extent_of(group),
                material.collection.title, rights_of(material, group), material.settings.publisher, origin(group),
            )  # fmt: skip
            more = (
                _several(labels(details.creators)), _several(labels(subjects_of(group))),
                _several(labels(details.places)), Paragraphs(details.summary), details.box,
            )  # fmt: skip
            yield *map(_cell, (*values, *more)), SEPARATOR.join(_media(material, group))

    yield "omeka-s.csv", csv_pieces(OMEKA_COLUMNS, rows())
    yield pages_csv(material)


class Several(str):
    """A cell of several values, each fit for it."""


def _cell(text: str) -> str:
    if isinstance(text, Several):
        return text
    value = one_value(text)
    return for_php(Paragraphs(value) if isinstance(text, Paragraphs) else value)


def _several(values: Sequence[str]) -> Several:
    return Several(SEPARATOR.join(for_php(one_value(value)) for value in values if value))


def for_php(text: str) -> str:
    """Text whose cell ends where it should for PHP, which does not end a cell at a quote behind a backslash.

    Such a backslash is doubled, and arrives doubled: neither PHP nor RFC 4180 has a way to write it. `Paragraphs` keep
    their lines, which Omeka shows.
    """
    is_long = isinstance(text, Paragraphs)
    cell = in_lines(text) if is_long else one_line(text)
    is_quoted = any(letter in cell for letter in ',"\n')
    before_a_quote = r"(\\+)(?=\"|\Z)" if is_quoted else r"(\\+)(?=\")"
    written = re.sub(before_a_quote, r"\1\1", cell)
    return Paragraphs(written) if is_long else written


def _media(material: Material, group: GroupRecord) -> list[str]:
    """Return what Omeka fetches: an address a page, or the manifest's alone."""
    media = material.settings.of(OmekaSettings).omeka_media
    if media == "manifest":
        return [manifest_url(material, group)]
    if media == "info" and all(service_url(material, page) for page in group.pages):
        return [f"{service_url(material, page)}/info.json" for page in group.pages]
    return [image_url(material, page) for page in group.pages]
