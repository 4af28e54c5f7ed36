"""All kinds of sources: which one a text means, and its reader."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from clustering import sources
from clustering.sentences import say
from clustering.sources.contract import NoSource, SourceReader
from clustering.sources.folder import check_spelling
from clustering.sources.tools import BDR, SourceKind, Tools


def kinds() -> dict[str, SourceKind]:
    """Return every kind of source by name, from all modules of this folder, in the order they are tried."""
    modules = [import_module(f"{sources.__name__}.{module.name}") for module in iter_modules(sources.__path__)]
    declared = [kind for module in modules for kind in getattr(module, "KINDS", ())]
    return {kind.name: kind for kind in sorted(declared, key=lambda kind: kind.place)}


def recognize(text: str, *, bdr: str = BDR) -> tuple[SourceKind, str]:
    """Return the kind of source that a text means, and the text in canonical form. Doesn't use the network.

    Raises NoSource with a sentence if it can't be a source.
    """
    text = text.strip()
    check_spelling(text)
    if not text:
        raise NoSource(say("Enter a folder, a file, the address of a IIIF manifest, or a repository ID."))
    return next((kind, meant) for kind in kinds().values() if (meant := kind.means(text, bdr)) is not None)


def kind_of_path(path: Path) -> SourceKind:
    """Return the kind of source that a path's name means; a missing path counts as a folder. Raises NoSource."""
    return next(kind for kind in kinds().values() if kind.is_path and kind.means(str(path), BDR) is not None)


def reader_of(kind: str, text: str, tools: Tools) -> SourceReader:
    """Return the reader of a source of this kind."""
    return kinds()[kind].reader(text, tools)
