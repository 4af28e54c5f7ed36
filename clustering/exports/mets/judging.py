"""Validate the whole METS file with its schema, if installed."""

from __future__ import annotations

from pathlib import Path

from clustering.exports.contract import Material
from clustering.exports.format import Rule, WholeJudge, none_broken
from clustering.exports.mets.writer import write_mets
from clustering.exports.schemas import mets_schema


def _problem(material: Material, folder: Path | None) -> str | None:
    from lxml import etree

    schema = mets_schema(folder)
    if schema is None:
        return None
    _, pieces = next(write_mets(material))
    root = etree.fromstring(b"".join(pieces), etree.XMLParser(no_network=True, huge_tree=True))
    return "" if schema.validate(root) else str(schema.error_log[0].message)


WHOLE_METS = WholeJudge(
    rule=Rule(
        code="mets-schema",
        level="error",
        broken=none_broken,
        message="The file does not match the METS 1.12.1 schema.",
        remedy="Check titles and identifiers for unusual characters. If there are none, report this message.",
        checks="the file matches the METS 1.12.1 schema",
    ),
    most_pages=5_000,  # takes some 60 MB and two seconds
    problem=_problem,
)
