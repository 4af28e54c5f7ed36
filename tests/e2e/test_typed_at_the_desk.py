"""What is typed into the fields that scripts make, in a real browser: no letter is lost, whatever happens meanwhile."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.contrib.sessions.models import Session
from playwright.sync_api import Locator, TimeoutError, expect

from clustering.actions import merge_groups, split_group
from clustering.actions.flag import unflag_group
from clustering.models import Collection, Comment, Group, LineCorrection, User
from clustering.models import Page as Scan
from tests.e2e.away import Away
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
        desk.leave()
        desk.page.evaluate("sessionStorage.clear()")
        Comment.objects.all().delete()
        for flagged in Group.objects.filter(flagged=True):
            unflag_group(flagged, actor=None)  # an act: the browser keeps the index of each version
        Group.objects.update(flag_note="", title="", note="")
        Scan.objects.update(restricted=False, restricted_reason="")
        desk.page.goto(desk.root + surface.path)
        desk.ready()
        yield name, surface


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


def sent_again(desk: DeskDriver, surface: Surface, wanted: str) -> str:
    """What became of it once the server can be reached: it is saved, or stands in its field to be sent again."""
    assert surface.saved is not None
    desk.page.wait_for_function("() => !document.querySelector('#save-state:not([data-state=saved])')")
    desk.page.wait_for_timeout(300)
    field, saved = desk.page.locator(surface.field).first, surface.saved
    if surface.back is by_itself:  # a line that is on its way has no field
        settled(lambda: saved() == wanted or field.count() > 0)
    if saved() != wanted:
        if not field.count():
            (surface.back or surface.enter)(desk)
            field.wait_for()
        if field.input_value().strip() != wanted:
            return field.input_value()
        field.press(surface.send)
        settled(surface.saved, wanted)
    return wanted


def test_it_outlives_a_reload_or_going_back_and_a_fault_of_the_server_with_a_reload_meanwhile(
    collection: Collection, alice: User, open_desk: OpenDesk, away: Away
) -> None:
    desk = open_desk(alice)
    lost = {}
    # What comes back is told by the address, however one comes to it: fields of a kind are left both ways, in turn.
    leaving: list[Callable[[], object]] = [
        lambda: (desk.page.goto(f"{desk.root}/keys/"), desk.page.go_back()),
        desk.page.reload,
    ]
    for name, surface in each(desk):
        field = typed(desk, surface, " half")
        wanted = field.input_value().strip()
        leaving[0]()
        leaving.reverse()
        desk.ready()
        (surface.back or surface.enter)(desk)
        field.wait_for()
        if field.input_value().strip() != wanted:
            lost[name] = field.input_value()
        if surface.saved is None or name in lost:
            continue
        away.status = 503
        with desk.page.expect_response(lambda answer: answer.status == 503):
            field.press(surface.send)
        desk.page.reload()
        desk.ready()
        away.status = 0
        if (became := sent_again(desk, surface, wanted)) != wanted:
            lost[name] = became
    assert lost == {}


def test_it_outlives_a_cut_line_and_the_end_of_the_session(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)
    lost = {}
    for name, surface in each(desk):
        if surface.saved is None:
            continue
        wanted = typed(desk, surface, " half").input_value().strip()
        desk.page.context.set_offline(True)
        desk.keys(surface.send)
        desk.page.wait_for_timeout(100)
        Session.objects.all().delete()
        desk.page.context.set_offline(False)
        if not desk.page.get_by_role("dialog", name="Your session ended").count():
            link = desk.page.locator("#save-state a")
            field = desk.page.locator(surface.field).first
            settled(lambda: link.count() + field.count() > 0)  # noqa: B023 - settled at once
            if not link.count():
                field.press(surface.send)
            elif desk.page.locator("dialog[open]").count():
                desk.keys("Escape")
                link.click()
            else:
                link.click()
        desk.sign_in_here()
        if (became := sent_again(desk, surface, wanted)) != wanted:
            lost[name] = became
    assert lost == {}


def test_each_field_of_a_description_outlives_a_reload_and_a_fault_and_is_saved(
    collection: Collection, alice: User, open_desk: OpenDesk, away: Away
) -> None:
    desk = open_desk(alice)
    at("d")(desk)
    fields = desk.page.locator("#describe form :is(input, textarea):not([name=copy], [hidden]):visible")
    fields.first.wait_for()
    names = fields.evaluate_all("(all) => all.map((field) => field.name)")
    words = {name: f"Word {n}" for n, name in enumerate(names)} | {"date": "May 3, 1951", "language": "Danish"}
    for name in names:
        desk.page.locator(f"#describe [name='{name}']").fill(words[name])
    for _ in range(2):
        assert {name: desk.page.locator(f"#describe [name='{name}']").input_value() for name in names} == words
        desk.reload()
        fields.first.wait_for()
    away.status = 503
    with desk.page.expect_response(lambda answer: answer.status == 503):
        desk.page.locator("#describe [name=note]").press("Control+Enter")
    desk.reload()
    away.status = 0
    settled(lambda: Group.objects.exclude(title="").count(), 1)
    group = Group.objects.exclude(title="").get()
    saved = {name: group.details.get(name.removesuffix("-typed")) or getattr(group, name) for name in names}
    labels = {name: value if isinstance(value, str) else value[0]["label"] for name, value in saved.items()}
    assert labels == words | {"date": "1951-05-03", "language": "da"}


def test_what_to_find_and_where_outlives_the_preview_and_a_reload_of_it(
    collection: Collection, alice: User, open_desk: OpenDesk, away: Away
) -> None:
    Group.objects.filter(first_position=1).update(title="The Farm Workers")
    desk = open_desk(alice, "/c/afl/table/")
    desk.ready()
    button = desk.page.get_by_role("button", name="Find and replace")
    dialog = desk.page.get_by_role("dialog", name="Find and replace")
    typed = {"in": "title", "find": "Workers", "by": "Women", "exact": "on"}
    read = "(form) => Object.fromEntries(new FormData(form))"
    button.click()
    dialog.locator("[name=in]").select_option("title")
    dialog.locator("[name=exact]").check()
    dialog.locator("[name=find]").fill("nothing has this")
    desk.keys("Enter")
    expect(dialog.get_by_role("alert")).not_to_be_empty()
    dialog.locator("[name=find]").fill("Workers")
    dialog.locator("[name=by]").fill("Women")
    away.status = 503
    desk.keys("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("can’t be reached")
    away.status = 0
    desk.keys("Enter")
    preview = desk.page.get_by_role("dialog", name="Replace: 1 value in 1 document")
    for leave in (lambda: desk.keys("Escape"), desk.page.reload):
        expect(preview).to_be_visible()
        leave()
        desk.ready()
        if not dialog.count():
            button.click()
        assert dialog.locator("form").evaluate(read) == typed
        desk.keys("Enter")
    preview.get_by_role("button", name="Change 1 value").click()
    settled(lambda: Group.objects.get(first_position=1).title, "The Farm Women")
    expect(desk.page.locator("dialog[open]")).to_have_count(0)
    button.click()
    expect(dialog.locator("[name=find]")).to_have_value("Workers")
    expect(dialog.get_by_role("button", name="Discard")).to_have_count(0)  # it is done, and nothing waits
