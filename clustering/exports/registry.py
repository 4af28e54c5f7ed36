"""All formats, by name: the command and the download on the page offer the same."""

from __future__ import annotations

from clustering.exports import bag, catalogues, iiif, json_lines, mets, mods, pdf, tables, tropy, workbook
from clustering.exports.contract import ExportFormat

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP = "application/zip"
XML = "application/xml"

FORMATS: dict[str, ExportFormat] = {
    known.name: known
    for known in (
        ExportFormat(
            "csv",
            "CSV, a row a page",
            "Opens in any spreadsheet: each page with its group and what is known of it.",
            "text/csv; charset=utf-8",
            ".csv",
            tables.write_pages,
        ),
        ExportFormat(
            "json",
            "JSON, an entry a group",
            "For programs: each group with its pages in reading order.",
            "application/json",
            ".json",
            json_lines.write_json,
        ),
        ExportFormat(
            "jsonl",
            "JSON Lines, a line a group",
            "For programs that read as they go.",
            "application/x-ndjson",
            ".jsonl",
            json_lines.write_json_lines,
        ),
        ExportFormat(
            "pages",
            "pages.csv",
            "The bare arrangement, from which any system can rebuild the groups.",
            "text/csv; charset=utf-8",
            "-pages.csv",
            tables.write_arrangement,
        ),
        ExportFormat(
            "xlsx",
            "Excel, groups and pages",
            "A workbook with a sheet of groups and a sheet of pages.",
            XLSX,
            ".xlsx",
            files=workbook.write_xlsx,
        ),
        ExportFormat(
            "comparison",
            "Excel, runs compared",
            "Every page with its thumbnail, and what each run, the desk and the archivists say of it.",
            XLSX,
            "-comparison.xlsx",
            files=workbook.write_comparison,
        ),
        ExportFormat(
            "mods",
            "MODS, a record a group",
            "For library catalogues: a MODS 3.7 record for each document, its pages as constituents.",
            ZIP,
            "-mods.zip",
            files=mods.write_mods,
        ),
        ExportFormat(
            "mets",
            "METS, one file",
            "For repositories: the pages as they were scanned and the documents they make, with MODS inside.",
            XML,
            "-mets.xml",
            files=mets.write_mets,
        ),
        ExportFormat(
            "iiif",
            "IIIF manifests",
            "For viewers such as Mirador: a manifest a document, and the collection that names them.",
            ZIP,
            "-iiif.zip",
            files=iiif.write_iiif,
        ),
        ExportFormat(
            "bdr",
            "Brown Digital Repository",
            "A MODS record for each parent, a table of its pages, and their relations.",
            ZIP,
            "-bdr.zip",
            files=catalogues.write_bdr,
        ),
        ExportFormat(
            "islandora",
            "Islandora Workbench",
            "A table in which each document is followed by its pages, and a configuration.",
            ZIP,
            "-islandora.zip",
            files=catalogues.write_islandora,
        ),
        ExportFormat(
            "omeka-s",
            "Omeka S, CSV Import",
            "A row a document with Dublin Core names and the addresses of its pages.",
            ZIP,
            "-omeka-s.zip",
            files=catalogues.write_omeka,
        ),
        ExportFormat(
            "archivesspace",
            "ArchivesSpace digital objects",
            "The bulk template, a row a document, with the address of its manifest.",
            ZIP,
            "-archivesspace.zip",
            files=catalogues.write_archivesspace,
        ),
        ExportFormat(
            "contentdm",
            "CONTENTdm compound objects",
            "A folder a document with its table, its scans and what was read on them.",
            ZIP,
            "-contentdm.zip",
            files=catalogues.write_contentdm,
        ),
        ExportFormat(
            "tropy",
            "Tropy",
            "JSON-LD that Tropy imports: an item a document, what was read as notes.",
            "application/ld+json",
            "-tropy.json",
            files=tropy.write_tropy,
        ),
        ExportFormat(
            "pdf",
            "PDF, searchable",
            "A PDF a document: the scans as they are, with what was read as text that can be searched.",
            ZIP,
            "-pdf.zip",
            files=pdf.write_pdf,
        ),
        ExportFormat(
            "bagit",
            "BagIt, to be kept",
            "Scans and metadata with their checksums, for a repository's storage.",
            ZIP,
            "-bag.zip",
            files=bag.write_bag,
        ),
    )
}
"""In the order in which they are offered."""
