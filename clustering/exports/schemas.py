"""Official schemas, if installed: XSD that validates our XML offline.

hhreview includes none. MODS 3.7 is in the package bdrxml and METS 1.12.1 in ocrd, which `make install-test` installs;
others can be put into a folder named in the settings.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from lxml import etree

_PACKAGES = {"mods-3-7.xsd": ("bdrxml", "schemas"), "mets.xsd": ("ocrd_validators", "")}
_ALSO_CALLED = {"xml.xsd": "mods-xml.xsd"}
"""The schema of the xml: attributes is beside MODS under one of these names."""


def mods_schema(version: str, folder: Path | None) -> Any | None:
    """Return the compiled schema of a MODS version; None if not installed. Raises XMLSchemaParseError."""
    return _compiled(f"mods-{version.replace('.', '-')}.xsd", folder)


def mets_schema(folder: Path | None) -> Any | None:
    """Return the compiled schema of METS 1.12.1; None if not installed. Raises XMLSchemaParseError."""
    return _compiled("mets.xsd", folder)


@lru_cache(maxsize=8)
def _compiled(name: str, folder: Path | None) -> Any | None:
    path = _place(name, folder)
    if path is None:
        return None

    beside = path.parent

    class Local(etree.Resolver):  # type: ignore[misc] # lxml has no types
        """Resolves a schema's imports to files beside it, never over the network."""

        def resolve(self, url: str, public: str, context: object) -> Any:
            """Return the file of that name, if there is one."""
            wanted = url.rpartition("/")[2]
            for called in (wanted, _ALSO_CALLED.get(wanted, wanted)):
                if (beside / called).is_file():
                    return self.resolve_filename(str(beside / called), context)
            return None

    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(Local())
    return etree.XMLSchema(etree.parse(str(path), parser))


def _place(name: str, folder: Path | None) -> Path | None:
    if folder is not None and (folder / name).is_file():
        return folder / name
    package, inside = _PACKAGES.get(name, ("", ""))
    spec = find_spec(package) if package else None
    if spec is None or not spec.submodule_search_locations:
        return None
    path = Path(next(iter(spec.submodule_search_locations))) / inside / name
    return path if path.is_file() else None
