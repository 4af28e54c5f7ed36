"""Search: documents in one collection or in all, by words or by meaning."""

from __future__ import annotations

import re
from functools import partial
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from clustering import tasks
from clustering.actions.text import LineChange, correct_text
from clustering.engine.encoders import DEFAULT_TEXT_ENCODER, get_encoder
from clustering.jobs.slices import VISION
from clustering.journal.texts import EMBED_TASK
from clustering.models import Collection, Embedding, Page, Reading, User
from clustering.selectors import similar
from tests.conftest import MakeCollection

LETTER = "Dear brother, the farm workers are on strike in Delano."
RECIPE = "Melt the butter, add flour and milk, and bake the cake for an hour."


def read(collection: Collection, position: int, text: str, *, vector: bool = False) -> Page:
    page = collection.pages.get(position=position)
    lines = [[text, 10, 20, 210, 40, 90.0], ["nothing of it", 10, 50, 90, 70, 90.0]]
    Reading.objects.create(page=page, text=text, lines=lines, width=300, height=400, engine="t", language="en")
    if vector:
        encoder = get_encoder(DEFAULT_TEXT_ENCODER)
        Embedding.objects.create(page=page, encoder=DEFAULT_TEXT_ENCODER, vector=encoder.encode([text])[0])
    return page


def results(client: Client, path: str, **asked: str) -> list[list[str]]:
    """The page links of each result, in order, without the words that are to be marked there."""
    shown = client.get(path, asked).content.decode()
    match = re.search(r'<ol class="results">(.*)</ol>', shown, re.DOTALL)
    parts = match[1].split("<li>")[1:] if match else []
    links = [re.findall(r'href="([^"]*#page/[^"]*)"', part) for part in parts]
    return [list(dict.fromkeys(re.sub(r"\?[^#]*", "", link) for link in of_one)) for of_one in links]


@pytest.fixture
def client_of_alice(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


def test_pages_of_one_document_are_one_result(client_of_alice: Client, make_collection: MakeCollection) -> None:
    afl = make_collection("afl", groups=[2, 1])
    pages = [read(afl, position, LETTER) for position in (1, 2, 3)]
    hits = results(client_of_alice, "/c/afl/search/", q="farm strike")
    assert [len(part) for part in hits] == [2, 1]
    assert hits[0][0].endswith(f"#page/{pages[0].identifier}")


def test_what_people_entered_is_found_and_the_field_is_shown(
    client_of_alice: Client, victor: User, make_collection: MakeCollection
) -> None:
    afl = make_collection("afl", groups=[1, 2, 1])
    read(afl, 3, LETTER)
    one, two, _ = afl.groups.in_scan_order()
    person = {"label": "O’Brien, John", "uri": "https://vocab.example.org/brien"}
    one.title, one.details = "Report of the strike", {"people": [person], "summary": "On wages."}
    two.note = "Strike of the farm workers"
    one.save()
    two.save()
    ids = {page.position: page.identifier for page in afl.pages.all()}
    assert [part[0] for part in results(client_of_alice, "/search/", q="o'brien wages")] == [f"/c/afl/#page/{ids[1]}"]
    shown = client_of_alice.get("/c/afl/search/", {"q": "brien"}).content.decode()
    assert "People: O’<mark>Brien</mark>, John" in shown and "In the description of 1 document." in shown
    # Where a page has the words, it is shown; the description comes first.
    hits = results(client_of_alice, "/c/afl/search/", q="strike")
    assert hits == [[f"/c/afl/#page/{ids[1]}"], [f"/c/afl/#page/{ids[3]}"]]
    assert results(client_of_alice, "/search/", q="vocab.example.org") == []
    Page.objects.filter(pk=afl.pages.get(position=2).pk).update(restricted=True)
    client_of_alice.force_login(victor)
    assert results(client_of_alice, "/c/afl/search/", q="note OR workers") == [[f"/c/afl/#page/{ids[3]}"]]
    two.pages.filter(position=3).update(restricted=True)
    assert results(client_of_alice, "/c/afl/search/", q="workers") == []


def test_all_collections_are_searched_and_each_result_says_where_it_is(
    client_of_alice: Client, make_collection: MakeCollection
) -> None:
    for slug in ("afl", "jfk"):
        read(make_collection(slug, pages=2), 2, LETTER)
    hits = results(client_of_alice, "/search/", q="delano")
    assert {part[0].split("#")[0] for part in hits} == {"/c/afl/", "/c/jfk/"}
    assert len(results(client_of_alice, "/c/jfk/search/", q="delano")) == 1


def test_the_lines_with_the_words_are_marked_on_the_page(
    client_of_alice: Client, make_collection: MakeCollection
) -> None:
    read(make_collection("afl", pages=1), 1, LETTER)
    shown = client_of_alice.get("/search/", {"q": "worker"}).content.decode()
    assert re.findall(r"<rect [^>]*>", shown) == ['<rect x="10" y="20" width="200" height="20"/>']
    assert 'viewBox="0 0 300 400"' in shown


def test_by_meaning_other_words_are_found(client_of_alice: Client, make_collection: MakeCollection) -> None:
    afl = make_collection("afl", pages=2)
    read(afl, 1, RECIPE, vector=True)
    letter = read(afl, 2, LETTER, vector=True)
    assert not results(client_of_alice, "/search/", q="labor union walkout")
    hits = results(client_of_alice, "/search/", q="labor union walkout", by="meaning")
    assert [len(part) for part in hits] == [1, 1]
    assert hits[0][0].endswith(f"#page/{letter.identifier}")


def test_corrected_text_gets_another_vector(
    alice: User, make_collection: MakeCollection, django_capture_on_commit_callbacks: Any
) -> None:
    page = read(make_collection("afl", pages=1), 1, RECIPE, vector=True)
    before = page.embeddings.get().vector
    with django_capture_on_commit_callbacks() as sent:
        correct_text(page, [LineChange(line="1", text=LETTER)], actor=alice)
    assert not page.embeddings.exists()
    assert [(call.args, call.keywords) for call in sent if isinstance(call, partial)] == [
        ((EMBED_TASK,), {"args": [[page.pk]], "queue": VISION})
    ]
    tasks.embed_texts([page.pk])
    assert list(page.embeddings.get().vector) != list(before)


def test_too_many_vectors_without_an_index_are_refused_with_the_remedy(
    client_of_alice: Client, make_collection: MakeCollection, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(make_collection("afl", pages=1), 1, LETTER, vector=True)
    monkeypatch.setattr(similar, "EXACT_PAGES", 0)
    monkeypatch.setattr(similar, "EXACT_MOST", 0)
    shown = client_of_alice.get("/search/", {"q": "strike", "by": "meaning"}).content.decode()
    assert "index_vectors" in shown


def test_who_has_no_role_finds_nothing(charlie: User, make_collection: MakeCollection) -> None:
    read(make_collection("afl", pages=1), 1, LETTER)
    client = Client()
    client.force_login(charlie)
    answer = client.get("/search/", {"q": "strike"})
    assert "#page/" not in answer.content.decode()


def test_a_page_opened_from_a_search_has_its_words_marked(
    client_of_alice: Client, make_collection: MakeCollection
) -> None:
    page = read(make_collection("afl", groups=[1]), 1, LETTER)
    address = f"/c/afl/?words=farm+striking#page/{page.identifier}"
    assert f'<h2><a href="{address}">' in client_of_alice.get("/c/afl/search/", {"q": "farm striking"}).content.decode()
    config = client_of_alice.get(address).context["config"]
    panel = client_of_alice.get(config["urls"]["panel"].replace("/0/", "/1/"))
    assert (panel.context["viewer"]["found"], panel.context["found_lines"]) == ([0], [LETTER])
    assert client_of_alice.get("/c/afl/panel/1/").context["viewer"]["found"] == []
    assert client_of_alice.get("/c/afl/panel/1/", {"words": "arm"}).context["viewer"]["found"] == []


def test_words_are_marked_where_they_stand_on_a_rotated_page(
    client_of_alice: Client, make_collection: MakeCollection
) -> None:
    page = read(make_collection("afl", groups=[1]), 1, LETTER)
    Page.objects.filter(pk=page.pk).update(chosen_rotation=90)
    [result] = client_of_alice.get("/c/afl/search/", {"q": "strike"}).context["results"]
    assert (result.width, result.height, result.boxes) == (400, 300, [(360, 10, 20, 200)])


def test_a_search_can_be_saved(client_of_alice: Client, make_collection: MakeCollection) -> None:
    read(make_collection("afl", groups=[1]), 1, LETTER)
    for path, asked in (("/search/", {"q": "farm strike"}), ("/c/afl/search/", {"q": "farm", "by": "meaning"})):
        shown = client_of_alice.get(path, asked)
        address = shown.context["save_address"]
        assert f'href="/filters/?address={quote(address, safe="")}"' in shown.content.decode()
        assert client_of_alice.post("/filters/", {"act": "save", "name": "F", "address": address}).status_code == 302
        assert client_of_alice.get(address).context["words"] == asked["q"]
