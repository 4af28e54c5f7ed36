#!/usr/bin/env python3
"""List functions, classes, and imports that only tests use. Part of `make check`."""

from __future__ import annotations

import sys
from pathlib import Path

from vulture import Vulture

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("clustering", "hhreview", "bench", "deploy", "docs")
KINDS = {"function", "method", "class", "property", "import", "unreachable_code"}
"""Without fields and constants, which templates and JSON may use unseen."""
CALLED_BY_NAME = [
    *("Command", "Meta", "*Config", "*Middleware", "*Backend", "add_arguments", "handle", "ready"),  # Django
    *("clean*", "get_*", "has_*_permission", "list_*", "order_*", "save_*", "*_view", "lookups"),
    *("field_choices", "from_db_value", "as_sql"),  # Django too
    # Templates and settings name these.
    *("setting_fields", "common_fields", "csrf_failure", "server_error", "bad_request", "CollectedFiles"),
    *("_new_conn", "writable", "allow_request", "wait", "maintenance"),  # urllib3, zipfile, ninja, and Waitress
    "find_class",  # pickle
]
FOR_PEERS = ["BoundaryClassifier", "predict_proba"]
"""For programs that use the engine as a library, with scikit-learn."""
FOR_TESTS = ["to_folder", "to_zip", "unguarded", "classify", "without_source", "reader_of"]
"""For tests, the counterparts of functions in use."""


def unused() -> list[str]:
    """Return unused code, as file:line and a description."""
    search = Vulture(ignore_names=[*CALLED_BY_NAME, *FOR_PEERS, *FOR_TESTS], ignore_decorators=["@*"])
    search.scavenge([str(ROOT / folder) for folder in FOLDERS], exclude=["*/migrations/*"])
    return [
        item.get_report().replace(f"{ROOT}/", "")
        for item in search.get_unused_code(min_confidence=60)
        # An act registers itself by being defined.
        if item.typ in KINDS and not (item.typ == "class" and item.filename.parent == ROOT / "clustering/actions")
    ]


if __name__ == "__main__":
    names = unused()
    if names:
        sys.exit("\n".join([*names, "Remove what nothing uses, or name in deploy/dead_code.py who calls it."]))
