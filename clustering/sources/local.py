"""Readers of what is on this machine already: a folder, and files with a packed folder."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from clustering.sentences import failure, say
from clustering.sources.contract import Listing, NoSource, ScanFile
from clustering.sources.folder import is_folder, list_folder, printable
from clustering.sources.source_cache import key_of
from clustering.sources.tools import SourceKind, Tools
from clustering.sources.unpacking import holds_packed, is_packed, unpack


class FolderReader:
    """Files in a folder. Nothing is kept, since listing them again costs little."""

    def __init__(self, text: str, tools: Tools) -> None:
        self.folder = Path(text)

    def look(self) -> Listing | None:
        """Return the whole listing. Raises NoSource."""
        return self.listing()

    def prepare(self, has_time: Callable[[], bool]) -> bool:
        """Return False: nothing has to be fetched."""
        return False

    def listing(self) -> Listing:
        """Return the scans in natural order. Raises NoSource."""
        return list_folder(self.folder)

    def taken(self, name: str) -> None:
        """Return None: only its content shows whether a file is imported."""

    def fetch(self, file: ScanFile) -> Path:
        """Return the file itself."""
        return file.path

    def release(self, file: ScanFile, parts: list[tuple[str, str]]) -> None:
        """Do nothing: the file belongs to its owner."""

    def close(self) -> None:
        """Do nothing: there is no copy to delete."""


class PackedReader(FolderReader):
    """A ZIP, TAR, or PDF, unpacked once in the cache."""

    def __init__(self, text: str, tools: Tools) -> None:
        super().__init__(text, tools)
        self.tools = tools
        self.packed = Path(text)

    def look(self) -> None:
        """Check that the file exists; only unpacking shows what it holds. Raises NoSource."""
        self._place()

    def listing(self) -> Listing:
        """Unpack it unless that was done, and return the listing. Raises NoSource."""
        return unpack(self.packed, self._place(), self.tools.limits, tick=self.tools.tick)

    def close(self) -> None:
        """Delete the unpacked copy: everything is in the store."""
        if self.packed.is_file():
            shutil.rmtree(self._place(), ignore_errors=True)

    def _place(self) -> Path:
        """Return where it is unpacked. Another file under the same name, or a newer one, has another place."""
        shown = printable(str(self.packed))
        try:
            facts = self.packed.stat()
        except FileNotFoundError as error:
            raise NoSource(say("There is no file %(path)s. Check the path and its spelling.", path=shown)) from error
        except OSError as error:
            raise NoSource(
                say(
                    "%(shown)s can’t be read (%(reason)s). Check the path and its permissions.",
                    shown=shown,
                    reason=failure(error),
                )
            ) from error
        return self.tools.cache_root / "unpacked" / key_of(self.packed.absolute(), facts.st_size, facts.st_mtime_ns)


def _packed(text: str, _: str) -> str | None:
    path = Path(text)
    return text if not is_folder(path) and (is_packed(path) or holds_packed(path)) else None


KINDS = (
    SourceKind("packed", PackedReader, _packed, place=60, is_path=True),
    # What doesn't exist counts as a folder, so that its reader reports it.
    SourceKind("folder", FolderReader, lambda text, _: text, place=100, is_path=True),
)
