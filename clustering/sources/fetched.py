"""What all readers of URLs share: images wait on disk until they are imported, and nothing is fetched twice."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from clustering.sentences import from_text, say, to_text
from clustering.sources.contract import CannotFetch, Listing, NoSource, ScanFile, Skipped
from clustering.sources.source_cache import SourceCache, key_of
from clustering.sources.tools import Tools


class FetchedReader(ABC):
    """The part of a reader that doesn't depend on the kind of server."""

    def __init__(self, text: str, tools: Tools) -> None:
        self.text = text
        self.tools = tools
        self.cache = SourceCache(tools.cache_root / "fetched" / key_of(text), fresh_since=tools.fresh_since)

    def look(self) -> Listing | None:
        """Return the whole listing. Raises NoSource."""
        return self.listing()

    def prepare(self, has_time: Callable[[], bool]) -> bool:
        """Fetch the list. Raises NoSource."""
        self.listing()
        return False

    @abstractmethod
    def listing(self) -> Listing:
        """Return the whole listing. Raises NoSource."""

    def address_of(self, file: ScanFile) -> str:
        """Return the address of the image at the requested size. Raises CannotFetch."""
        return file.address

    def taken(self, name: str) -> list[tuple[str, str]] | None:
        """Return what this name gave before."""
        return self.cache.taken(name)

    def fetch(self, file: ScanFile) -> Path:
        """Return where the file is, fetching it if it isn't there yet. Raises CannotFetch, OSError."""
        if file.address and not file.path.exists():
            self.tools.fetcher.image(self.address_of(file), file.path)
        return file.path

    def release(self, file: ScanFile, parts: list[tuple[str, str]]) -> None:
        """Delete the copy, and remember what it gave."""
        if not file.address:
            return
        if parts:
            self.cache.take(file.name, parts)
        file.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Delete the copies that are not needed anymore."""
        self.cache.clear_bodies()

    def page(self, name: str, identifier: str, address: str, *, pid: str = "", label: str = "") -> ScanFile:
        """Return the record of a page at an address."""
        path = self.cache.body(f"{name}\n{self.tools.size}", Path(name).suffix)
        return ScanFile(path, name, identifier, pid, label, address)


class ServerReader(FetchedReader):
    """A reader whose list of pages also comes from a server, and is kept while it is fresh."""

    def listing(self) -> Listing:
        """Return the listing, from the copy of the server's lists while they are fresh. Raises NoSource."""
        stored = self.cache.document(f"listing {self.tools.bdr}", lambda: _stored(self.make_listing()))
        files = [
            self.page(name, identifier, address, pid=pid, label=label)
            for name, identifier, address, pid, label in stored["files"]
        ]
        skipped = tuple(Skipped(from_text(name), from_text(reason)) for name, reason in stored["skipped"])
        return Listing(tuple(files), skipped, stored["title"], stored["is_natural"])

    @abstractmethod
    def make_listing(self) -> Listing:
        """Make the listing from the server's answers. Raises NoSource."""

    def document(self, address: str) -> Any:
        """Return a JSON document, kept while it is fresh. Raises NoSource."""
        try:
            return self.cache.document(address, lambda: self.tools.fetcher.document(address))
        except CannotFetch as error:
            raise NoSource(str(error)) from error


def _stored(listing: Listing) -> dict[str, Any]:
    """Return a listing as JSON; where its files are stored depends on the requested size."""
    return {
        "files": [[file.name, file.identifier, file.address, file.pid, file.label] for file in listing.files],
        "skipped": [[to_text(skip.name), to_text(skip.reason)] for skip in listing.skipped],
        "title": listing.title,
        "is_natural": listing.is_natural,
    }


def only_once(files: Iterable[ScanFile]) -> tuple[tuple[ScanFile, ...], tuple[Skipped, ...]]:
    """Split files into those with a new name and those whose name occurred before."""
    kept: dict[str, ScanFile] = {}
    skipped = []
    for file in files:
        if file.name in kept:
            skipped.append(
                Skipped(file.name, say("An earlier page has the same name. Give each page its own identifier."))
            )
        else:
            kept[file.name] = file
    return tuple(kept.values()), tuple(skipped)
