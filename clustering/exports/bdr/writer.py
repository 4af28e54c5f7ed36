"""Brown Digital Repository: a MODS record per new parent, a table of its pages, and their relations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from clustering.exports.bdr.settings import BdrSettings
from clustering.exports.contract import File, Material
from clustering.exports.delimited import csv_pieces, pages_csv
from clustering.exports.mods.writer import document, mods_record
from clustering.exports.naming import clean, file_stem, local_id

BDR_COLUMNS = ("parent_local_id", "child_pid", "pagination")


def write_bdr(material: Material) -> Iterator[File]:
    """Yield a MODS record per parent, children.csv, and for each page with a pid the statements that name its
    parent."""

    def rows() -> Iterator[Sequence[object]]:
        for group in material.groups:
            for page in group.pages:
                yield local_id(material.collection, group), page.pid or page.identifier, page.sequence

    yield "children.csv", csv_pieces(BDR_COLUMNS, rows())
    for group in material.groups:
        name = local_id(material.collection, group)
        yield f"parents/{name}.mods.xml", [document(mods_record(material, group))]
        for page in group.pages:
            if page.pid:
                yield f"rels-ext/{file_stem(page.pid)}.xml", [_rels_ext(material, page.pid, name, page.sequence)]
    yield pages_csv(material)


def _rels_ext(material: Material, pid: str, parent: str, sequence: int) -> bytes:
    """Return isPartOf and hasPagination; the parent's local id is replaced once the repository has given it a pid.

    If the settings name the folder's pid, the page stays part of it as well.
    """
    about = quoteattr(f"info:fedora/{clean(pid)}")
    parents = [f"{{{parent}}}", *filter(None, [material.settings.of(BdrSettings).bdr_collection])]
    part_of = "".join(f"    <rel:isPartOf rdf:resource={quoteattr(f'info:fedora/{clean(one)}')}/>\n" for one in parents)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"\n'
        '         xmlns:rel="info:fedora/fedora-system:def/relations-external#"\n'
        '         xmlns:bul="http://library.brown.edu/#">\n'
        f"  <rdf:Description rdf:about={about}>\n"
        f"{part_of}"
        f"    <bul:hasPagination>{escape(str(sequence))}</bul:hasPagination>\n"
        "  </rdf:Description>\n"
        "</rdf:RDF>\n"
    ).encode()
