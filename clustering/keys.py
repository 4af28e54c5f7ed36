"""The keys of the desk: one list that drives the handlers, the help, the tooltips, remapping and the tests.

Those of acts stand with the acts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from clustering.actions import ACTS
from clustering.actions.base import Key

_STREAM = (
    "split", "merge", "move", "reorder", "confirm", "unconfirm", "flag", "describe", "accept-drafts", "rotate",
    "restrict",
)  # fmt: skip
_ELSEWHERE = ("undo", "redo", "answer", "answer-many")


def _of(*addresses: str) -> tuple[Key, ...]:
    """Return the commands that do these acts, at this place in the help."""
    return tuple(key for address in addresses for key in ACTS[address].keys)


KEYS: tuple[Key, ...] = (
    Key("left", ("ArrowLeft",), "Previous page", "stream", fixed=True),
    Key("right", ("ArrowRight",), "Next page", "stream", fixed=True),
    Key("up", ("ArrowUp",), "Row above", "stream", fixed=True),
    Key("down", ("ArrowDown",), "Row below", "stream", fixed=True),
    Key("row-start", ("Home",), "Start of the row", "stream", fixed=True),
    Key("row-end", ("End",), "End of the row", "stream", fixed=True),
    Key("first", ("Mod+Home",), "First page", "stream", fixed=True),
    Key("last", ("Mod+End",), "Last page", "stream", fixed=True),
    Key("screen-up", ("PageUp",), "One screen up", "stream", fixed=True),
    Key("screen-down", ("PageDown",), "One screen down", "stream", fixed=True),
    Key("group-next", ("j",), "Next document", "stream"),
    Key("group-previous", ("k",), "Previous document", "stream"),
    Key("doubt-next", ("n",), "Next place to check", "stream"),
    Key("doubt-previous", ("Shift+n",), "Previous place to check", "stream"),
    Key("go-to", ("g",), "Go to a page number or identifier", "stream"),
    Key("fold", (".",), "Fold or unfold the document", "stream"),
    Key("larger", ("+",), "Larger pages", "stream"),
    Key("smaller", ("-",), "Smaller pages", "stream"),
    Key("usual-size", ("0",), "Default page size", "stream"),
    Key("magnify", ("z",), "Turn the magnifier on or off", "stream"),
    Key("select", ("Space",), "Select or deselect the current page", "stream", fixed=True),
    Key("extend-left", ("Shift+ArrowLeft",), "Extend the selection to the left", "stream", fixed=True),
    Key("extend-right", ("Shift+ArrowRight",), "Extend the selection to the right", "stream", fixed=True),
    Key("extend-up", ("Shift+ArrowUp",), "Extend the selection up", "stream", fixed=True),
    Key("extend-down", ("Shift+ArrowDown",), "Extend the selection down", "stream", fixed=True),
    Key("select-all", ("Mod+a",), "Select the document; press again to select all shown", "stream", fixed=True),
    Key("clear", ("Escape",), "Clear the selection or close the open view", "everywhere", fixed=True),
    *_of(*_STREAM),
    *_of(*(address for address in ACTS if address not in (*_STREAM, *_ELSEWHERE))),
    Key("why", ("w",), "Show why pages were split or joined here", "stream"),
    Key("compare", ("v",), "Compare the pages on both sides", "stream"),
    Key("comment", ("i",), "Comment on the document", "stream"),
    Key("open", ("Enter",), "Open the page", "stream", fixed=True),
    *_of("undo", "redo"),
    Key("detail-next", ("ArrowRight", "j"), "Next page", "detail", fixed=True),
    Key("detail-previous", ("ArrowLeft", "k"), "Previous page", "detail", fixed=True),
    Key("detail-describe", ("d",), "Describe the document", "detail", edits=True),
    Key("queue-describe", ("d",), "Describe the document on the right", "queue", edits=True),
    Key("queue-flag", ("f",), "Flag the document on the right, with a note", "queue", edits=True),
    Key("queue-mark", ("b",), "Mark a page as empty, a target, or no document", "queue", edits=True),
    *_of("answer"),
    Key("skip", ("ArrowRight", "n"), "Skip to the next", "queue", fixed=True),
    Key("back", ("ArrowLeft",), "Back to the previous one", "queue", fixed=True),
    *_of("answer-many"),
    Key("rotate-pair", ("r",), "Rotate the page under the pointer, or both", "queue", edits=True),
    Key("rotate-pair-back", ("Shift+r",), "Rotate them the other way", "queue", edits=True),
    Key("zoom-in", ("+",), "Zoom in on both pages", "queue"),
    Key("zoom-out", ("-",), "Zoom out of both pages", "queue"),
    Key("zoom-whole", ("0",), "Fit both pages", "queue"),
    Key("zoom-true", ("1",), "Show both pages at the same scale, or fit each", "queue"),
    Key("describe-save", ("Enter", "Mod+Enter"), "Save and open the next document", "describe", fixed=True, edits=True),
    Key("describe-next", ("Alt+ArrowDown",), "Next document", "describe", fixed=True, edits=True),
    Key("describe-previous", ("Alt+ArrowUp",), "Previous document", "describe", fixed=True, edits=True),
    Key("describe-page-next", ("Alt+PageDown",), "Next page of the document", "describe", fixed=True, edits=True),
    Key("describe-page-previous", ("Alt+PageUp",), "Previous page of the document", "describe", fixed=True, edits=True),
    Key("table-edit", ("Enter", "F2"), "Edit the cell", "table", fixed=True, edits=True),
    Key("table-fill", ("Mod+d",), "Fill down from the first selected row", "table", fixed=True, edits=True),
    Key("table-empty", ("Delete", "Backspace"), "Empty the selected cells", "table", fixed=True, edits=True),
    Key("table-scans", ("Space",), "Show or hide the scans of the document", "table", fixed=True),
    Key("audit-right", ("c",), "These pages are one document", "audit", edits=True),
    Key("audit-wrong", ("u",), "Something is wrong: fix it", "audit", edits=True),
    Key("audit-next", ("ArrowRight", "j"), "Next sample", "audit", fixed=True),
    Key("audit-previous", ("ArrowLeft", "k"), "Previous sample", "audit", fixed=True),
    Key("map-left", ("ArrowLeft",), "Nearest page to the left", "map", fixed=True),
    Key("map-right", ("ArrowRight",), "Nearest page to the right", "map", fixed=True),
    Key("map-up", ("ArrowUp",), "Nearest page above", "map", fixed=True),
    Key("map-down", ("ArrowDown",), "Nearest page below", "map", fixed=True),
    Key("map-choose", ("Space",), "Select or deselect the page", "map", fixed=True),
    Key("map-document", ("g",), "Select all pages of its document", "map"),
    Key("map-open", ("Enter",), "Open the page", "map", fixed=True),
    Key("search", ("/",), "Search the text", "everywhere"),
    Key("menu", ("Shift+F10", "ContextMenu"), "Menu of the current page", "stream", fixed=True),
    Key("palette", ("Mod+k",), "Command palette: all actions and places", "everywhere", fixed=True),
    Key("help", ("?",), "Help", "everywhere"),
)

EVERYWHERE = "everywhere"
"""Also while a page is open, or in the queue."""

SCOPES: dict[str, Any] = {
    "stream": _lazy("Pages"),
    "queue": _lazy("To check"),
    "detail": _lazy("With a page open"),
    "describe": _lazy("Describing a document"),
    "table": _lazy("Table"),
    "audit": _lazy("Spot check"),
    "map": _lazy("Map on the dashboard"),
    EVERYWHERE: _lazy("Everywhere"),
}

OFF = "off"
"""What a person writes to switch a single-letter key off."""


def keys_for(changes: Mapping[str, str] | None = None) -> list[Key]:
    """Return the keys with a person's own in their places; unknown commands and fixed ones are left as they are."""
    mine = changes or {}
    return [
        replace(key, keys=() if mine[key.id] == OFF else (mine[key.id],)) if key.id in mine and not key.fixed else key
        for key in KEYS
    ]


def keys_as_data(changes: Mapping[str, str] | None = None) -> list[dict[str, object]]:
    """Return the same for the browser."""
    return [{**asdict(key), "label": _(key.label)} for key in keys_for(changes)]


def spoken(combination: str) -> str:
    """Return the combination as a person reads it on their keyboard: Ctrl+Shift+Z; in German Strg+Umschalt+Z."""
    names = {
        "Mod": _("Ctrl"), "Shift": _("Shift"), "ArrowLeft": "←", "ArrowRight": "→", "ArrowUp": "↑", "ArrowDown": "↓",
        "Escape": _("Esc"), "Enter": _("Enter"), "Space": _("Space"), "Delete": _("Delete"), "Home": _("Home"),
        "End": _("End"), "Tab": _("Tab"), "PageUp": _("PageUp"), "PageDown": _("PageDown"),
    }  # fmt: skip
    parts = combination.split("+") if combination != "+" else ["+"]
    return "+".join(names.get(part, part.upper() if len(part) == 1 else part) for part in parts)
