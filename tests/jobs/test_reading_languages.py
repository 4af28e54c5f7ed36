"""In which languages a collection is read: by its own setting, the installation's, or a job's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from PIL import Image, ImageDraw
from pytest_django.fixtures import Settings

from clustering.engine.languages import languages
from clustering.jobs import running
from clustering.jobs.launching import launch_job
from clustering.jobs.sourcing import create_collection
from clustering.models import Collection, Embedding, Job, Reading
from clustering.models.reading import PLAIN_SEARCH, SEARCH_CONFIGS, search_config
from clustering.samples.fonts import font
from clustering.selectors.search import MARK, found_pages, headlines_of
from clustering.sources.folder import list_folder
from tests.conftest import MakeCollection

pytestmark = pytest.mark.django_db
GERMAN = (
    "Die Häuser der Genossenschaft sind in diesem Jahr",
    "für die Mitglieder und ihre Familien neu errichtet",
    "worden. Es ist nicht das erste Mal, dass der Verein",
    "für seine Arbeit auch in der Stadt geehrt wird.",
)


def carry_out(collection: Collection, kind: str, **params: Any) -> Job:
    return running.run_here(launch_job(collection, kind=kind, actor=None, params=params, here=True))


@pytest.fixture
def german(tmp_path: Path) -> Collection:
    """One page of German print, not read yet."""
    folder = tmp_path / "scans"
    folder.mkdir()
    image = Image.new("L", (900, 500), 235)
    draw, face = ImageDraw.Draw(image), font("grotesque", 30)
    for line, text in enumerate(GERMAN):
        draw.text((60, 80 + 60 * line), text, fill=20, font=face)
    image.save(folder / "verein_0001.png")
    collection = create_collection("verein", listing=list_folder(folder))
    assert carry_out(collection, Job.Kind.IMPORT, folder=str(folder)).state == Job.State.DONE
    return collection


def test_a_collection_is_read_and_searched_in_its_own_language(german: Collection) -> None:
    german.ocr_language = "deu"
    german.full_clean()
    german.save(update_fields=["ocr_language"])
    assert carry_out(german, Job.Kind.READ).state == Job.State.DONE
    reading = Reading.objects.get()
    assert "für die Mitglieder" in reading.text
    assert (reading.language, reading.ocr_language, reading.search_config) == ("de", "deu", "german")
    assert reading.engine.startswith("tesseract-fast-deu")
    assert [page.position for page in found_pages(german, "Haus")] == [1]
    piece = headlines_of(found_pages(german, "Haus"), "Haus")[reading.page_id]
    assert f"{MARK[0]}Häuser{MARK[1]}" in piece


def test_the_installations_language_holds_where_the_collection_says_nothing(
    german: Collection, settings: Settings
) -> None:
    settings.OCR_LANGUAGE = "deu+eng"
    carry_out(german, Job.Kind.READ)
    assert Reading.objects.get().ocr_language == "deu+eng"


def test_a_jobs_language_reads_again_what_was_read_in_another(german: Collection) -> None:
    carry_out(german, Job.Kind.READ)
    first = Reading.objects.get()
    vector = Embedding.objects.get(encoder="minilm")
    assert "für" not in first.text
    again = carry_out(german, Job.Kind.READ, language="deu")
    assert (again.state, again.done) == (Job.State.DONE, 1), again.error
    assert "für die Mitglieder" in Reading.objects.get().text
    assert Embedding.objects.get(encoder="minilm").pk != vector.pk
    kept = Reading.objects.get()
    carry_out(german, Job.Kind.READ, language="deu")
    carry_out(german, Job.Kind.READ)
    assert Reading.objects.get() == kept
    assert Reading.objects.get().ocr_language == "deu"


def test_a_language_that_is_not_installed_stops_the_job_with_the_remedy(german: Collection) -> None:
    Collection.objects.update(ocr_language="fra+deu")
    job = carry_out(german, Job.Kind.READ)
    assert job.state == Job.State.FAILED
    assert job.error.startswith("OCR has no data for French (fra). Install the Debian package")
    assert not Reading.objects.exists()
    job = carry_out(german, Job.Kind.PROCESS, encoder="efficientnet-lite0@64")
    assert job.state == Job.State.DONE
    warnings = [str(problem.message) for problem in job.problems.filter(is_warning=True)]
    assert any("no data for French (fra)" in warning for warning in warnings), warnings


@pytest.mark.parametrize(("value", "reason"), [("deutsch+", "names no language"), ("fra", "tesseract-ocr-fra")])
def test_a_collection_takes_only_languages_that_are_installed(
    make_collection: MakeCollection, value: str, reason: str
) -> None:
    collection = make_collection(pages=1)
    collection.ocr_language = value
    with pytest.raises(ValidationError, match=reason):
        collection.full_clean()


def test_every_language_names_a_configuration_that_the_database_has() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT cfgname FROM pg_ts_config")
        there = {row[0] for row in cursor.fetchall()}
    assert set(SEARCH_CONFIGS) | {PLAIN_SEARCH} <= there
    assert {language.search for language in languages().values() if language.search} <= set(SEARCH_CONFIGS)


def test_what_tells_no_language_is_searched_in_that_it_was_read_in() -> None:
    assert search_config(language="", ocr_language="deu+eng") == "german"
    assert search_config(language="fr", ocr_language="deu+eng") == "french"
    assert search_config(language="", ocr_language="tlh") == PLAIN_SEARCH
    assert search_config(language="pl", ocr_language="pol") == PLAIN_SEARCH


def test_pages_in_several_languages_are_found_together_each_in_its_own(make_collection: MakeCollection) -> None:
    collection = make_collection(pages=3)
    texts = (("english", "The strikes went on"), ("french", "Les grèves continuent"), ("simple", "strikes"))
    for page, (config, text) in zip(collection.pages.in_scan_order(), texts, strict=True):
        Reading.objects.create(page=page, text=text, width=1, height=1, engine="t", search_config=config)
    assert [page.position for page in found_pages(collection, "strike")] == [1]
    assert [page.position for page in found_pages(collection, "grève")] == [2]
    assert {page.position for page in found_pages(collection, "strikes OR grève")} == {1, 2, 3}
    headlines = headlines_of(found_pages(collection, "strikes OR grève"), "strikes OR grève")
    assert all(MARK[0] in piece for piece in headlines.values())
