"""Pages that any number of workers look at, and compare with their neighbors, before a proposal of many pages."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db.models.functions import Now

from clustering.engine.evidence import Known, NoteTerms, Sheets, gather, leaves
from clustering.engine.images import open_scan
from clustering.engine.leaf_matching import pair_shine
from clustering.engine.paper import measure_paper
from clustering.engine.records import PageRecord
from clustering.jobs import batches, running, shifts
from clustering.jobs.batches import claim
from clustering.jobs.launching import cancel_job, launch_job
from clustering.jobs.stages import noting as stage
from clustering.models import Collection, Job, Page, PageBatch, PageNotes, Reading
from tests.conftest import MakeCollection

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_broker")]
QUEUE = "default"
SIDES = 12
PAGES = 40
SHINE = 0.12


@pytest.fixture(scope="session")
def sides() -> list[dict[str, Any]]:
    """Facts of leaves typed on both sides; of three sizes."""
    from PIL import Image

    rng = np.random.default_rng(1)
    inks = [np.kron(rng.random((60, 46)) < 0.2, np.ones((14, 14))) for _ in range(SIDES)]
    facts = []
    for number, ink in enumerate(inks):
        dark = np.clip(ink + SHINE * inks[number ^ 1][:, ::-1], 0, 1)
        gray = 235 * (1 - 0.85 * dark) + rng.normal(0, 2, ink.shape)
        image = Image.fromarray(gray.astype(np.uint8)).convert("RGB")
        facts.append(measure_paper(image.resize((600 + 9 * (number // 4), 790))))
    return facts


@pytest.fixture
def collection(make_collection: MakeCollection, sides: list[dict[str, Any]]) -> Collection:
    """Forty measured pages, some of them on their sides."""
    return measured(make_collection(pages=PAGES), sides)


def measured(collection: Collection, facts: list[dict[str, Any]]) -> Collection:
    pages = list(collection.pages.in_scan_order())
    for place, page in enumerate(pages):
        page.paper = facts[place % len(facts)]
        page.width, page.height = page.paper["width"], page.paper["height"]
    Page.objects.bulk_update(pages, ["paper", "width", "height"])
    Reading.objects.bulk_create(
        Reading(page=page, **words_of(place), width=page.width, height=page.height, rotation=90 * (place % 7 == 3))
        for place, page in enumerate(pages)
    )
    return collection


def words_of(place: int) -> dict[str, Any]:
    """Lines of a page: running text, a date or a closing, and a number at the foot."""
    text = [f"they met {place} of the {word} and went on to speak" for word in ("members", "workers", "council")]
    first = "May 21, 1952" if place % 4 == 0 else "page of the union and its"
    rows = [first, *text, "Sincerely yours," if place % 4 == 3 else "until the next of", str(place % 4 + 1)]
    lines = [
        (row, 60, 40 + 130 * number, 60 + 9 * len(row), 64 + 130 * number, 91.0) for number, row in enumerate(rows)
    ]
    return {"text": "\n".join(rows), "lines": lines, "language": "en" if place % 3 else "", "confidence": 91.0}


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """A pair for each comparison."""
    made: list[object] = []

    def counted(*pair: object) -> float:
        made.append(pair)
        return pair_shine(*pair)  # type: ignore[arg-type]

    monkeypatch.setattr(leaves, "pair_shine", counted)
    return made


def log_odds(job: Job) -> list[float | None]:
    job.refresh_from_db()
    assert (job.state, job.error) == (Job.State.DONE, "")
    seams = job.runs.get().seams.order_by("page__position")
    return list(seams.values_list("log_odds", flat=True))


def launched(collection: Collection) -> Job:
    return launch_job(collection, kind=Job.Kind.PROPOSE, actor=None, params={"publish": False}, here=True)


def alone(collection: Collection) -> list[float | None]:
    """The log-odds of a proposal that one slice makes by itself."""
    return log_odds(running.run_here(launched(collection)))


@pytest.fixture
def job(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> Job:
    """A job whose batch is with the workers."""
    monkeypatch.setattr(stage, "WORTH_SHARING", PAGES)
    monkeypatch.setattr(stage, "AT_ONCE", 8)
    job = launched(collection)
    running.run_slice(job.pk, 0)
    job.refresh_from_db()
    assert (job.stage, job.done, job.total, job.batches.count()) == ("match-leaves", 0, PAGES, 1)
    return job


def proposed(job: Job) -> list[float | None]:
    """The log-odds of the proposal after the last batch, which is no longer needed then."""
    job.refresh_from_db()
    assert (job.done, job.batches.count()) == (PAGES, 0)
    running.run_slice(job.pk, job.slices)
    assert not PageNotes.objects.exists()
    return log_odds(job)


def test_a_proposal_is_the_same_to_the_last_bit(job: Job, compared: list[object]) -> None:
    shifts.work_shift(QUEUE)
    pairs = len(compared)
    assert pairs >= PAGES - 1
    shared = proposed(job)
    assert len(compared) == pairs, "the proposal compared nothing again"
    stage.WORTH_SHARING = 5000
    assert shared == alone(job.collection)
    assert len({value for value in shared if value is not None}) > SIDES


def test_what_a_killed_worker_did_not_finish_is_done_by_others(job: Job) -> None:
    assert claim(QUEUE) is not None
    PageBatch.objects.update(leased_until=Now() - timedelta(seconds=1))
    shifts.work_shift(QUEUE)
    assert job.page_notes.count() == PAGES, "a batch for each page, since one may be the reason"
    shared = proposed(job)
    stage.WORTH_SHARING = 5000
    assert shared == alone(job.collection)


def test_a_worker_that_stops_leaves_the_rest_to_others(
    job: Job, compared: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = claim(QUEUE)
    assert batch is not None
    monkeypatch.setattr(type(batch), "must_end", property(lambda batch: bool(compared)))
    stage.work(batch)
    monkeypatch.undo()
    (row,) = job.page_notes.all()
    assert (len(row.scores), [len(batch.pages) for batch in job.batches.all()]) == (8, [PAGES - 8])
    shifts.work_shift(QUEUE)
    assert sum(len(row.scores) for row in job.page_notes.all()) == PAGES - 1


def test_pages_that_move_meanwhile_are_compared_again(job: Job, compared: list[object]) -> None:
    shifts.work_shift(QUEUE)
    del compared[:]
    one, other = job.collection.pages.filter(position__in=(10, 20))
    for page, position in ((one, 999), (other, one.position), (one, other.position)):
        Page.objects.filter(pk=page.pk).update(position=position)
    shared = proposed(job)
    assert 4 <= len(compared) <= 8
    stage.WORTH_SHARING = 5000
    assert shared == alone(job.collection)


def test_what_was_computed_for_a_canceled_job_is_removed(job: Job) -> None:
    shifts.work_shift(QUEUE)
    cancel_job(job, actor=None)
    assert job.page_notes.exists()
    batches.remove_left_over()
    assert not job.page_notes.exists()


@pytest.mark.parametrize("params", [{}, {"method": "adjacent"}])
def test_small_collections_and_other_methods_do_without(
    collection: Collection, monkeypatch: pytest.MonkeyPatch, params: dict[str, object]
) -> None:
    monkeypatch.setattr(stage, "WORTH_SHARING", PAGES if params else PAGES + 1)
    job = launch_job(collection, kind=Job.Kind.PROPOSE, actor=None, params=params, here=True)
    assert not stage.lacking(job).exists()


def test_scores_of_real_scans_are_the_same_in_parts(real_scans: Path | None) -> None:
    if real_scans is None:
        pytest.skip("There are no real scans next to the checkout.")
    pages = []
    for path in sorted((real_scans / "images").iterdir())[40:52]:
        paper = measure_paper(open_scan(path))
        pages.append(PageRecord(path.stem, paper["width"], paper["height"], paper))
    terms = NoteTerms.of(pages)
    assert NoteTerms.from_json(terms.to_json()) == terms
    parts = [*terms.scores(pages[:6]), *terms.scores(pages[5:])]
    known = dict(zip(pairwise(page.identifier for page in pages), parts, strict=True))
    plain, given = gather(pages), gather(pages, Sheets.of(pages, Known(terms, {}, known)))
    assert given.matrix.tobytes() == plain.matrix.tobytes()
    assert max(parts) > 3
