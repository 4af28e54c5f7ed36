"""Meaningful requests for each view, so that views read all of them; the tests then distort parts."""

from __future__ import annotations

from typing import Any

from clustering.keys import KEYS

FORMS: dict[str, list[dict[str, str]]] = {
    "plain-act": [
        {"act": act, "pages": "2", "groups": "{group}", "version": "{group}:1", "to": "2", "role": "empty", "sure": "1",
         "all-groups": "3", "all-version": "1", "page": "1", "title-{group}": "A", "note-{group}": "n",
         # The list that a refusal shows again is short where it need not hold every document.
         "show": "all" if "matching" in act else "flagged",
         "kind-{group}": "letter", "date-{group}": "1954", "about-{group}": "x", "copy-{group}": "2"}
        for act in ("confirm-matching", "unconfirm-matching", "split:2", "join:4", "confirm:{group}", "merge", "move",
                    "new-group", "earlier:2", "flag:{group}", "unflag:{group}", "describe:{group}", "mark")
    ],
    "queue-list": [{"verdict": "same", "lefts": "3", "version": "{group}:1"}],
    "accept": [
        {"at": "60", "groups": "1", "version": "2", "act_id": "0b8ff7b1-6e3a-4b5e-8a6c-000000000001", "sample": "1"},
    ],
    "audit": [{"sample": "1", "verdict": "right"}, {"undo": "1"}],
    "publish-run": [{"run": "{run}"}],
    "preview-run": [{"take": "1"}],
    "history-restore": [{"group": "{group}", "version": "1", "act_id": "x"}, {"version": "2"}],
    "history-undo": [{"act": "redo", "filters": "person=alice"}],
    "new-collection": [
        {"where": "computer", "title": "T", "slug": "s", "identifier": "x", "expected_documents": "1"},
        {"where": "server", "folder": "/"}, {"where": "address", "address": "bdr:x", "percent": "1"}, {"open": "/"},
    ],
    "add-scans": [{"where": "computer"}, {"where": "address", "address": "https://example.org/manifest"}],
    "tokens": [{"name": "t", "scope": "read", "days": "30"}],
    "my-keys": [{"split": "x"}],
    "login": [{"username": "alice", "password": "x", "next": "/"}],
    "sign-in-here": [{"username": "alice", "password": "x"}],
    "learning": [{"act": "every", "every": "1"}, {"act": "checks", "share": "2"}, {"act": "1"}],
    "export-settings": [{"published": "on"}],
    "collection-people": [
        {"act": "role", "holder": "person:1", "role": "see"}, {"act": "remove", "role": "1"},
        {"act": "assign", "holder": "team:1", "due": "2130-01-01", "first": "1", "last": "2", "note": "n"},
    ],
    "assignment": [{"act": "hand-over", "holder": "person:1", "next": "/my-work/"}],
    "staff-people": [{"username": "x", "role": "see", "collections": "afl", "teams": "1"}],
    "own-password": [{"old_password": "x", "new_password1": "x", "new_password2": "y"}],
    "choose-password": [{"new_password1": "x", "new_password2": "y"}],
}  # fmt: skip
"""Meaningful values of forms; the names that each view reads are below."""

ALIKE = {"my-keys": set(sorted({key.id for key in KEYS} - {"split"})[2:])}
"""Names that a view reads in a loop, of which the first three are tested."""

ACTS: dict[str, list[dict[str, Any]]] = {
    "split": [{"group": 0, "before": 2}],
    "merge": [{"groups": [0, 0]}],
    "move": [{"pages": [2], "to": 0}, {"pages": [2], "to": None, "before": 4}],
    "reorder": [{"group": 0, "order": [2, 1, 3]}],
    "confirm": [{"groups": [0]}, {"matching": {"filter": "todo", "groups": 2, "version": 2}}],
    "unconfirm": [{"groups": [0]}],
    "flag": [{"group": 0, "note": "torn"}, {"group": 0, "flagged": False}],
    "describe": [
        {"group": 0, "title": "A", "kind": "letter", "date": "1954", "language": "en", "note": "n", "copy_of": 2},
    ],
    "mark": [{"pages": [1], "role": "empty"}],
    "rotate": [{"pages": [1], "by": 90}],
    "restrict": [{"pages": [1], "restricted": True, "reason": "A record of health", "until": "2100-01-31"}],
    "text": [{"page": 1, "lines": [{"line": "1", "text": "A", "was": "B"}, {"text": "C", "after": "1"}]}],
    "answer": [{"left": 3, "verdict": "same"}],
    "answer-many": [{"lefts": [3], "verdict": "same"}],
    "undo": [{"edit": 2, "upto": 2}, {"act": "0b8ff7b1-6e3a-4b5e-8a6c-000000000001"}],
    "redo": [{"edit": 1}],
    "unflag": [{"group": 0}],
    "describe-many": [{"facts": {"1": {"title": "A", "people": [{"label": "Chavez", "uri": "https://e.org/1"}]}}}],
    "accept-drafts": [{"groups": [0]}, {"matching": {"filter": "all", "groups": 3, "version": 2}}],
    "accept": [{"threshold": 0.99, "groups": 1, "version": 2, "sample": 1}],
    "restore": [{"edit": 1, "group": 0, "version": 1}],
    "close": [{}],
    "reopen": [{}],
}  # fmt: skip

CSV = "identifier,group,group_order,title\n{a},1,1,A letter\n{b},1,2,\n"
MANIFEST: dict[str, Any] = {
    "@context": "http://iiif.io/api/presentation/3/context.json", "id": "https://example.org/m", "type": "Manifest",
    "label": {"en": ["A letter"]},
    "items": [
        {"id": "https://example.org/c/1", "type": "Canvas", "label": {"none": ["1"]},
         "metadata": [{"label": {"en": ["Identifier"]}, "value": {"none": ["{a}"]}}],
         "items": [{"type": "AnnotationPage", "items": [{"type": "Annotation", "body": {"id": "https://e.org/a.jpg"}}]}]}
    ],
    "structures": [{"id": "r1", "type": "Range", "label": {"en": ["R"]}, "items": [{"id": "c1", "type": "Canvas"}]}],
}  # fmt: skip
OURS = {"format": "hhreview-groups", "groups": [{"title": "A", "pages": [{"identifier": "{a}"}]}]}
TROPY = {"@graph": [{"http://purl.org/dc/elements/1.1/title": "A",
                     "photo": [{"http://purl.org/dc/elements/1.1/title": "{a}"}]}]}  # fmt: skip
ENTITIES = b"<!DOCTYPE a [<!ENTITY x 'y'><!ENTITY z SYSTEM 'file:///etc/passwd'>]><a>&x;&z;</a>"
METS = (
    '<mets xmlns="http://www.loc.gov/METS/" xmlns:x="http://www.w3.org/1999/xlink"><fileSec><fileGrp><file ID="f1">'
    '<FLocat x:href="{a}.jpg"/></file></fileGrp></fileSec><structMap TYPE="PHYSICAL"><div ID="p0">'
    '<div ID="p1" ORDER="1"><fptr FILEID="f1"/></div></div></structMap><structMap TYPE="LOGICAL"><div ID="l0">'
    '<div ID="l1" DMDID="d1" LABEL="A"/></div></structMap><structLink><smLink x:from="l1" x:to="p1"/></structLink>'
    "</mets>"
)
