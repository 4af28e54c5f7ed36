"""What is kept of a source on this machine, so that a killed job can continue and nothing is fetched twice.

`documents/` has the lists that a server sent, `bodies/` images until they are in the store, `taken.jsonl` one line per
file in the store. All of it may be deleted at any time; it is then fetched again.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any


def key_of(*facts: object) -> str:
    """Return a folder name for the given facts."""
    return hashlib.sha256("\n".join(map(str, facts)).encode("utf-8", errors="surrogateescape")).hexdigest()[:32]


class SourceCache:
    """The folder of one source."""

    def __init__(self, folder: Path, *, fresh_since: float = 0.0) -> None:
        """Documents stored before `fresh_since`, in seconds since 1970, are fetched again."""
        self.folder = folder
        self.fresh_since = fresh_since
        self._taken: dict[str, list[tuple[str, str]]] | None = None

    def has(self, address: str) -> bool:
        """Whether the document of an address is here and fresh."""
        try:
            return self._place(address).stat().st_mtime >= self.fresh_since
        except FileNotFoundError:
            return False

    def _place(self, address: str) -> Path:
        return self.folder / "documents" / f"{key_of(address)}.json"

    def document(self, address: str, fetch: Callable[[], Any]) -> Any:
        """Return the document of an address, from here if fresh, or else from `fetch`. Raises what `fetch` raises."""
        path = self._place(address)
        if self.has(address):
            try:
                return json.loads(path.read_bytes())
            except (FileNotFoundError, ValueError):
                pass  # damaged when the machine stopped, or just deleted: fetch again
        document = fetch()
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
        part.write_text(json.dumps(document), encoding="utf-8")
        part.replace(path)
        return document

    def body(self, name: str, suffix: str) -> Path:
        """Return where the content of a page waits until it is in the store."""
        return self.folder / "bodies" / f"{key_of(name)}{suffix}"

    def taken(self, name: str) -> list[tuple[str, str]] | None:
        """Return the (identifier, SHA-256) that a file gave when imported; None if unknown."""
        if self._taken is None:
            self._taken = {}
            try:
                lines = (self.folder / "taken.jsonl").read_text(encoding="utf-8").splitlines()
            except FileNotFoundError:
                lines = []
            for line in lines:
                try:
                    known, parts = json.loads(line)
                except ValueError:
                    continue  # cut off when the machine stopped; that file is fetched again
                self._taken[known] = [(identifier, sha256) for identifier, sha256 in parts]
        return self._taken.get(name)

    def take(self, name: str, parts: list[tuple[str, str]]) -> None:
        """Record what a file gave."""
        self.taken(name)
        assert self._taken is not None
        if self._taken.get(name) != parts:
            self._taken[name] = parts
            self.folder.mkdir(parents=True, exist_ok=True)
            with (self.folder / "taken.jsonl").open("a", encoding="utf-8") as ledger:
                ledger.write(json.dumps([name, parts]) + "\n")

    def clear_bodies(self) -> None:
        """Delete waiting content."""
        shutil.rmtree(self.folder / "bodies", ignore_errors=True)
