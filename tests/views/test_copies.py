"""The same page again: by its file, or by look and words together."""

from __future__ import annotations

import pytest

from clustering.models import Collection, Embedding, Group, Page, Reading, User
from clustering.selectors.duplicates import duplicates_of, original_of
from clustering.selectors.similar import similar_pages
from tests.conftest import MakeCollection
from tests.views.conftest import Signed

WORDS = "the farm workers ask all friends of the grape strike to come to the hall on friday at eight in the evening"
OTHER = "minutes of the meeting of the executive board held in the office on the second of march with nine present"


def looks(page: Page, *vector: float) -> None:
    Embedding.objects.create(page=page, encoder="test@3", vector=list(vector))


def reads(page: Page, text: str) -> None:
    Reading.objects.create(page=page, text=text, lines=[], width=930, height=1200, confidence=90, engine="drawn")


@pytest.fixture
def pages(make_collection: MakeCollection) -> list[Page]:
    """1 and 4 look and read alike; 3 looks the same and reads otherwise; 5 is the file of 2 again."""
    collection = make_collection(groups=[2, 1, 2])
    pages = list(collection.pages.select_related("group").order_by("position"))
    for page, text in zip(pages, (WORDS, OTHER, OTHER, WORDS.replace("friday", "fridav"), ""), strict=True):
        looks(page, 1.0, 0.01 * page.position, 0.0)
        reads(page, text)
    Page.objects.filter(pk=pages[4].pk).update(sha256=pages[1].sha256)
    pages[4].sha256 = pages[1].sha256
    return pages


def similar_to(page: Page) -> list[tuple[int, bool]]:
    return [(d.page.position, d.same_file) for d in duplicates_of(page, near=similar_pages(page))]


def test_alike_in_look_and_words_are_copies_and_the_same_file_always_is(pages: list[Page]) -> None:
    assert similar_to(pages[0]) == [(4, False)]
    assert similar_to(pages[3]) == [(1, False)]
    assert similar_to(pages[4]) == [(2, True)]
    assert similar_to(pages[1]) == [(5, True), (3, False)]


def test_the_later_group_is_offered_as_a_copy_of_the_earlier_once(pages: list[Page]) -> None:
    def original(page: Page) -> Group | None:
        return original_of(page, duplicates_of(page, near=similar_pages(page)))

    assert original(pages[0]) is None
    assert (original(pages[3]) or Group()).number == 1
    assert pages[3].group is not None
    pages[3].group.copy_of = 1
    assert original(pages[3]) is None


def test_the_panel_links_them_and_the_form_works_without_javascript(
    pages: list[Page], alice: User, victor: User, signed: Signed
) -> None:
    shown = signed(alice).get("/c/afl/panel/4/").content.decode()
    assert 'data-jump="1"' in shown
    assert "Mark document 3 as a duplicate of 1" in shown
    assert "as a duplicate of" not in signed(victor).get("/c/afl/panel/4/").content.decode()
    group = Group.objects.get(number=3)
    form = {"act": f"describe:{group.pk}", f"copy-{group.pk}": "1", "version": f"{group.pk}:{group.version}"}
    signed(alice).post("/c/afl/list/act/", form)
    group.refresh_from_db()
    assert (group.copy_of, group.title) == (1, "")
    assert Collection.objects.get().version == 1
