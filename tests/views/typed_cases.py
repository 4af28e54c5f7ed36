"""Forms that people type into, with text that is saved, text that is refused, and a sign that it was saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from clustering.models import (
    ApiToken,
    Assignment,
    Collection,
    Group,
    Job,
    Preference,
    SavedFilter,
    User,
)

NOTE = "\r\n  two\r\nlines & <tags>"


@dataclass(frozen=True, slots=True)
class Case:
    """A form with text. {group} and {collection} stand for primary keys."""

    page: str
    finds: str
    """A field by which the form is found on its page."""
    typed: dict[str, str]
    wrong: dict[str, str] = field(default_factory=dict)
    """Text that is refused."""
    press: dict[str, str] = field(default_factory=dict)
    """Its button."""
    saved: Callable[[], object] | None = None
    """Text that appears once it was saved."""
    staff: bool = False
    sends: bool = True
    """Whether the browser sends it as a form; if it has files, a script does."""


def first_document() -> Group:
    return Group.objects.get(number=1)


def with_keys(collection: Collection, user: User) -> Callable[[Any], Any]:
    """Return a function that fills primary keys into a case."""
    keys = {"{group}": str(first_document().pk), "{collection}": str(collection.pk), "{user}": str(user.pk)}

    def put(value: Any) -> Any:
        if isinstance(value, dict):
            return {put(name): put(text) for name, text in value.items()}
        for room, key in keys.items():
            value = value.replace(room, key)
        return value

    return put


CASES = {
    "how many to look at": Case(
        "/c/afl/accept/?at=80",
        "sample",
        {"sample": "1"},
        {"sample": "a few"},
        {},
        lambda: Group.objects.filter(state="confirmed").count() == 2,
    ),
    "a document in the list": Case(
        "/c/afl/list/",
        "title-{group}",
        {
            "title-{group}": 'A "letter"',
            "date-{group}": "Jan. 14, 1954",
            "about-{group}": NOTE,
            "kind-{group}": "letter",
        },
        {"date-{group}": "the other day"},
        {"act": "describe:{group}"},
        lambda: (
            (first_document().title, first_document().date, first_document().note)
            == ('A "letter"', "1954-01-14", "two\nlines & <tags>")
        ),
    ),
    "a flag in the list": Case(
        "/c/afl/list/",
        "title-{group}",
        {"note-{group}": "two hands"},
        {"note-{group}": "x" * 501},
        {"act": "flag:{group}"},
        lambda: first_document().flag_note == "two hands",
    ),
    "pages moved in the list": Case(
        "/c/afl/list/",
        "title-{group}",
        {"to": "1", "pages": "3"},
        {"to": "99"},
        {"act": "move"},
        lambda: first_document().page_count == 3,
    ),
    "keys of one's own": Case(
        "/keys/mine/",
        "split",
        {"split": "b", "merge": "off"},
        {"undo-all": "", "confirm": "Control+w"},
        {},
        lambda: Preference.objects.filter(keys={"split": "b", "merge": "off"}).exists(),
    ),
    "a token": Case(
        "/tokens/",
        "name",
        {"name": "the nightly export", "scope": "write", "days": "365"},
        {"name": " "},
        {},
        lambda: ApiToken.objects.filter(name="the nightly export", scope="write").exists(),
    ),
    "when it learns": Case(
        "/c/afl/learning/",
        "every",
        {"every": "250"},
        {"every": "two hundred"},
        {"wish": "every"},
        lambda: Collection.objects.get().settings.get("learn_every") == 250,
        staff=True,
    ),
    "hidden checks": Case(
        "/c/afl/learning/",
        "share",
        {"share": "3"},
        {"share": "99"},
        {"wish": "checks"},
        lambda: Collection.objects.get().settings.get("check_share") == 3,
        staff=True,
    ),
    "export settings": Case(
        "/c/afl/export/settings/",
        "publisher",
        {"publisher": "Brown & Sons", "rights": "http://rightsstatements.org/vocab/InC/1.0/"},
        {"base_url": "not an address"},
        {},
        lambda: (Collection.objects.get().settings.get("export") or {}).get("publisher") == "Brown & Sons",
        staff=True,
    ),
    "which drafts are accepted": Case(
        "/c/afl/settings/",
        "least",
        {"least": "75", "accept": "on"},
        {"least": "most"},
        {},
        lambda: Collection.objects.get().settings["drafts"]["least"] == 75,
        staff=True,
    ),
    "where pages are in a repository": Case(
        "/c/afl/settings/",
        "repository",
        {"repository": "https://repository.example.org/item/{identifier}"},
        {"repository": "repository.example.org/{item}"},
        {"act": "repository"},
        lambda: Collection.objects.get().read_settings().repository.endswith("/item/{identifier}"),
        staff=True,
    ),
    "a saved filter": Case(
        "/filters/?address=/%3Fstatus%3Dreview",
        "address",
        {"name": "For Monday"},
        {"name": " "},
        {"act": "save"},
        lambda: SavedFilter.objects.filter(name="For Monday", address="/?status=review").exists(),
    ),
    "what a description has": Case(
        "/c/afl/settings/description/",
        "rights-default",
        {"rights-default": "In copyright & unknown", "box-use": "required"},
        {"rights-default": "x" * 501},
        {},
        lambda: "In copyright & unknown" in str(Collection.objects.get().settings.get("description")),
        staff=True,
    ),
    "a new collection": Case(
        "/new/",
        "title",
        {"title": "Farm Workers", "slug": "farm", "identifier": "HH018977", "where": "address", "address": "nowhere"},
        {"slug": "not a slug"},
        {},
        staff=True,
        sends=False,
    ),
    "scans for a collection": Case(
        "/c/afl/add/",
        "address",
        {"where": "address", "address": "bdr:nothing", "percent": "30"},
        {"percent": "900"},
        {},
        staff=True,
        sends=False,
    ),
    "an order in the admin": Case(
        "/admin/clustering/collection/launch/propose/?ids={collection}",
        "method",
        {"method": "seams", "documents": "3"},
        {"documents": "some"},
        {},
        lambda: Job.objects.filter(kind="propose").exists(),
        staff=True,
    ),
    "an import in the admin": Case(
        "/admin/clustering/collection/import/",
        "slug",
        {"slug": "farm", "title": "Farm Workers"},
        {"slug": "not a slug"},
        {},
        staff=True,
    ),
    "facts of a collection in the admin": Case(
        "/admin/clustering/collection/{collection}/change/",
        "expected_documents",
        {"title": "Farm Workers", "note": "from two boxes"},
        {"expected_documents": "many"},
        {},
        lambda: Collection.objects.get().note == "from two boxes",
        staff=True,
    ),
    "an account in the admin": Case(
        "/admin/clustering/user/{user}/change/",
        "first_name",
        {"first_name": "Dora", "email": "dora@example.org"},
        {"email": "no address"},
        {},
        lambda: User.objects.filter(first_name="Dora", email="dora@example.org").exists(),
        staff=True,
    ),
    "an assignment": Case(
        "/c/afl/people/",
        "due",
        {"holder": "person:{user}", "due": "2130-01-31", "first": "1", "last": "3", "note": "the letters"},
        {"note": "x" * 501, "last": "99"},
        {"act": "assign"},
        lambda: Assignment.objects.filter(person__username="alice", note="the letters").exists(),
        staff=True,
    ),
    "an assignment of several collections": Case(
        "/staff/assign/?ids={collection}",
        "due",
        {"holder": "person:{user}", "due": "2130-01-31", "note": "the letters"},
        {"note": "x" * 501},
        {},
        lambda: Assignment.objects.filter(person__username="alice", note="the letters").exists(),
        staff=True,
    ),
    "an assignment that is handed over": Case(
        "/my-work/",
        "holder",
        {"holder": "person:{user}", "note": "on leave until May"},
        {"note": "x" * 501},
        {"act": "hand-over"},
        lambda: Assignment.objects.filter(person__username="alice", note="on leave until May").exists(),
        staff=True,
    ),
    "an invitation": Case(
        "/staff/people/",
        "username",
        {"first_name": "Dora", "last_name": "Day", "username": "dora", "email": "dora@example.org"},
        {"username": "alice"},
        {},
        lambda: User.objects.filter(username="dora", email="dora@example.org").exists(),
        staff=True,
    ),
}
