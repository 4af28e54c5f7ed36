"""Similar pages by a vector index: used, right, and only of collections that the person may see."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from clustering.access import access_collections
from clustering.models import Collection, Embedding, Page, User
from clustering.models.collection import CollectionQuerySet
from clustering.selectors import search_width, similar, vector_index
from clustering.selectors.search_width import WANTED, WIDEST, Width, choose_width
from clustering.selectors.similar import NotIndexed, near_by_index, similar_pages
from tests.conftest import MakeCollection
from tests.selectors.conftest import DIMENSIONS, ENCODER

ASKED = 60


def ids(ranked: list[tuple[Page, int]]) -> list[int]:
    return [page.pk for page, _ in ranked]


def recall(pages: list[Page], among: CollectionQuerySet | None, monkeypatch: pytest.MonkeyPatch) -> float:
    """The share of the ten nearest by comparing all that the index finds too."""
    by_index = [ids(similar_pages(page, limit=10, among=among)) for page in pages]
    with monkeypatch.context() as patch:
        patch.setattr(similar, "EXACT_PAGES", 1_000_000)
        exact = [ids(similar_pages(page, limit=10, among=among)) for page in pages]
    assert all(len(nearest) == 10 for nearest in exact)
    return sum(len(set(a) & set(b)) for a, b in zip(by_index, exact, strict=True)) / (10 * len(pages))


@pytest.mark.parametrize("everywhere", [True, False])
def test_the_database_searches_by_the_index(indexed: list[Collection], alice: User, *, everywhere: bool) -> None:
    page = indexed[1].pages.order_by("position")[70]
    mine = page.embeddings.get()
    near = Embedding.objects.filter(encoder=ENCODER)
    among = access_collections(alice)
    near = near.filter(page__collection__in=among) if everywhere else near.filter(page__collection=indexed[1])
    with vector_index.searching():
        plan = near_by_index(near, mine.vector, DIMENSIONS)[:10].explain()
    assert f"Index Scan using {vector_index.index_name(ENCODER, DIMENSIONS)}" in plan
    assert "Sort" not in plan


@pytest.mark.parametrize("slug", ["large", "one", ""])
def test_the_index_finds_what_comparing_all_finds(
    slug: str, indexed: list[Collection], alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a collection that holds most vectors, in one that holds an eighth of them, and everywhere."""
    pages = Page.objects.filter(collection__slug=slug or "two").order_by("position")
    asked = list(pages)[:: pages.count() // ASKED][:ASKED]
    among = None if slug else access_collections(alice)
    assert recall(asked, among, monkeypatch) >= 0.97


def test_only_collections_that_the_person_may_see_are_searched(
    indexed: list[Collection], alice: User, charlie: User
) -> None:
    page = indexed[0].pages.order_by("position")[8]
    everywhere = similar_pages(page, among=access_collections(alice))
    assert {other.collection.slug for other, _ in everywhere} == {"large", "one", "two"}
    seen = similar_pages(page, among=access_collections(alice).exclude(slug="large"))
    assert {other.collection.slug for other, _ in seen} == {"one", "two"}
    assert len(seen) == similar.SIMILAR
    assert similar_pages(page, among=access_collections(charlie)) == []


def test_what_one_asks_about_is_not_found_and_the_nearest_come_first(indexed: list[Collection], alice: User) -> None:
    page = indexed[2].pages.order_by("position")[3]
    ranked = similar_pages(page, among=access_collections(alice))
    assert page.pk not in ids(ranked)
    likenesses = [likeness for _, likeness in ranked]
    assert likenesses == sorted(likenesses, reverse=True)
    assert len(likenesses) == similar.SIMILAR


def test_no_vector_leaves_the_database(indexed: list[Collection], alice: User) -> None:
    """Written out and read again, those of the pages found take longer than the search itself."""
    page = indexed[2].pages.order_by("position")[3]
    for among in (access_collections(alice), None):
        with CaptureQueriesContext(connection) as asked:
            assert similar_pages(page, among=among)
        statements = [query["sql"] for query in asked]
        assert not [sql for sql in statements if "'[" in sql or '"vector", ' in sql.partition(" FROM ")[0]]


def test_settings_of_the_search_end_with_it(indexed: list[Collection], alice: User) -> None:
    from django.db import transaction

    with transaction.atomic():
        similar_pages(indexed[0].pages.all()[0], among=access_collections(alice))
        with connection.cursor() as cursor:
            cursor.execute("SHOW enable_sort")
            assert cursor.fetchone() == ("on",)


def test_where_the_scan_gives_up_all_are_compared(indexed: list[Collection]) -> None:
    page = indexed[1].pages.order_by("position")[0]
    with connection.cursor() as cursor:
        cursor.execute("SET hnsw.max_scan_tuples = 1")
        try:
            assert len(similar_pages(page, limit=60)) == 60
        finally:
            cursor.execute("RESET hnsw.max_scan_tuples")


def test_searches_are_as_wide_as_the_index_needs(
    indexed: list[Collection], alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert vector_index.width_of(ENCODER, DIMENSIONS) == vector_index.WIDTH, "nobody measured yet"
    measured = choose_width(ENCODER, DIMENSIONS)
    assert measured is not None
    assert measured.recall >= WANTED
    assert vector_index.width_of(ENCODER, DIMENSIONS) == measured.width
    page = indexed[0].pages.all()[0]
    for among, width in ((access_collections(alice), measured.width), (None, max(measured.width, vector_index.WIDTH))):
        with CaptureQueriesContext(connection) as asked:
            similar_pages(page, among=among)
        assert any(f"'hnsw.ef_search', '{width}'" in query["sql"] for query in asked)
    monkeypatch.setattr(search_width, "WANTED", 1.1)
    assert choose_width(ENCODER, DIMENSIONS) == Width(WIDEST, 1.0), "where no other finds enough"


def test_an_index_that_is_not_whole_is_not_used(indexed: list[Collection]) -> None:
    assert vector_index.is_indexed(ENCODER, DIMENSIONS)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = to_regclass(%s)",
            [vector_index.index_name(ENCODER, DIMENSIONS)],
        )
    assert not vector_index.is_indexed(ENCODER, DIMENSIONS)
    assert len(similar_pages(indexed[1].pages.all()[0])) == similar.SIMILAR


def test_too_many_without_an_index_are_refused_with_the_remedy(
    crowd: list[Collection], alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = crowd[0].pages.order_by("position")[0]
    assert len(similar_pages(page, among=access_collections(alice))) == similar.SIMILAR
    monkeypatch.setattr(similar, "EXACT_MOST", 1000)
    with pytest.raises(NotIndexed, match=r"manage\.py index_vectors"):
        similar_pages(page, among=access_collections(alice))
    assert len(similar_pages(page)) == similar.SIMILAR, "its own collection is compared all the same"
    client = Client()
    client.force_login(alice)
    shown = client.get(f"/pages/{page.pk}/similar/?scope=everywhere").content.decode()
    assert "Too many pages to compare" in shown
    assert "manage.py index_vectors" in shown
    response = client.get("/api/v1/collections/large/pages/1/similar?scope=everywhere")
    assert response.status_code == 422
    assert "manage.py index_vectors" in response.json()["detail"]


def test_a_person_chooses_where_to_look(crowd: list[Collection], alice: User, charlie: User) -> None:
    page = crowd[1].pages.order_by("position")[0]
    client = Client()
    client.force_login(alice)
    own = client.get(f"/pages/{page.pk}/similar/").content.decode()
    assert '<a id="by-collection" href="?scope=collection" aria-current="true">This collection</a>' in own
    assert "LARGE" not in own
    everywhere = client.get(f"/pages/{page.pk}/similar/?scope=everywhere").content.decode()
    assert '<a id="everywhere" href="?scope=everywhere" aria-current="true">All collections</a>' in everywhere
    assert "% · <bdi>LARGE</bdi>" in everywhere
    body = client.get("/api/v1/collections/one/pages/1/similar?scope=everywhere&limit=100").json()
    assert {hit["collection"] for hit in body} == {"large", "one", "two"}
    assert all(hit["page"]["image"].startswith(f"/api/v1/collections/{hit['collection']}/") for hit in body)
    assert {hit["collection"] for hit in client.get("/api/v1/collections/one/pages/1/similar").json()} == {"one"}
    assert client.get("/api/v1/collections/one/pages/1/similar?scope=x").status_code == 400
    client.force_login(charlie)
    assert client.get(f"/pages/{page.pk}/similar/?scope=everywhere").status_code == 404


def test_pages_are_not_likened_by_their_words(make_collection: MakeCollection, settings: Settings) -> None:
    pages = list(make_collection(pages=2).pages.order_by("position"))
    for page in pages:
        Embedding.objects.create(page=page, encoder=settings.TEXT_ENCODER, vector=[0.0, 0.0])
    assert similar_pages(pages[0]) == []


def test_a_vector_of_zeros_is_like_nothing(make_collection: MakeCollection, settings: Settings) -> None:
    pages = list(make_collection(pages=3).pages.order_by("position"))
    for page, vector in zip(pages, ([1.0, 0.0], [0.0, 0.0], [0.6, 0.8]), strict=True):
        Embedding.objects.create(page=page, encoder=settings.ENCODER, vector=vector)
    assert [(page.position, likeness) for page, likeness in similar_pages(pages[0])] == [(3, 60)]
    assert similar_pages(pages[1]) == []
