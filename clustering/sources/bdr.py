"""The Brown Digital Repository: an item with its parts, each an image.

https://repository.library.brown.edu/api/docs/: `GET /api/items/{pid}/` gives `relations.hasPart[]` with `pid` and
`mods_id_bdr_pid_ssim`; images are at `/iiif/image/{pid}/`, IIIF Image API 2.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, urlsplit

from clustering.sentences import say
from clustering.sources.contract import Listing, NoSource, ScanFile
from clustering.sources.fetched import ServerReader, only_once
from clustering.sources.folder import natural_key, printable
from clustering.sources.iiif_images import sized
from clustering.sources.tools import SourceKind


class BdrReader(ServerReader):
    """An item by its pid. Pages are in the order of their MODS ids, which is scan order."""

    def make_listing(self) -> Listing:
        """Return the parts of the item, or the item itself if it has none. Raises NoSource."""
        item = self.document(f"{self.tools.bdr}/api/items/{quote(self.text, safe=':')}/")
        if not isinstance(item, dict):
            raise NoSource(say("The repository’s answer about %(text)s can’t be read. Check the ID.", text=self.text))
        relations = item.get("relations")
        parts = relations.get("hasPart") if isinstance(relations, dict) else None
        pages = [
            self._page(part) for part in parts or [] if isinstance(part, dict) and isinstance(part.get("pid"), str)
        ]
        if not pages:
            pages = [self._page({**item, "pid": self.text})]
        files, skipped = only_once(sorted(pages, key=lambda page: natural_key(page.name)))
        return Listing(files, skipped, title=_title(item))

    def _page(self, part: dict[str, Any]) -> ScanFile:
        pid = part["pid"]
        named = part.get("mods_id_bdr_pid_ssim")
        first = named[0] if isinstance(named, list) and named else named
        identifier = printable(str(first)) if first else pid.replace(":", "_")
        name = f"{identifier}__{pid.replace(':', '_')}.jpg"  # as the same scan is named in a folder
        return self.page(name, identifier, self._service(pid), pid=pid)

    def _service(self, pid: str) -> str:
        return f"{self.tools.bdr}/iiif/image/{quote(pid, safe=':')}"

    def address_of(self, file: ScanFile) -> str:
        """Return the address of the image, scaled to a percentage or to a number of pixels on the long edge."""
        size = self.tools.size
        if size.pixels:
            return sized(file.address, self.tools.fetcher.document(f"{file.address}/info.json"), size)
        return f"{file.address}/full/pct:{size.percent or self.tools.bdr_percent}/0/default.jpg"


def _title(item: dict[str, Any]) -> str:
    brief = item.get("brief")
    title = item.get("primary_title") or (brief.get("title") if isinstance(brief, dict) else "")
    return str(title or "")[:300]


_PID = re.compile(r"bdr:[A-Za-z0-9]+")


def _pid(text: str, bdr: str) -> str | None:
    """Return the pid in a text: a bare pid, or an address of the repository."""
    if _PID.fullmatch(text):
        return text
    if text.startswith("bdr:"):
        raise NoSource(say("%(text)s is not a Brown repository ID. IDs look like bdr:gbzad5mb.", text=text[:100]))
    scheme, _, rest = text.partition("://")
    is_theirs = scheme.lower() in {"http", "https"} and rest.partition("/")[0] == urlsplit(bdr).netloc
    match = _PID.search(text) if is_theirs else None
    return match[0] if match else None


KINDS = (SourceKind("bdr", BdrReader, _pid, place=10, takes_size=True),)
