"""What a workbook cannot hold."""

from __future__ import annotations

from clustering.exports.contract import GroupRecord, Material
from clustering.exports.format import CollectionRule, Rule
from clustering.exports.naming import clean
from clustering.exports.tables.writer import group_row, remarks

LONGEST_CELL = 32_767
"""Letters of a cell."""
MOST_ROWS = 1_048_575
"""Rows of a sheet below its head."""


def _has_a_long_cell(material: Material, group: GroupRecord) -> int:
    """1 where something is cut: also names that are written one after another, or the identifiers of many pages."""
    cells = (*group_row(material, group), *remarks(group))
    return int(any(isinstance(cell, str) and len(clean(cell)) > LONGEST_CELL for cell in cells))


LONG_CELL = Rule(
    code="long-cell",
    level="warning",
    broken=_has_a_long_cell,
    message=f"{{n}} {{document has|documents have}} more in one cell than its limit of {LONGEST_CELL:,} characters: "
    "a long text, many names, or many pages. It will be cut.",
    remedy="Use CSV, which has no limit.",
    checks="everything fits in its cell",
)
MANY_ROWS = CollectionRule(
    code="many-rows",
    level="error",
    broken=lambda material, groups, pages: pages > MOST_ROWS,
    message="The export has more pages than the 1,048,575 rows that a sheet can hold.",
    remedy="Use CSV, which has no limit on rows.",
    blocks=True,
)
