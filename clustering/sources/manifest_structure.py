"""IIIF manifests as documents: each manifest is one, or each range of a single manifest that has ranges."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from clustering.sentences import say_n
from clustering.sources.arranged import Arranged, best_names, only_once
from clustering.sources.iiif_names import short_name, ways_of_naming
from clustering.sources.iiif_presentation import Canvas, canvases_of, id_of, type_of, words

_MOST_DEEP = 8


def read_manifests(manifests: Sequence[Any], known: Collection[str], notes: list[str]) -> list[Arranged]:
    """Return the documents of manifests of Presentation 2 or 3, in order, with the names that an import gives."""
    named = [(short_name(id_of(stored)), list(canvases_of(stored))) for stored in manifests]
    names = best_names(ways_of_naming(named), known)
    parts = ranges_of(manifests[0]) if len(manifests) == 1 else []
    if parts:
        return _by_ranges(parts, named[0][1], names[0], notes)
    return [Arranged(_title(stored), list(of_one)) for stored, of_one in zip(manifests, names, strict=True)]


def _title(stored: Any) -> str:
    """Return the label unchanged if it is plain text by version 3; else convert it."""
    label = stored.get("label")
    if isinstance(label, dict) and "@value" not in label:
        first: Any = next(iter(label.values()), [])
        return " ".join(map(str, first)) if isinstance(first, list) else words(label)
    return words(label)


def _by_ranges(
    parts: list[tuple[str, list[str]]], canvases: Sequence[Canvas], names: Sequence[str], notes: list[str]
) -> list[Arranged]:
    named = {canvas.id: name for canvas, name in zip(canvases, names, strict=True)}
    kept = only_once([(title, [named[one] for one in ids if one in named]) for title, ids in parts], notes)
    notes.append(
        say_n("Its range was imported as a document.", "Its %(count)s ranges were imported as documents.", len(parts))
    )
    return [Arranged(title, pages) for title, pages in kept]


def ranges_of(manifest: Any) -> list[tuple[str, list[str]]]:
    """Return (label, ids of canvases) of the top ranges, with those below them; empty if no range names a canvas."""
    stored = [part for part in _list(manifest.get("structures")) if isinstance(part, dict)]
    by_id = {id_of(part): part for part in stored}
    within = {id_of(below) or below for part in stored for below in _below(part) if isinstance(below, dict | str)}
    tops = [part for part in stored if id_of(part) not in within and "sequence" not in _list(part.get("behavior"))]
    for _ in range(_MOST_DEEP):  # not longer: a range may contain itself
        if len(tops) != 1 or list(_own_canvases(tops[0])):
            break
        # This range is the table of contents; the ranges in it are the documents.
        tops = [_resolved(below, by_id) for below in _below(tops[0])]
    ranges = [(words(part.get("label")), list(dict.fromkeys(_canvases(part, by_id, set())))) for part in tops]
    return [(title, ids) for title, ids in ranges if ids]


def _below(part: dict[str, Any]) -> Iterator[Any]:
    """Yield the ranges within a range, embedded or as ids."""
    yield from _list(part.get("ranges"))
    for one in [*_list(part.get("items")), *_list(part.get("members"))]:
        if type_of(one) == "Range":
            yield one


def _own_canvases(part: dict[str, Any]) -> Iterator[str]:
    """Yield the ids of the canvases in a range itself, without fragments."""
    for one in [*_list(part.get("canvases")), *_list(part.get("items")), *_list(part.get("members"))]:
        if isinstance(one, str):
            yield one.partition("#")[0]
        elif type_of(one) == "Canvas":
            yield id_of(one).partition("#")[0]
        elif type_of(one) == "SpecificResource":
            source = one.get("source")
            yield (source if isinstance(source, str) else id_of(source)).partition("#")[0]


def _canvases(part: dict[str, Any], by_id: dict[str, Any], seen: set[int]) -> Iterator[str]:
    """Yield the canvases in and below a range, each range once: they may contain each other."""
    seen.add(id(part))
    yield from _own_canvases(part)
    for below in _below(part):
        entry = _resolved(below, by_id)
        if id(entry) not in seen:
            yield from _canvases(entry, by_id, seen)


def _resolved(below: Any, by_id: dict[str, Any]) -> dict[str, Any]:
    """Return the range itself, which may be embedded or stand elsewhere under its id."""
    if isinstance(below, dict) and any(below.get(key) for key in ("items", "canvases", "ranges", "members")):
        return below
    part = by_id.get(below if isinstance(below, str) else id_of(below), {})
    return part if isinstance(part, dict) else {}


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
