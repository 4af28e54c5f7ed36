"""Vocabularies from files: a CSV list, or SKOS as RDF/XML or N-Triples, plain or compressed with gzip."""

from __future__ import annotations

import gzip
import io
import re
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from clustering.sentences import failure, say
from clustering.sources.tables import NoTable, read_table

SKOS = "http://www.w3.org/2004/02/skos/core#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_LABELS = {f"{SKOS}prefLabel": True, f"{SKOS}altLabel": False}
_TRIPLE = re.compile(
    r"""(<[^>]+>|_:\S+)\s*<([^>]+)>\s*
    (?:"((?:[^"\\]|\\.)*)"(?:@([\w-]+)|\^\^<[^>]*>)?|<[^>]*>|_:[^\s.]+(?:\.[^\s.]+)*)\s*\.\s*(?:\#.*)?""",
    re.VERBOSE,
)
"""A line: its subject, its predicate, and if it has a text, that and its language."""
_GZIP = b"\x1f\x8b"
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
LANGUAGES = frozenset({"", "en", "en-us"})
"""Languages of the labels that are read: English, and none."""


class BadVocabulary(ValueError):
    """The file isn't a vocabulary. The message is a full sentence with the remedy."""


@dataclass(frozen=True, slots=True)
class TermEntry:
    """A term as its file has it."""

    label: str
    uri: str
    others: tuple[str, ...] = ()


def read_vocabulary(path: Path) -> Iterator[TermEntry]:
    """Yield the terms of a file. N-Triples must have each term's labels together, as dumps do. Raises BadVocabulary."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    is_named_packed = suffixes[-1:] == [".gz"]
    kind = suffixes[-2 if is_named_packed else -1] if len(suffixes) > is_named_packed else ""
    read = _READERS.get(kind)
    if read is None:
        raise BadVocabulary(
            say(
                "%(name)s is not a .csv, .nt, .rdf, or .xml file (or one of these with .gz). Save the list as CSV, "
                "or convert other SKOS files, such as Turtle, to N-Triples (.nt).",
                name=path.name,
            )
        )
    try:
        with path.open("rb") as packed:
            is_packed = is_named_packed or packed.peek(2)[:2] == _GZIP
            yield from read(gzip.GzipFile(fileobj=packed) if is_packed else packed, path.name)
    except UnicodeDecodeError as error:
        raise BadVocabulary(say("%(name)s has an unknown encoding. Save it again as UTF-8.", name=path.name)) from error
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise BadVocabulary(
            say("%(name)s is damaged or not packed with gzip. Download or pack it again.", name=path.name)
        ) from error
    except OSError as error:
        raise BadVocabulary(
            say("%(path)s can’t be read (%(reason)s). Check the path.", path=path, reason=failure(error))
        ) from error


def _from_csv(file: Any, name: str) -> Iterator[TermEntry]:
    try:
        table = read_table(file.read(), name, wanted=("label", "uri", "other_labels"))
    except NoTable as error:
        raise BadVocabulary(str(error)) from error
    if "label" not in table.columns:
        raise BadVocabulary(
            say("%(name)s has no column called “label”. Name the columns label, uri and other labels.", name=name)
        )
    for row in table.rows:
        if row.cells["label"]:
            others = tuple(part.strip() for part in row.cells.get("other_labels", "").split("|") if part.strip())
            yield TermEntry(row.cells["label"], row.cells.get("uri", ""), others)


def _from_triples(file: Any, name: str) -> Iterator[TermEntry]:
    about, label = "", ""
    others: list[str] = []
    for number, line in enumerate(io.TextIOWrapper(file, encoding="utf-8-sig"), 1):
        match = _TRIPLE.fullmatch(line.strip())
        if match is None and line.strip() and not line.lstrip().startswith("#"):
            raise BadVocabulary(
                say(
                    "%(name)s, line %(line)s is not N-Triples, or is cut off. Download the file again, or convert it "
                    "to N-Triples.",
                    name=name,
                    line=number,
                )
            )
        if match is None or match[3] is None or match[2] not in _LABELS or (match[4] or "").lower() not in LANGUAGES:
            continue
        if match[1] != about:
            if label:
                yield _of_triples(label, about, others)
            about, label, others = match[1], "", []
        text = _storable(_ESCAPE.sub(_escaped, match[3]))
        if _LABELS[match[2]] and not label:
            label = text
        else:
            others.append(text)
    if label:
        yield _of_triples(label, about, others)


def _of_triples(label: str, about: str, others: list[str]) -> TermEntry:
    """Return a term; a blank node has no address that means anything elsewhere."""
    return TermEntry(label, _storable(about[1:-1]) if about.startswith("<") else "", tuple(others))


def _escaped(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    if not code:
        return _PLAIN.get(match[3], match[3])
    number = int(code, 16)
    return chr(number) if number <= sys.maxunicode else "\ufffd"


def _storable(text: str) -> str:
    """Return a text with pairs of surrogates joined, and with � for what no database stores: single ones, and NUL."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "\ufffd")


def _from_rdf(file: IO[bytes], name: str) -> Iterator[TermEntry]:
    from lxml import etree

    wanted = (f"{{{SKOS}}}Concept", f"{{{RDF}}}Description")
    try:
        for _, element in etree.iterparse(file, tag=wanted, resolve_entities=False, no_network=True, huge_tree=False):
            entry = _entry(element)
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
            if entry is not None:
                yield entry
    except etree.XMLSyntaxError as error:
        raise BadVocabulary(
            say("%(name)s is not well-formed XML: %(msg)s. Download it again.", name=name, msg=error.msg)
        ) from error


def _entry(element: Any) -> TermEntry | None:
    language = "{http://www.w3.org/XML/1998/namespace}lang"

    def texts(part: str) -> list[str]:
        elements = element.findall(f"{{{SKOS}}}{part}")
        return [" ".join((one.text or "").split()) for one in elements if one.get(language, "").lower() in LANGUAGES]

    preferred = [text for text in texts("prefLabel") if text]
    if not preferred:
        return None
    return TermEntry(preferred[0], element.get(f"{{{RDF}}}about", ""), (*preferred[1:], *texts("altLabel")))


_READERS = {".csv": _from_csv, ".nt": _from_triples, ".rdf": _from_rdf, ".xml": _from_rdf}
