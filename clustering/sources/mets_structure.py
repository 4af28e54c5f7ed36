"""METS from any producer: the documents in its logical map, and possible names of their pages.

A logical division has its pages by links to the physical map (Kitodo, Goobi, our own) or by pointers to files
(Princeton). Several files may show a page: images for people come before thumbnails and texts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import Any
from urllib.parse import unquote, urlsplit

from clustering.sentences import say
from clustering.sources.arranged import Arranged, Names, NoArrangement, best_names, only_once
from clustering.sources.folder import names_of
from clustering.sources.iiif_names import last_part

METS = "http://www.loc.gov/METS/"
MODS = "http://www.loc.gov/mods/v3"
XLINK = "{http://www.w3.org/1999/xlink}"
NS = {"m": METS, "o": MODS}
Naming = Callable[[str], str]
_PARTED_FURTHER = frozenset(
    {
        "newspaper", "newspaperyear", "newspapermonth", "newspaperday", "year", "month", "day", "multivolumework",
        "multivolume_work", "multivolumeset", "collection",
    }
)  # fmt: skip
"""Types of divisions that contain documents, in lower case. Below the root, any other division is a document."""
_OF_A_PAGE = frozenset({"page", "logicalmember"})
_MASTERS = ("master", "original", "source", "local", "archiv")
_SMALL = ("thumb", "min", "preview", "teaser")


def read_mets(content: bytes, shown: str, known: Collection[str], notes: list[str]) -> list[Arranged]:
    """Return the documents of the logical map, in order. Raises NoArrangement."""
    from lxml import etree

    try:
        root: Any = etree.fromstring(content, etree.XMLParser(no_network=True, resolve_entities=False, huge_tree=True))
    except etree.XMLSyntaxError as error:
        raise NoArrangement(
            say("%(shown)s is damaged (%(error)s). Export it again.", shown=shown, error=error)
        ) from error
    return _Structure(root).documents(shown, known, notes)


class _Structure:
    """One METS document, parsed."""

    def __init__(self, root: Any) -> None:
        self.files: dict[str, Any] = {file.get("ID"): file for file in root.iterfind(".//m:file", NS)}
        self.sections: dict[str, Any] = {section.get("ID"): section for section in root.iterfind(".//m:dmdSec", NS)}
        self.maps = {str(element.get("TYPE")).lower(): element for element in root.iterfind(".//m:structMap", NS)}
        self.page_of_file: dict[str, str] = {}
        """For each file id, the page it shows: the id of a physical division, or of the file itself."""
        self.files_of_page: dict[str, list[Any]] = {}
        """Pages in the order of the physical map."""
        self.pages_of_division: dict[str, list[str]] = {}
        """For each physical division, the pages in and below it."""
        if "physical" in self.maps:
            for division in self.maps["physical"].iterfind("m:div", NS):
                self._take_physical(division)
        self.place = {page: at for at, page in enumerate(self.files_of_page)}
        self.links: dict[str, list[str]] = {}
        for link in root.iterfind(".//m:smLink", NS):
            self.links.setdefault(link.get(f"{XLINK}from"), []).append(link.get(f"{XLINK}to"))

    def _take_physical(self, division: Any) -> list[str]:
        pages: list[str] = []
        pointed = [self.files[name] for name in _pointers(division) if name in self.files]
        if pointed:
            page = division.get("ID") or pointed[0].get("ID")
            self.files_of_page[page] = pointed
            self.page_of_file.update({file.get("ID"): page for file in pointed})
            pages.append(page)
        for below in sorted(division.iterfind("m:div", NS), key=_order):
            pages += self._take_physical(below)
        if division.get("ID"):
            self.pages_of_division[division.get("ID")] = pages
        return pages

    def documents(self, shown: str, known: Collection[str], notes: list[str]) -> list[Arranged]:
        """Return the documents under the names that fit best. Raises NoArrangement."""
        logical = self.maps.get("logical")
        if logical is None:
            raise NoArrangement(
                say(
                    "%(shown)s doesn’t say which pages belong together, because it has no logical map. Use a METS file "
                    'with a structMap of TYPE="LOGICAL".',
                    shown=shown,
                )
            )
        documents: list[tuple[str, list[str]]] = []
        by_record: dict[str, str] = {}
        for top in logical.iterfind("m:div", NS):
            for division in _documents_below(top):
                pages, names = self._pages_in_order(division), self._constituents(division)
                pages = pages or names
                if len(names) == len(pages):
                    by_record |= dict(zip(pages, names, strict=True))
                documents.append((self._title(division), pages))
        kept = only_once(documents, notes)
        ways: list[Names] = [
            [[naming(page) for page in pages] for _, pages in kept] for naming in self._namings(by_record)
        ]
        named = best_names(ways, known)
        return [Arranged(title, names) for (title, _), names in zip(kept, named, strict=True)]

    def _pages_in_order(self, division: Any) -> list[str]:
        """Return the pages of a division and of all below it, in the order of the physical map, each once."""
        pages = list(dict.fromkeys(self._pages(division)))
        return sorted(pages, key=lambda page: self.place.get(page, len(self.place)))

    def _pages(self, division: Any) -> Iterator[str]:
        """Yield them in the order of links and pointers; a page may come several times."""
        for to in self.links.get(division.get("ID"), ()):
            yield from self.pages_of_division.get(to, ())
        for name in _pointers(division):
            if name in self.files:
                page = self.page_of_file.setdefault(name, name)
                self.files_of_page.setdefault(page, [self.files[name]])
                yield page
        for below in division.iterfind("m:div", NS):
            yield from self._pages(below)

    def _title(self, division: Any) -> str:
        """Return its label, or else the title in its descriptive record."""
        if division.get("LABEL"):
            return str(division.get("LABEL"))
        for section in str(division.get("DMDID") or "").split():
            path = ".//o:mods/o:titleInfo/o:title"
            title = self.sections[section].findtext(path, namespaces=NS) if section in self.sections else None
            if title:
                return " ".join(title.split())
        return str(division.get("ORDERLABEL") or "")

    def _constituents(self, division: Any) -> list[str]:
        """Return the pages that the record names itself, as our own exports do."""
        path = ".//o:relatedItem[@type='constituent']/o:identifier[@type='local']"
        sections = (self.sections.get(name) for name in str(division.get("DMDID") or "").split())
        return [
            element.text or "" for section in sections if section is not None for element in section.iterfind(path, NS)
        ]

    def _namings(self, by_record: dict[str, str]) -> Iterator[Naming]:
        """Yield the ways to name a page: by its record, by each of its files, by owner's and METS ids."""
        yield lambda page: by_record.get(page, "")
        ranked = {page: sorted(files, key=_rank) for page, files in self.files_of_page.items()}
        for at in range(max(map(len, ranked.values()), default=0)):
            yield partial(_name_of_file, ranked, at)
        yield lambda page: ranked[page][0].get("OWNERID") or "" if page in ranked else ""
        yield lambda page: page


def _name_of_file(ranked: dict[str, list[Any]], at: int, page: str) -> str:
    files = ranked.get(page, [])
    return _name(files[at]) if at < len(files) else ""


def _documents_below(top: Any) -> Iterator[Any]:
    """Yield the divisions that are documents: those below the root, or the root if only pages are below it."""
    below = [division for division in top.iterfind("m:div", NS) if not _is_page(division)]
    if not below:
        yield top
    for division in below:
        if str(division.get("TYPE")).lower().replace(" ", "") in _PARTED_FURTHER:
            yield from _documents_below(division)
        else:
            yield division


def _order(division: Any) -> float:
    """Return its place among its siblings; without a number, it keeps its place."""
    order = str(division.get("ORDER") or "")
    return float(order) if order.isdecimal() else 0.0


def _is_page(division: Any) -> bool:
    return str(division.get("TYPE")).lower() in _OF_A_PAGE


def _pointers(division: Any) -> Iterator[str]:
    """Yield the ids of files that a division points to directly."""
    for pointer in division.iterfind("m:fptr", NS):
        yield from filter(
            None, [pointer.get("FILEID"), *(area.get("FILEID") for area in pointer.iterfind(".//m:area", NS))]
        )


def _rank(file: Any) -> int:
    """Return a sort key: full images first, then small ones, texts last."""
    parent = file.getparent()
    use = f"{file.get('USE') or ''} {parent.get('USE') or ''}".lower()
    if file.get("MIMETYPE") and not str(file.get("MIMETYPE")).startswith("image/"):
        return 3
    if any(word in use for word in _SMALL):
        return 2
    return 0 if any(word in use for word in _MASTERS) else 1


def _address(file: Any) -> str:
    locator = file.find("m:FLocat", NS)
    return str(locator.get(f"{XLINK}href") or "").replace("\\", "/").rstrip("/") if locator is not None else ""


def _name(file: Any) -> str:
    """Return the identifier that an import gives the file: HH018977_0001 of
    file:///scans/HH018977_0001__bdr_gbzad5mb.jpg."""
    address = _address(file)
    return last_part(address) or names_of(unquote(urlsplit(address).path.rpartition("/")[2]))[0]
