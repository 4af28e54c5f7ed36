"""The register of all that somebody types into: a form without a test of what becomes of its words fails here."""

from __future__ import annotations

import re
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"

COVERED = {
    "people/filters.html",
    "list.html",
    "my_keys.html",
    "tokens.html",
    "accept/accept.html",
    "learning.html",
    "export_settings.html",
    "collection_settings.html",
    "description_template.html",
    "intake/new.html",
    "admin/clustering/collection/launch.html",
    "admin/clustering/collection/import.html",
    "sign_in.html",
    "forgot_password.html",  # in test_notifications.py
    "queue_list.html",
    "preview.html",
    "people/_assignment_acts.html",
    "people/collection.html",
    "people/hand_over.html",
    "staff/assign.html",
    "staff/people.html",
    "staff/choose_password.html",
    "own_password.html",
}
"""Templates whose forms test_typed_forms.py tries; a password alone is never kept."""
ONLY_BUTTONS = {
    "people/my_work.html",
    "people/notifications.html",
    "accept/audit.html",
    "archive.html",
    "delete.html",
    "staff/deleted.html",
    "staff/jobs.html",
    "staff/process.html",
    "admin/clustering/job/_status.html",
    "close.html",
    "desk/ask_to_see.html",
    "desk/panel_page.html",
    "export/_acts.html",
    "history/restore.html",
    "history/way_back.html",
    "intake/plan.html",
    "intake/upload.html",
    "job_progress.html",
    "kept_form.html",
    "keys.html",
    "likely_personal.html",
    "language.html",
    "runs.html",
    "top.html",
}
"""Forms in which nothing is typed: buttons, ticks, and files, which no page can keep."""

TYPED_IN_SCRIPTS = {
    "desk/comments.js": 1,
    "desk/datefield.js": 1,
    "desk/describe/form.js": 4,
    "desk/describe/terms.js": 2,
    "desk/describing.js": 3,
    "desk/queue_acts.js": 1,
    "desk/table/grid.js": 2,
    "desk/table/main.js": 3,
    "desk/text_rows.js": 1,
}
"""Fields that scripts make, by file. What is typed there outlives a reload: tests/e2e tries each."""
ASKED_IN_SCRIPTS = {"desk/dialogs.js": 2, "desk/questions.js": 1, "desk/signing_in.js": 1, "palette.js": 1}
"""What is only looked for, and passwords: never kept. One of them makes the fields of the others."""
ONLY_ASKING = {
    "accept/accept.html",
    "collections.html",
    "description_template.html",
    "history/history.html",
    "runs.html",
    "search.html",
    "staff/jobs.html",
    "staff/people.html",
    "top.html",
}
"""Forms that only ask: their address has what was typed."""
FIELD = re.compile(
    r"""make\("(?:textarea|input)", \{(?![^}]*(?:"checkbox"|"hidden"|"password"))|\bfield\(_\("""
    r"""|make\("(?:input|textarea)", \{$"""
)


def test_every_form_that_is_posted_is_tried_or_has_nothing_to_type() -> None:
    with_forms = {
        str(path.relative_to(TEMPLATES))
        for path in TEMPLATES.rglob("*.html")
        if re.search(r'<form[^>]*method="post"', path.read_text(encoding="utf-8"))
    }
    assert with_forms == COVERED | ONLY_BUTTONS
    for name in ONLY_BUTTONS - {"kept_form.html"}:
        text = (TEMPLATES / name).read_text(encoding="utf-8")
        for form in re.findall(r'<form[^>]*method="post".*?</form>', text, re.DOTALL):
            kinds = set(re.findall(r'<input[^>]*type="(\w+)"', form))
            assert kinds <= {"hidden", "file", "checkbox", "radio"}, name
            assert not re.search(r"<textarea|<select|\{\{ form\.", form), name


def test_every_field_that_a_script_makes_is_tried_or_only_asks() -> None:
    scripts = TEMPLATES.parent / "static" / "js"
    counts = {str(path.relative_to(scripts)): len(FIELD.findall(path.read_text())) for path in scripts.rglob("*.js")}
    assert {path: count for path, count in counts.items() if count} == TYPED_IN_SCRIPTS | ASKED_IN_SCRIPTS


def test_every_form_that_asks_is_known() -> None:
    asks = re.compile(r'<form(?![^>]*method="post")')
    asking = {str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html") if asks.search(path.read_text())}
    assert asking == ONLY_ASKING
