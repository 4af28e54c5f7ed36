"""What the browser takes for the server's rows is what the server sends: its types are made of ours."""

from __future__ import annotations

import os
import types
import typing
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from clustering.selectors.desk_shapes import GroupRow, PageRow

TYPES = Path(__file__).resolve().parents[2] / "static/js/desk/wire.d.ts"
PLAIN = {int: "number", float: "number", str: "string", bool: "boolean", type(None): "null", Any: "any"}
HEAD = """/** The rows that the server sends, as `clustering/selectors/desk_shapes.py` declares them. Written by
 * `WRITE=1 python -m pytest tests/project/test_wire_types.py`. */
"""
PACKED = """
/** Many rows of one kind: what their values are called, and the values of each. */
export interface Packed<Row> {
  columns: (keyof Row & string)[];
  rows: any[][];
}
"""


def in_typescript(kind: Any) -> str:
    if kind in PLAIN:
        return PLAIN[kind]
    origin = get_origin(kind)
    if origin is Literal:
        return " | ".join(f'"{value}"' for value in get_args(kind))
    if origin is Annotated:  # a list of so many
        whole, length = get_args(kind)
        return f"[{', '.join([in_typescript(get_args(whole)[0])] * length.max_length)}]"
    parts = [in_typescript(part) for part in get_args(kind)]
    if origin is list:
        return f"{parts[0]}[]"
    if origin is dict:
        return f"Record<{parts[0]}, {parts[1]}>"
    if origin is tuple:
        return f"[{', '.join(parts)}]"
    assert origin in (types.UnionType, typing.Union), kind
    return " | ".join(parts)


def interface(row: type) -> str:
    fields = "".join(
        f"  {name}: {in_typescript(kind)};\n" for name, kind in get_type_hints(row, include_extras=True).items()
    )
    return f"\n/** {row.__doc__} */\nexport interface {row.__name__} {{\n{fields}}}\n"


def test_the_types_of_the_browser_are_those_of_the_server() -> None:
    written = HEAD + interface(GroupRow) + interface(PageRow) + PACKED
    if os.environ.get("WRITE"):
        TYPES.write_text(written, encoding="utf-8")
    assert TYPES.read_text(encoding="utf-8") == written
