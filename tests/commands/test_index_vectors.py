"""`manage.py index_vectors`: what it builds, says and refuses."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django.fixtures import Settings

from clustering.models import Collection, Embedding, Page
from clustering.selectors import search_width, similar, vector_index
from tests.selectors.conftest import DIMENSIONS, ENCODER, gather


@pytest.fixture
def crowd(
    django_db_serialized_rollback: None, transactional_db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[list[Collection]]:
    """Pages in a database of their own: an index is built beside other work, which no transaction can hold."""
    settings.ENCODER = ENCODER
    monkeypatch.setattr(similar, "EXACT_PAGES", 50)
    yield gather()
    vector_index.drop_index(ENCODER, DIMENSIONS)


def output_of(*arguments: str) -> str:
    out = StringIO()
    call_command("index_vectors", *arguments, stdout=out)
    return out.getvalue()


def indexes() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE indexname LIKE 'embedding_near_%'")
        return [name for (name,) in cursor.fetchall()]


def test_it_builds_what_lacks_says_with_what_and_drops_again(crowd: list[Collection]) -> None:
    output = output_of("--memory", "65MB", "--workers", "0")
    assert f"{ENCODER}: indexing 1,200 vectors of {DIMENSIONS} numbers with 65 MB of memory." in output
    assert "Built in" in output
    assert indexes() == [vector_index.index_name(ENCODER, DIMENSIONS)]
    assert "already has an index" in output_of()
    width = vector_index.width_of(ENCODER, DIMENSIONS)
    assert width in search_width.WIDTHS
    assert f"Searches look at {width} vectors at a time and find " in output
    assert "Built in" in output_of("--rebuild", "--encoder", ENCODER)
    assert output_of("--drop") == f"{ENCODER}: deleted the index.\n"
    assert indexes() == []


def test_beside_a_private_server_a_build_leaves_memory_to_the_others(
    crowd: list[Collection], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vector_index, "LEAST_MEMORY", 8 << 20)
    monkeypatch.setattr(vector_index, "memory_needed", lambda count, dimensions: 3 << 30)
    monkeypatch.setattr("clustering.management.commands.index_vectors.memory", lambda: 40 << 20)
    settings.EMBEDDED_DATABASE = True
    output = output_of("--workers", "0")
    assert "with 10 MB of memory" in output
    assert "needs 3,072 MB" in output


def test_each_encoder_has_an_index_of_its_own(crowd: list[Collection]) -> None:
    Embedding.objects.create(page=crowd[0].pages.all()[0], encoder="another@3", vector=[1.0, 0.0, 0.0])
    assert vector_index.encoders() == ["another@3", ENCODER]
    output = output_of()
    assert "another@3: indexing 1 vectors of 3 numbers" in output
    assert len(indexes()) == 2
    output_of("--drop")
    assert indexes() == []


def test_vectors_of_different_lengths_are_told_and_nothing_is_left(crowd: list[Collection]) -> None:
    Embedding.objects.filter(page=Page.objects.order_by("-pk")[0]).update(vector=[1.0, 0.0])
    with pytest.raises(CommandError, match="must all have the same length"):
        output_of()
    assert indexes() == []
    with connection.cursor() as cursor:
        cursor.execute("SHOW maintenance_work_mem")
        assert cursor.fetchone() == ("64MB",), "the session is as it was"


def test_an_interrupted_build_leaves_nothing(crowd: list[Collection]) -> None:
    name = vector_index.index_name(ENCODER, DIMENSIONS)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '30ms'")
    try:
        with pytest.raises(CommandError, match="was not built"):
            output_of("--workers", "0")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET statement_timeout")
    assert indexes() == []
    output_of()
    assert indexes() == [name]


def test_only_one_works_at_a_time(crowd: list[Collection]) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def locked_elsewhere() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_lock(%s)", [vector_index._LOCK])
            with ThreadPoolExecutor(1) as here, pytest.raises(CommandError, match="Another index_vectors is at work"):
                here.submit(closing).result()
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [vector_index._LOCK])
        finally:
            connection.close()

    def closing() -> None:
        try:
            output_of()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(locked_elsewhere).result()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--encoder", "none"], "No page has been analyzed yet."),
        (["--memory", "much"], "Write 512MB or 4GB"),
        (["--memory", "1MB"], "the minimum is 64MB"),
        (["--workers", "-1"], "Write one from 0 to 64"),
        (["--workers", "99"], "Write one from 0 to 64"),
    ],
)
def test_what_makes_no_sense_is_told_in_a_sentence(arguments: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command("index_vectors", f"{arguments[0]}={arguments[1]}")


@pytest.mark.django_db
def test_without_vectors_there_is_nothing_to_do() -> None:
    assert output_of() == "No page has been analyzed yet, so there is nothing to index.\n"


@pytest.mark.django_db
def test_too_many_dimensions_are_refused() -> None:
    with pytest.raises(vector_index.CannotIndex, match="4000 at most"):
        vector_index.build_index("large@1", 5000, memory=vector_index.LEAST_MEMORY, workers=0)
