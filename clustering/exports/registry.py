"""All formats, by name: the command, the download on the page and the job offer the same."""

from __future__ import annotations

from clustering.exports import delimited
from clustering.exports.archivesspace import writer as archivesspace
from clustering.exports.bagit import writer as bag
from clustering.exports.bdr import writer as bdr
from clustering.exports.contentdm import writer as contentdm
from clustering.exports.contract import ExportFormat
from clustering.exports.iiif import writer as iiif
from clustering.exports.islandora import writer as islandora
from clustering.exports.json_files import writer as json_lines
from clustering.exports.mets import writer as mets
from clustering.exports.mods import writer as mods
from clustering.exports.omeka_s import writer as omeka
from clustering.exports.pdf import writer as pdf
from clustering.exports.tables import writer as tables
from clustering.exports.tropy import writer as tropy
from clustering.exports.workbook import writer as workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP = "application/zip"
XML = "application/xml"
CSV = "text/csv; charset=utf-8"

TABLES = "Tables and data"
RECORDS = "Library records and viewers"
REPOSITORIES = "Repositories and catalogues"
READING = "To read and to keep"

FORMATS: dict[str, ExportFormat] = {
    known.name: known
    for known in (
        ExportFormat(
            "csv",
            "CSV, a row a page",
            "Opens in any spreadsheet: each page with its group and what is known of it.",
            TABLES,
            CSV,
            ".csv",
            write=tables.write_pages,
        ),
        ExportFormat(
            "groups",
            "CSV, a row a document",
            "A catalogue as a table: title, kind, date, extent and pages under Dublin Core names.",
            TABLES,
            CSV,
            "-groups.csv",
            write=tables.write_groups,
        ),
        ExportFormat(
            "xlsx",
            "Excel, documents and pages",
            "A workbook with a sheet of documents and a sheet of pages.",
            TABLES,
            XLSX,
            ".xlsx",
            files=workbook.write_xlsx,
        ),
        ExportFormat(
            "comparison",
            "Excel, runs compared",
            "Every page with its thumbnail, and what each run, the desk and the archivists say of it.",
            TABLES,
            XLSX,
            "-comparison.xlsx",
            files=workbook.write_comparison,
        ),
        ExportFormat(
            "json",
            "JSON, an entry a document",
            "For programs: each document with its pages in reading order.",
            TABLES,
            "application/json",
            ".json",
            write=json_lines.write_json,
        ),
        ExportFormat(
            "jsonl",
            "JSON Lines, a line a document",
            "For programs that read as they go.",
            TABLES,
            "application/x-ndjson",
            ".jsonl",
            write=json_lines.write_json_lines,
        ),
        ExportFormat(
            "pages",
            "pages.csv",
            "The bare arrangement, from which any system can rebuild the documents.",
            TABLES,
            CSV,
            "-pages.csv",
            write=delimited.write_arrangement,
        ),
        ExportFormat(
            "mods",
            "MODS, a record a document",
            "For library catalogues: a record for each document, its pages as constituents.",
            RECORDS,
            ZIP,
            "-mods.zip",
            files=mods.write_mods,
        ),
        ExportFormat(
            "mets",
            "METS, one file",
            "For repositories: the pages as they were scanned and the documents they make, with MODS inside.",
            RECORDS,
            XML,
            "-mets.xml",
            files=mets.write_mets,
        ),
        ExportFormat(
            "iiif",
            "IIIF manifests",
            "For viewers such as Mirador: a manifest a document, and the collection that names them.",
            RECORDS,
            ZIP,
            "-iiif.zip",
            files=iiif.write_iiif,
        ),
        ExportFormat(
            "bdr",
            "Brown Digital Repository",
            "A MODS record for each parent, a table of its pages, and their relations.",
            REPOSITORIES,
            ZIP,
            "-bdr.zip",
            files=bdr.write_bdr,
        ),
        ExportFormat(
            "islandora",
            "Islandora Workbench",
            "A table in which each document is followed by its pages, and a configuration.",
            REPOSITORIES,
            ZIP,
            "-islandora.zip",
            files=islandora.write_islandora,
        ),
        ExportFormat(
            "omeka-s",
            "Omeka S, CSV Import",
            "A row a document with Dublin Core names and the addresses of its pages.",
            REPOSITORIES,
            ZIP,
            "-omeka-s.zip",
            files=omeka.write_omeka,
        ),
        ExportFormat(
            "archivesspace",
            "ArchivesSpace digital objects",
            "The bulk template, a row a document, with the address of its manifest.",
            REPOSITORIES,
            ZIP,
            "-archivesspace.zip",
            files=archivesspace.write_archivesspace,
        ),
        ExportFormat(
            "contentdm",
            "CONTENTdm compound objects",
            "A folder a document with its table, its scans and what was read on them.",
            REPOSITORIES,
            ZIP,
            "-contentdm.zip",
            files=contentdm.write_contentdm,
            holds_scans=True,
        ),
        ExportFormat(
            "tropy",
            "Tropy",
            "JSON-LD that Tropy imports: an item a document, what was read as notes.",
            READING,
            "application/ld+json",
            "-tropy.json",
            files=tropy.write_tropy,
        ),
        ExportFormat(
            "pdf",
            "PDF, searchable",
            "A PDF a document: the scans as they are, with what was read as text that can be searched.",
            READING,
            ZIP,
            "-pdf.zip",
            files=pdf.write_pdf,
            holds_scans=True,
        ),
        ExportFormat(
            "bagit",
            "BagIt, to be kept",
            "Scans and metadata with their checksums, for a repository's storage.",
            READING,
            ZIP,
            "-bag.zip",
            files=bag.write_bag,
            holds_scans=True,
        ),
    )
}
"""In the order in which they are offered."""


def by_purpose() -> list[tuple[str, list[ExportFormat]]]:
    """The formats under their headings."""
    headings = list(dict.fromkeys(known.purpose for known in FORMATS.values()))
    return [(heading, [known for known in FORMATS.values() if known.purpose == heading]) for heading in headings]
