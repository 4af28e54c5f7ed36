"""What the pictures of the documentation show: every view of hhreview, in the order of the page of pictures.

`docs/screenshots.py` takes them and writes the page; `tests/project/test_pictures.py` keeps this list, the addresses of
hhreview, and the files together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

SLUG = "harbor-press"
WIDTHS = {820: 1100, 1280: 800, 1920: 1080}
"""Width and height of the window."""
THEMES = ("light", "dark")
USUAL_DARK = 1280
"""Most views are shown in the dark at this width only: a theme is nothing but colors."""


@dataclass(frozen=True, slots=True)
class View:
    """One view: the name of its files, what it is called, where it is, and how it is reached."""

    name: str
    title: str
    path: str
    ready: str = "main, #content"
    """What has to be there before the picture is taken."""
    often: bool = False
    """People work here for hours: it is shown in the dark at every width."""
    stranger: bool = False
    """It is seen before signing in."""
    guest: bool = False
    """It is seen by somebody who may only look."""

    def pictures(self) -> Iterator[tuple[int, str]]:
        """Width and theme of each of its pictures."""
        for theme in THEMES:
            yield from ((width, theme) for width in WIDTHS if theme == "light" or self.often or width == USUAL_DARK)

    def file(self, width: int, theme: str) -> str:
        """Return the file's name."""
        return f"{self.name}-{width}-{theme}.webp"


DESK = f"/c/{SLUG}"
READY = "body[data-ready]"
SECTIONS: dict[str, tuple[View, ...]] = {
    "Reviewing a collection": (
        View("tour", "The tour", f"{DESK}/", READY),
        View("stream", "Pages", f"{DESK}/", READY, often=True),
        View("all-that-is-shown", "Everything shown, selected", f"{DESK}/", READY),
        View("why", "Why pages were split or joined", f"{DESK}/", READY),
        View("page", "An open page", f"{DESK}/", READY, often=True),
        View("page-text", "Correcting the text of a page", f"{DESK}/", READY),
        View("compare", "Comparing the pages on both sides of a line", f"{DESK}/", READY),
        View("queue", "To check", f"{DESK}/queue/", READY, often=True),
        View("queue-list", "Places to check, as a list", f"{DESK}/queue/list/"),
        View("describe", "Describing", f"{DESK}/", READY, often=True),
        View("table", "Table", f"{DESK}/table/", READY, often=True),
        View("list", "List", f"{DESK}/list/"),
        View("search", "Search in one collection", f"{DESK}/search/?q=meeting"),
        View("page-alone", "The page of a page", "/pages/{page}/"),
        View("similar", "Similar pages", "/pages/{page}/similar/"),
        View("accept", "Confirm in bulk", f"{DESK}/accept/"),
        View("audit", "Spot check", "/c/tenants-union/audit/"),
        View("runs", "Proposals", f"{DESK}/runs/"),
        View("preview", "Preview of a proposal’s changes", f"{DESK}/runs/{{run}}/preview/"),
        View("learning", "Model training", f"{DESK}/learning/"),
        View("history", "History", f"{DESK}/history/"),
        View("change", "One change in the history", f"{DESK}/history/{{edit}}/"),
        View("restore", "Restoring an earlier version", f"{DESK}/history/{{earlier}}/restore/"),
        View("dashboard", "Dashboard of a collection", f"{DESK}/dashboard/"),
        View("export", "Export", f"{DESK}/export/"),
        View("restricted", "Restricted pages", f"{DESK}/restricted/"),
        View("likely-personal", "Likely personal data", f"{DESK}/restricted/likely/"),
        View("print-sheet", "Print sheet", f"{DESK}/print/"),
        View("palette", "Command palette", f"{DESK}/", READY),
        View("help", "Keyboard shortcuts on top of the pages", f"{DESK}/", READY),
        View("unprocessed", "Pages of a collection that is not processed", "/c/grange/", READY),
        View("closed", "Pages of a closed collection", "/c/strike-equality/", READY),
    ),
    "All collections": (
        View("collections", "Collections", "/"),
        View("search-all", "Search in all collections", "/search/?q=meeting"),
        View("my-work", "My work", "/my-work/"),
        View("notifications", "Notifications", "/notifications/"),
        View("saved-filters", "Saved filters", f"/filters/?address=/c/{SLUG}/%3Fshow%3Dflagged"),
        View("all-dashboard", "Dashboard of all collections", "/dashboard/"),
    ),
    "Your account": (
        View("sign-in", "Signing in", "/sign-in/", stranger=True),
        View("forgot-password", "A forgotten password", "/forgot-password/", stranger=True),
        View("choose-password", "Choosing a password by link", "{link}", stranger=True),
        View("keys", "Keyboard shortcuts", "/keys/"),
        View("my-keys", "Your own keyboard shortcuts", "/keys/mine/"),
        View("language", "Language", "/language/"),
        View("tokens", "Tokens for scripts", "/tokens/"),
        View("password", "Changing the password", "/password/"),
    ),
    "Managing a collection": (
        View("settings", "Collection settings", f"{DESK}/settings/"),
        View("description-template", "Description template", f"{DESK}/settings/description/"),
        View("export-settings", "Export settings", f"{DESK}/export/settings/"),
        View("collection-people", "People and assignments", "/c/tenants-union/people/"),
        View("close", "Closing a collection", f"{DESK}/close/"),
        View("archive", "Archiving a collection", f"{DESK}/archive/"),
        View("delete", "Deleting a collection", f"{DESK}/delete/"),
    ),
    "Staff": (
        View("new-collection", "A new collection", "/new/", READY),
        View("add-scans", "Adding scans", f"{DESK}/add/", READY),
        View("upload", "An upload that is not finished", "/uploads/{upload}/"),
        View("staff-jobs", "Jobs", "/staff/jobs/"),
        View("job-running", "A running job", "/jobs/{running}/"),
        View("job-failed", "A failed job", "/jobs/{failed}/"),
        View("processed", "What processing found", "/jobs/{processed}/", ".job-outcome"),
        View("found", "The pages behind a number", f"{DESK}/found/en/"),
        View("process", "Processing several collections", "/staff/process/?status=unprocessed"),
        View("assign", "Assigning several collections", "/staff/assign/?ids={collection}"),
        View("staff-people", "People", "/staff/people/"),
        View("workers", "Workers", "/staff/workers/"),
        View("deleted", "Deleted collections", "/staff/deleted/"),
    ),
    "The admin": (
        View("admin", "The first page", "/admin/"),
        View("admin-collections", "Collections", "/admin/clustering/collection/"),
        View("admin-collection", "One collection", "/admin/clustering/collection/{collection}/change/"),
        View("admin-import", "Importing", "/admin/clustering/collection/import/"),
        View(
            "admin-propose", "Options for a proposal", "/admin/clustering/collection/launch/propose/?ids={collection}"
        ),
        View("admin-jobs", "Jobs", "/admin/clustering/job/"),
        View("admin-job", "One job", "/admin/clustering/job/{imported}/change/"),
        View("admin-people", "Users", "/admin/clustering/user/"),
        View("admin-person", "One user", "/admin/clustering/user/{person}/change/"),
        View("admin-deletion", "Deleting a user", "/admin/clustering/user/{person}/delete/"),
    ),
    "Scripts, and where nothing is": (
        View("api", "Reference of the API", "/api/v1/"),
        View("forbidden", "Not allowed", "/staff/jobs/", guest=True),
        View("missing", "Not found", "/c/nowhere/"),
        View("broken", "Something went wrong", "/broken/"),
    ),
}
VIEWS = tuple(view for views in SECTIONS.values() for view in views)

NOT_PICTURED = {
    "parts of a page, and data for scripts": (
        "places desk-index desk-pages desk-find desk-changes desk-terms suggest queue-seams queue-around queue-alike "
        "table-check page-panel seam dashboard-map written-date short-name intake-folders job-progress catalog metrics "
        "scan download job-file"
    ),
    "forms that are sent, and lead elsewhere": (
        "notification staff-jobs-again staff-jobs-now staff-jobs-cancel staff-reset assignment upload-files "
        "upload-file upload-finish upload-abandon sign-in-here logout tour revoke-token plain-act publish-run "
        "upload-arrangement history-undo launch-export show-page job-cancel job-again job-now job-agree"
    ),
    "leads to the pages of the document": "document",
    "leads to the page in a repository": "in-repository",
    "for other programs": "iiif-collection iiif-manifest iiif-thumbnail iiif-image",
}
"""Names of addresses that nobody looks at, by the reason."""


def gallery() -> str:
    """Return the page of pictures."""
    lines = [
        "# hhreview in pictures",
        "",
        "Every view of hhreview at three widths, in light mode and, below it, in dark mode. Click a picture to enlarge "
        "it.",
        "`python docs/screenshots.py` fills a small archive and takes all of them.",
        "[Reviewing documents](archivists.md) and [Managing collections and people](staff.md) explain how to work with "
        "these views.",
    ]
    for section, views in SECTIONS.items():
        lines += ["", f"## {section}"]
        for view in views:
            lines += ["", f"### {view.title}", "", *_table(view)]
    return "\n".join(lines) + "\n"


def _table(view: View) -> Iterator[str]:
    yield "| " + " | ".join(f"{width} pixels" for width in WIDTHS) + " |"
    yield "|" + "---|" * len(WIDTHS)
    there = set(view.pictures())
    for theme in THEMES:
        cells = (_cell(view, width, theme) if (width, theme) in there else "" for width in WIDTHS)
        yield f"| {' | '.join(cells)} |"


def _cell(view: View, width: int, theme: str) -> str:
    file = f"../images/{view.file(width, theme)}"
    return f"[![{view.title}, {width} pixels wide, {theme}.]({file})]({file})"
