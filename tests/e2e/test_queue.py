"""One doubtful seam after the other, with two keys."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from clustering.actions import confirm_groups
from clustering.models import Answer, Collection, Edit, Group, LiveScore, ReviewCheck, Run, SeamScore, User
from clustering.models import Page as Scan
from tests.e2e.conftest import OpenDesk
from tests.e2e.driver import DeskDriver, LateAnswer, arranged, refuse, settled
from tests.e2e.test_accessible import RULES

ASKED_ANEW = (
    "performance.getEntriesByType('resource').filter((e) => e.name.includes('/queue/seams/') && e.responseEnd).length"
)


def shown(desk: DeskDriver, left: int) -> None:
    expect(desk.page.locator("#queue-title")).to_have_text(f"Page {left} and page {left + 1}")


def doubt(collection: Collection, chances: dict[int, float], *, contribution: float = -1.2) -> None:
    """Other probabilities, and evidence alike, at these seams of the run."""
    fact = {"family": "numbers", "name": "follows", "value": 1, "sentence": "The page numbers run on."}
    for left, chance in chances.items():
        SeamScore.objects.filter(page__collection=collection, page__position=left).update(
            probability=chance, evidence=[{**fact, "contribution": contribution}]
        )


def weigh(collection: Collection) -> None:
    """The run can be decoded in parts: two pages are the habit, and every seam is doubtful."""
    Run.objects.filter(collection=collection).update(
        weighing={"temperature": 1.0, "lengths": [-2.5, -0.1, -6.0, -3.0], "tail": -1.0, "anchors": []}
    )
    for score in SeamScore.objects.filter(page__collection=collection).select_related("page"):
        score.log_odds = 0.3 if score.boundary else -0.3
        score.save(update_fields=["log_odds"])


def test_doubtful_seams_are_answered_with_y_and_n(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice, "/c/afl/queue/")
    desk.ready()
    shown(desk, 4)
    expect(desk.page.locator("#queue-left")).to_have_text(re.compile("2 places to check, about 1 minute"))
    expect(desk.page.locator("#queue-why")).to_contain_text("The page numbers run on.")
    desk.keys("s")
    shown(desk, 7)
    arranged(collection, [[1, 2], [3, 4], [5], [6], [7, 8, 9, 10], [11, 12]])
    desk.keys("y")
    expect(desk.page.get_by_role("heading", name="Nothing left to check")).to_be_visible()
    expect(desk.page.locator("#queue-next")).to_contain_text("6 documents are not confirmed yet")
    desk.saved()
    assert list(Answer.objects.order_by("first__position").values_list("first__position", "verdict")) == [
        (4, "different"),
        (7, "same"),
    ]
    desk.keys("Control+z")
    shown(desk, 7)
    desk.keys("Control+z")
    shown(desk, 4)
    arranged(collection, [[1, 2], [3, 4, 5], [6], [7, 8, 9, 10], [11, 12]])


def test_a_viewer_looks_at_the_queue_and_answers_nothing(
    collection: Collection, victor: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(victor, "/c/afl/queue/")
    desk.ready()
    desk.keys("s", "y")
    expect(desk.page.get_by_role("button", name="Same document")).to_have_count(0)
    desk.keys("ArrowRight")
    shown(desk, 7)
    desk.keys("ArrowLeft")
    shown(desk, 4)
    assert Answer.objects.count() == 0


def test_a_restricted_page_can_be_seen_from_the_queue(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    collection.pages.filter(position=4).update(restricted=True)
    desk = open_desk(alice, "/c/afl/queue/")
    desk.ready()
    shown(desk, 4)
    scans = [desk.page.locator(f"#queue-{side} img") for side in ("first", "second")]
    expect(scans[0]).to_have_attribute("src", re.compile(r"\?restricted$"))
    expect(desk.page.locator(".film-page:has(.film-lock)")).to_have_text(["4"])
    desk.page.get_by_role("button", name="Show restricted page 4").click()
    expect(scans[0]).to_have_attribute("src", re.compile(r"\?restricted&shown$"))
    expect(scans[1]).to_have_attribute("src", re.compile(r"/$"))
    expect(desk.page.get_by_role("button", name="Show restricted page")).to_have_count(0)
    shown(desk, 4)


def test_an_answer_is_felt_nearby_and_what_is_next_stays(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    weigh(collection)
    doubt(collection, {4: 0.5, 5: 0.45, 7: 0.5, 8: 0.4})
    desk = open_desk(alice, "/c/afl/queue/")
    desk.ready()
    shown(desk, 5)
    desk.keys("ArrowRight")
    shown(desk, 4)
    expect(desk.page.locator("#queue-left")).to_have_attribute("data-ahead", "2")
    desk.keys("s")
    shown(desk, 7)
    desk.saved()
    expect(desk.page.locator("#queue-message")).to_contain_text("Answered that pages 4 and 5 are different documents")
    assert LiveScore.objects.filter(page__position__in=[3, 5]).exists()
    shown(desk, 7)
    desk.keys("y")
    desk.saved()
    before = Edit.objects.count()
    desk.keys("Control+z")
    shown(desk, 7)
    assert Edit.objects.count() == before + 1


def test_alike_seams_are_answered_with_one_key_and_taken_back_as_one(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    doubt(collection, {4: 0.5, 7: 0.35, 8: 0.34, 11: 0.3})
    desk = open_desk(alice, "/c/afl/queue/")
    desk.ready()
    shown(desk, 4)
    desk.keys("s")
    strip = desk.page.locator("#queue-alike")
    expect(strip).to_contain_text("other places look like this one. Give them the same answer?")
    expect(strip.locator("input:checked")).not_to_have_count(0)
    assert not Axe().run(desk.page, options=RULES).response["violations"]
    chosen = strip.locator("input")
    for place in range(chosen.count()):
        if chosen.nth(place).get_attribute("value") not in {"7", "8", "11"}:
            chosen.nth(place).uncheck()
    desk.keys("a")
    expect(strip).to_be_hidden()
    desk.saved()
    arranged(collection, [[1, 2], [3, 4], [5], [6], [7], [8], [9, 10], [11], [12]])
    last = Edit.objects.order_by("sequence").last()
    assert last is not None
    assert last.summary.startswith("Answered 3 places, before pages 8 to 9 and 12")
    desk.keys("Control+z")
    arranged(collection, [[1, 2], [3, 4], [5], [6], [7, 8, 9, 10], [11, 12]])


def test_answers_wait_while_the_server_is_away(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice, "/c/afl/queue/")
    desk.ready()
    desk.page.context.set_offline(True)
    desk.keys("s")
    shown(desk, 7)
    state = desk.page.locator("#save-state")
    expect(state).to_have_text("Reconnecting. Your changes are kept.")
    desk.keys("s")
    expect(desk.page.locator("#queue-done")).to_contain_text("Everything is answered.")
    desk.keys("Control+z")
    shown(desk, 7)
    assert Answer.objects.count() == 0
    desk.page.context.set_offline(False)
    desk.saved()
    assert list(Answer.objects.values_list("first__position", "verdict")) == [(4, "different")]
    shown(desk, 7)


def test_a_hidden_check_is_answered_like_any_other_and_changes_nothing(
    collection: Collection, alice: User, bob: User, open_desk: OpenDesk
) -> None:
    collection.settings = {"check_share": 20}
    collection.save(update_fields=["settings"])
    confirm_groups(Group.objects.filter(collection=collection, number__in=[4]), actor=bob)
    desk = open_desk(alice, "/c/afl/queue/")
    desk.ready()
    edits = Edit.objects.count()
    for _ in range(3):
        if desk.page.locator("#queue-title").text_content() == "Page 7 and page 8":
            break
        desk.keys("ArrowRight")
    shown(desk, 7)
    expect(desk.page.locator("#queue-why")).not_to_contain_text("bob")
    expect(desk.page.locator("#queue-why")).to_contain_text("50%")
    desk.keys("s")
    look = desk.page.locator("#queue-look")
    expect(look).to_contain_text("bob confirmed them earlier as one document. Nothing was changed.")
    expect(look.get_by_role("link", name="Show these pages")).to_be_visible()
    assert Edit.objects.count() == edits
    arranged(collection, [[1, 2], [3, 4, 5], [6], [7, 8, 9, 10], [11, 12]])
    assert ReviewCheck.objects.get().verdict == "different"


def test_both_pages_zoom_and_turn_together(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice, "/c/afl/queue/")
    desk.ready()
    desk.page.wait_for_selector("#queue-first[data-zoom]")
    desk.page.wait_for_selector("#queue-second[data-zoom]")
    viewport = "OpenSeadragon.getViewer(e).viewport"

    def each(what: str) -> list[Any]:
        views: list[Any] = desk.page.evaluate(
            f"[...document.querySelectorAll('.queue-zoom')].map(e => {viewport}.{what}())"
        )
        return views

    first = each("getZoom")
    desk.keys("+", "+")
    settled(lambda: all(now > 1.8 * then for now, then in zip(each("getZoom"), first, strict=True)))
    centers = each("getCenter")
    box = desk.page.locator("#queue-first .queue-zoom").bounding_box()
    assert box is not None
    desk.page.mouse.move(box["x"] + 200, box["y"] + 300)
    desk.page.mouse.down()
    desk.page.mouse.move(box["x"] + 120, box["y"] + 200, steps=4)
    desk.page.mouse.up()
    settled(lambda: all(now["y"] > was["y"] + 0.02 for now, was in zip(each("getCenter"), centers, strict=True)))
    near = each("getZoom")
    desk.page.mouse.wheel(0, 400)
    settled(lambda: all(now < 0.9 * then for now, then in zip(each("getZoom"), near, strict=True)))
    assert each("getZoom")[0] / first[0] == pytest.approx(each("getZoom")[1] / first[1], rel=0.01)
    desk.keys("0")
    desk.page.mouse.move(5, 5)
    desk.keys("r")
    settled(lambda: each("getRotation") == [90, 90])
    desk.page.locator("#queue-second").hover()
    desk.keys("Shift+r")
    settled(lambda: each("getRotation") == [90, 0])
    desk.saved()
    # The first view and both acts: the page is taken back where the list came anew, too.
    settled(lambda: desk.page.evaluate(ASKED_ANEW), 3)
    refuse(desk.page, "rotate")
    desk.keys("r")
    expect(desk.page.locator("#queue-message")).to_have_text("This was refused.")
    settled(lambda: each("getRotation") == [90, 0])


def test_a_seam_that_somebody_changed_comes_again(
    collection: Collection, alice: User, bob: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice, "/c/afl/queue/")
    desk.ready()
    desk.hear_no_news()
    group = Scan.objects.get(collection=collection, position=4).group
    assert group is not None
    confirm_groups([group], actor=bob)
    desk.keys("s")
    expect(desk.page.locator("#queue-message")).to_contain_text("bob: Confirmed document 2")
    assert Answer.objects.count() == 0


@pytest.mark.parametrize("answer", ["Same document", "New document"])
def test_without_javascript_the_queue_is_a_list(
    collection: Collection, alice: User, open_desk: OpenDesk, answer: str
) -> None:
    desk = open_desk(alice, "/c/afl/queue/list/", java_script_enabled=False)
    desk.page.get_by_label("Pages 4 and 5").check()
    desk.page.get_by_role("button", name=answer).click()
    expect(desk.page.locator(".messages, [role=status]").first).to_contain_text("pages 4 and 5")
    assert Answer.objects.filter(first__position=4).exists()


def test_news_asked_for_before_an_answer_brings_nothing_back(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice, "/c/afl/queue/")
    desk.ready()
    shown(desk, 4)
    late = LateAnswer(desk.page, "**/queue/seams/")
    desk.keys("s")
    shown(desk, 7)
    late.asked()
    desk.keys("y")
    left = desk.page.locator("#queue-next")
    expect(left).to_contain_text("6 documents are not confirmed yet")
    desk.saved()
    late.arrive()
    expect(desk.page.get_by_role("heading", name="Nothing left to check")).to_be_visible()
    expect(desk.page.locator("#queue-pair")).to_be_hidden()


DRAWN = """() => [...document.querySelectorAll(".queue-zoom canvas")].map((canvas) => {
    const { width, height } = canvas;
    const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
    const at = { left: width, right: -1, top: height, bottom: -1 };
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) {
        if (!data[4 * (y * width + x) + 3]) continue;
        at.left = Math.min(at.left, x); at.right = Math.max(at.right, x);
        at.top = Math.min(at.top, y); at.bottom = Math.max(at.bottom, y);
    }
    return (at.right - at.left + 1) / (at.bottom - at.top + 1);
})"""


def test_both_pages_are_seen_whole_in_a_window_of_any_size(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice, "/c/afl/queue/")
    desk.ready()
    expect(desk.page.locator("figure[data-zoom]")).to_have_count(2)
    images = desk.page.locator(".queue-sheet img")
    settled(lambda: images.evaluate_all("all => all.every(i => i.complete && i.naturalWidth)"))
    natural = images.evaluate_all("all => all.map(i => i.naturalWidth / i.naturalHeight)")
    for width, height in ((1280, 480), (480, 800), (1280, 900)):
        desk.page.set_viewport_size({"width": width, "height": height})
        settled(lambda: desk.page.evaluate(DRAWN), pytest.approx(natural, rel=0.03))


def test_the_place_is_shown_among_its_neighbors(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    collection.groups.filter(number=2).update(title="A leaflet")
    desk = open_desk(alice, "/c/afl/queue/")
    desk.ready()
    shown(desk, 4)
    expect(desk.page.locator("#queue-first-of")).to_have_text("A leaflet · page 2 of 3")
    expect(desk.page.locator("#queue-second-of")).to_have_text("A leaflet · page 3 of 3")
    strip = desk.page.get_by_role("navigation", name="Pages around this place")
    expect(strip.locator("a")).to_have_text([str(p) for p in range(1, 10)])
    expect(strip.locator("[aria-current=true]")).to_have_text(["4", "5"])
    expect(strip.get_by_role("heading", name="2 of 5 A leaflet · 3 pages")).to_be_visible()
    desk.act("f")
    desk.page.get_by_label("What is unclear?").fill("Two leaflets?")
    desk.keys("Enter")
    desk.saved()
    settled(lambda: collection.groups.get(number=2).flag_note == "Two leaflets?")
    desk.keys("b")
    desk.page.get_by_role("menuitem", name="Page 5: mark as empty").click()
    settled(lambda: Scan.objects.get(position=5).role == "empty")
    shown(desk, 4)
    desk.act("Control+z")
    settled(lambda: Scan.objects.get(position=5).role == "")
    desk.act("r")
    rotated = Scan.objects.filter(chosen_rotation=90).order_by("position").values_list("position", flat=True)
    settled(lambda: list(rotated.all()), [4, 5])
    desk.act("Control+z")
    settled(lambda: list(rotated.all()), [])
    shown(desk, 4)
    desk.keys("o")
    shown(desk, 7)
    desk.saved()
    assert list(Answer.objects.values_list("first__position", "verdict")) == [(4, "same")]
    strip.get_by_role("link", name="Page 9").click()
    expect(desk.page.locator("#detail-title")).to_contain_text("Page 9")


def test_both_pages_at_one_scale(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    """The half-size slip after page 4 looks half as large."""
    Scan.objects.filter(position=5).update(width=116, height=150)
    Scan.objects.filter(position=4).update(width=232, height=300)
    desk = open_desk(alice, "/c/afl/queue/")
    desk.ready()
    shown(desk, 4)
    second = desk.page.locator("#queue-second")
    expect(second).to_have_attribute("data-share", "1.00")
    desk.keys("1")
    expect(second).to_have_attribute("data-share", "0.50")
    expect(desk.page.get_by_role("button", name="Show both pages at the same scale")).to_have_attribute(
        "aria-pressed", "true"
    )
    desk.keys("1")
    expect(second).to_have_attribute("data-share", "1.00")


def test_nothing_covers_the_scans_where_there_is_little_room(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    """1280 x 1024 at 400 %: the page scrolls, the scans keep most of a screen, and the buttons come below them."""
    desk = open_desk(alice, "/c/afl/queue/")
    desk.ready()
    desk.page.set_viewport_size({"width": 320, "height": 256})
    boxes = "['#queue-pair', '#queue-acts'].map((id) => document.querySelector(id).getBoundingClientRect().toJSON())"

    def has_room() -> bool:
        pair, acts = desk.page.evaluate(f"() => {boxes}")
        sheet = desk.page.locator(".queue-sheet").first.bounding_box()
        return acts["top"] >= pair["bottom"] and sheet is not None and sheet["height"] > 100

    settled(has_room)
