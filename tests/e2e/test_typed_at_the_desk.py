"""What is typed into the fields that scripts make, in a real browser: no letter is lost, whatever happens meanwhile."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from playwright.sync_api import Locator, TimeoutError

from clustering.actions import merge_groups, split_group
from clustering.actions.flag import unflag_group
from clustering.models import Collection, Comment, Group, LineCorrection, User
from clustering.models import Page as Scan
from tests.e2e.conftest import OpenDesk
from tests.e2e.driver import DeskDriver, settled

DIALOG = "dialog[open] "
AT = 3
"""The page that one is at: the first of the second document."""


@dataclass(frozen=True, slots=True)
class Surface:
    """A place to type in."""

    enter: Callable[[DeskDriver], object]
    field: str
    saved: Callable[[], object] | None
    """What the server has of it; None where it only asks."""
    path: str = "/c/afl/"
    send: str = "Enter"
    back: Callable[[DeskDriver], object] | None = None
    """What opens it again after a reload, where that is another way."""


def at(*presses: str) -> Callable[[DeskDriver], object]:
    def enter(desk: DeskDriver) -> None:
        desk.focus(AT)
        desk.keys(*presses)

    return enter


def by_itself(_: DeskDriver) -> None:
    """A view that has an address is open again after a reload."""


def in_the_cell(desk: DeskDriver, column: int = 0) -> None:
    desk.page.locator(f"[data-row='1'][data-column='{column}']").click()
    desk.keys("F2")


def in_a_line(desk: DeskDriver) -> None:
    desk.focus(AT)
    desk.keys("Enter")
    desk.page.locator("#detail .line-text").first.wait_for()
    desk.keys("F2")


def in_place(name: str) -> Callable[[DeskDriver], object]:
    def enter(desk: DeskDriver) -> None:
        at("d")(desk)
        desk.page.locator(f"#describe [name={name}]").focus()

    return enter


def in_thread(desk: DeskDriver) -> None:
    at("d")(desk)
    desk.page.locator(".describe-thread").evaluate("(fold) => (fold.open = true)")
    desk.page.locator("#describe-comments textarea").focus()


def of_a_document(name: str) -> Callable[[], object]:
    return lambda: Group.objects.exclude(**{name: ""}).values_list(name, flat=True).last()


def comments() -> object:
    return Comment.objects.values_list("text", flat=True).last()


SURFACES = {
    "a reason to flag": Surface(at("f"), f"{DIALOG}[name=note]", of_a_document("flag_note")),
    "a flag from the large view": Surface(
        at("Enter", "f"), f"{DIALOG}[name=note]", of_a_document("flag_note"), back=lambda desk: desk.keys("f")
    ),
    "a reason to restrict": Surface(
        at("l"), f"{DIALOG}[name=reason]", lambda: Scan.objects.get(position=AT).restricted_reason
    ),
    "a title": Surface(at("d"), "#describe [name=title]", of_a_document("title"), back=by_itself),
    "a note": Surface(
        in_place("note"), "#describe [name=note]", of_a_document("note"), back=by_itself, send="Control+Enter"
    ),
    "a comment": Surface(at("i"), "#panel-comments textarea", comments),
    "a comment while describing": Surface(in_thread, "#describe-comments textarea", comments, back=by_itself),
    "a note in the queue": Surface(
        lambda desk: desk.keys("f"),
        f"{DIALOG}[name=note]",
        of_a_document("flag_note"),
        path="/c/afl/queue/",
    ),
    "a cell": Surface(in_the_cell, ".grid-editor", of_a_document("title"), path="/c/afl/table/"),
    "what to find": Surface(
        lambda desk: desk.page.get_by_role("button", name="Find and replace").click(),
        f"{DIALOG}[name=find]",
        None,
        path="/c/afl/table/",
    ),
    "a line of the text": Surface(
        in_a_line,
        "#detail textarea.line-field",
        lambda: LineCorrection.objects.values_list("text", flat=True).last(),
        back=by_itself,
    ),
}
SOON_MS = 5000
NEWS_SOON = "const every = setInterval; setInterval = (run, pause) => every(run, pause === 4000 ? 200 : pause);"


def typed(desk: DeskDriver, surface: Surface, words: str) -> Locator:
    surface.enter(desk)
    field = desk.page.locator(surface.field).first
    try:
        field.wait_for(timeout=SOON_MS)
    except TimeoutError:
        surface.enter(desk)  # a key that comes before its view opens nothing
    field.focus()
    field.press("End")
    desk.page.keyboard.type(words)
    return field


def each(desk: DeskDriver) -> Iterator[tuple[str, Surface]]:
    """Go to one after the other."""
    for name, surface in SURFACES.items():
        desk.page.evaluate("sessionStorage.clear()")
        desk.page.goto("about:blank")
        Comment.objects.all().delete()
        for flagged in Group.objects.filter(flagged=True):
            unflag_group(flagged, actor=None)  # an act: the browser keeps the index of each version
        Group.objects.update(flag_note="", title="", note="")
        Scan.objects.update(restricted=False, restricted_reason="")
        desk.page.goto(desk.root + surface.path)
        desk.ready()
        yield name, surface


def test_it_outlives_a_reload_and_going_back(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice)
    lost = []
    for name, surface in each(desk):
        field = typed(desk, surface, " half")
        for leave in (desk.page.reload, lambda: (desk.page.goto(f"{desk.root}/keys/"), desk.page.go_back())):
            leave()
            desk.ready()
            (surface.back or surface.enter)(desk)
            field.wait_for()
            if not field.input_value().endswith(" half"):
                lost.append(name)
    assert lost == []


def sent(desk: DeskDriver, surface: Surface, saved: Callable[[], object], wanted: str) -> None:
    """Send it, once more where it comes back with a reason."""
    refused = desk.page.locator("dialog[open] [role=alert]").filter(has_text=re.compile("."))
    desk.keys(surface.send)
    settled(lambda: saved() == wanted or refused.count() > 0)
    if saved() != wanted:
        desk.keys(surface.send)
    settled(saved, wanted)


def test_it_is_saved_whole_where_others_join_and_split_the_document_meanwhile(
    collection: Collection, alice: User, bob: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)
    desk.page.add_init_script(NEWS_SOON)
    lost = {}
    for name, surface in each(desk):
        if surface.saved is None:
            continue
        field = typed(desk, surface, " half")
        before = field.input_value()
        own = Group.objects.get(pages__position=AT)
        if own.first_position == AT:
            merge_groups(Group.objects.filter(first_position__lte=AT), actor=bob)
        else:
            split_group(own, before=Scan.objects.get(position=AT), actor=bob)
        with desk.page.expect_response(f"**/changes/?since={Collection.objects.get().version}*"):
            pass
        desk.page.keyboard.type(" done")
        if not field.count() or field.input_value() != f"{before} done":
            lost[name] = field.input_value() if field.count() else None
            continue
        sent(desk, surface, surface.saved, f"{before} done".strip())
    assert lost == {}
