"""Islandora Workbench: a table in which each document is followed by its pages, and a configuration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from clustering.engine.description import labels
from clustering.engine.edtf import is_edtf
from clustering.engine.language_names import language_name
from clustering.exports.contract import ExportedPage, File, GroupRecord, Material
from clustering.exports.delimited import SEPARATOR, Paragraphs, csv_pieces, one_value, pages_csv
from clustering.exports.islandora.settings import SEVERAL, IslandoraSettings
from clustering.exports.naming import extent_of, file_suffix, is_person, local_id, origin, rights_of, title_of
from clustering.exports.packing import upright_pieces

ISLANDORA_COLUMNS = ("id", "parent_id", "field_weight", "file", "title", "field_model", "field_member_of")


def write_islandora(material: Material) -> Iterator[File]:
    """Yield the parent's row first, then its pages with weights 1 to n; and the configuration.

    Descriptions go into the fields named in the settings. If proposals are included, a column says what may be
    published.
    """
    settings = material.settings.of(IslandoraSettings)
    fields = settings.columns()
    columns = (*ISLANDORA_COLUMNS, *fields.values())
    if material.everything:
        columns = (*columns, "published")

    def rows() -> Iterator[Sequence[object]]:
        for group in material.groups:
            name = local_id(material.collection, group)
            title = title_of(group, material.settings)
            published = (int(not group.is_machine_proposed),) if material.everything else ()
            parent = (name, "", "", "", title, settings.islandora_model, settings.islandora_collection)
            facts = facts_of(material, group)
            yield *parent, *(facts[fact] for fact in fields), *published
            for page in group.pages:
                called = f"{title}, page {page.sequence}"
                child = (f"{name}-{page.sequence}", name, page.sequence, _file_of(page, name), called)
                own = (page.identifier if fact == "identifier" else "" for fact in fields)
                yield *child, settings.islandora_page_model, "", *own, *published

    yield "islandora.csv", csv_pieces(columns, rows())
    config = (
        f"task: create\nhost: {settings.islandora_host}\nusername: workbench\n"
        "input_dir: .\ninput_csv: islandora.csv\nid_field: id\nallow_missing_files: true\n"
        "# Genres and languages that are not in their vocabularies yet are added.\nallow_adding_terms: true\n"
        "# Put the scans beside this file, under the names of the column file. Those in rotated/ are there already.\n"
    )
    yield "workbench.yml", [config.encode()]
    for group in material.groups:
        for page in group.pages:
            if page.rotation:
                name = local_id(material.collection, group)
                yield _file_of(page, name), upright_pieces(material.image(page), page.rotation)
    yield pages_csv(material)


def _file_of(page: ExportedPage, parent: str) -> str:
    """Return where Workbench finds a scan; a page that needs rotation is included, rotated."""
    return f"rotated/{parent}-{page.sequence}.{file_suffix(page)}" if page.rotation else page.filename


def facts_of(material: Material, group: GroupRecord) -> dict[str, str]:
    """Return the values of a document under the names that the setting `islandora_fields` gives fields of."""
    details = group.details
    prefixes = material.settings.of(IslandoraSettings).prefixes()
    texts = {
        "identifier": local_id(material.collection, group),
        "genre": group.kind if group.kind != "other" else "",
        "date": group.date if is_edtf(group.date) else "",
        "language": language_name(group.language),
        "rights": rights_of(material, group),
        "extent": extent_of(group),
        "note": origin(group),
        "box": details.box,
        "local": details.identifier,
    }
    return {
        **{name: one_value(text) for name, text in texts.items()},
        "description": Paragraphs(one_value(group.note)),
        "summary": Paragraphs(one_value(details.summary)),
        **{name: _names(labels(getattr(details, name)), prefixes.get(name, "")) for name in SEVERAL},
    }


def _names(names: Sequence[str], prefix: str) -> str:
    """Return names in one cell, each after the prefix with its role and vocabulary."""
    agents = ("person" if is_person(name) else "corporate_body" for name in names)
    befores = (f"{prefix.replace('{agent}', agent)}:" if prefix else "" for agent in agents)
    return SEPARATOR.join(before + one_value(name) for before, name in zip(befores, names, strict=True))
