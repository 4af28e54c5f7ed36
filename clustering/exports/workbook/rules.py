"""What a workbook cannot hold."""

from __future__ import annotations

from clustering.exports.common_rules import texts_of
from clustering.exports.format import CollectionRule, Rule

LONGEST_CELL = 32_767
"""Letters of a cell."""
MOST_ROWS = 1_048_575
"""Rows of a sheet below its head."""

LONG_CELL = Rule(
    code="long-cell",
    level="warning",
    broken=lambda material, group: int(any(len(text) > LONGEST_CELL for text in texts_of(group))),
    message=f"{{n}} {{document has|documents have}} a text longer than a cell’s limit of {LONGEST_CELL:,} characters. "
    "It will be cut.",
    remedy="Use CSV, which has no limit.",
    checks="every text fits in its cell",
)
MANY_ROWS = CollectionRule(
    code="many-rows",
    level="error",
    broken=lambda material, groups, pages: pages > MOST_ROWS,
    message="The export has more pages than the 1,048,575 rows that a sheet can hold.",
    remedy="Use CSV, which has no limit on rows.",
    blocks=True,
)
