"""Embedding, reading, proposing and publishing on small scans, with the real encoders and the real OCR."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytest_django.fixtures import Settings

from clustering import files
from clustering.actions.confirm import confirm_groups
from clustering.actions.merge import merge_groups
from clustering.engine.encoders import get_encoder
from clustering.engine.records import Drafted, GroupDraft, Proposal, ProposedGroup, ScoredSeam, SeamFact
from clustering.jobs import running
from clustering.jobs.launching import launch_job
from clustering.jobs.records import page_records
from clustering.jobs.sourcing import create_collection
from clustering.jobs.stages import runs
from clustering.jobs.stages.reading import engine_of
from clustering.models import Collection, Embedding, Group, Job, Page, Reading, Run, RunMembership, SeamScore, User
from clustering.selectors.ground_truth import constraints_for
from clustering.sentences import plain_data, say
from clustering.sources.folder import list_folder
from tests.conftest import MakeCollection
from tests.handwriting import faint_handwriting
from tests.jobs.conftest import DrawScans, draw_page

pytestmark = pytest.mark.django_db
ENCODER = "efficientnet-lite0@64"


def carry_out(collection: Collection, kind: str, **params: Any) -> Job:
    return running.run_here(launch_job(collection, kind=kind, actor=None, params=params, here=True))


def imported(folder: Path) -> Collection:
    collection = create_collection("afl", listing=list_folder(folder))
    assert carry_out(collection, Job.Kind.IMPORT, folder=str(folder)).state == Job.State.DONE
    return collection


@pytest.fixture
def collection(draw_scans: DrawScans) -> Collection:
    return imported(draw_scans(6))


def settled(collection: Collection) -> dict[int, tuple[str, list[int]]]:
    """What people confirmed or corrected: by number of the group its state and the pages in order."""
    return {
        group.number: (group.state, list(group.pages.order_by("group_order").values_list("position", flat=True)))
        for group in Group.objects.filter(collection=collection).settled()
    }


def test_each_page_gets_one_vector_of_length_one(collection: Collection) -> None:
    job = carry_out(collection, Job.Kind.EMBED, encoder=ENCODER)
    assert (job.state, job.done, job.total) == (Job.State.DONE, 6, 6)
    rows = list(Embedding.objects.filter(encoder=ENCODER))
    assert len(rows) == 6
    assert np.allclose([np.linalg.norm(np.asarray(row.vector)) for row in rows], 1.0, atol=1e-4)


def test_vectors_come_from_the_copies_for_encoders(collection: Collection) -> None:
    pages = list(collection.pages.in_scan_order())
    of_scans = get_encoder("efficientnet-lite0@224").encode(files.page_paths(pages))
    for page in pages[:4]:
        files.page_path(page).unlink()
    files.squashed_path(pages[4].sha256).unlink()
    files.squashed_path(pages[5].sha256).write_bytes(b"no image")
    job = carry_out(collection, Job.Kind.EMBED, encoder="efficientnet-lite0@224")
    assert (job.state, job.done) == (Job.State.DONE, 6)
    vectors = np.array(Embedding.objects.order_by("page__position").values_list("vector", flat=True))
    cosines = np.sum(vectors * of_scans, axis=1)
    assert cosines[:4].min() > 0.99
    assert cosines[4:].min() > 0.99999
    larger = carry_out(collection, Job.Kind.EMBED, encoder="efficientnet-lite0@256")
    assert larger.problems.count() == 4  # their scans are gone


def test_encoders_stand_side_by_side_and_nothing_is_embedded_twice(collection: Collection) -> None:
    carry_out(collection, Job.Kind.EMBED, encoder=ENCODER)
    kept = set(Embedding.objects.values_list("pk", flat=True))
    carry_out(collection, Job.Kind.EMBED, encoder="efficientnet-lite0@96")
    again = carry_out(collection, Job.Kind.EMBED, encoder=ENCODER)
    assert again.state == Job.State.DONE
    assert Embedding.objects.count() == 12
    assert kept <= set(Embedding.objects.values_list("pk", flat=True))


def test_a_page_that_cannot_be_opened_is_named_once_and_the_rest_goes_in(collection: Collection) -> None:
    page = collection.pages.get(position=3)
    kept = files.page_path(page)
    kept.chmod(0o644)
    kept.write_bytes(b"\xff\xd8\xff broken since")
    files.squashed_path(page.sha256).unlink()
    job = carry_out(collection, Job.Kind.PROCESS, encoder=ENCODER)
    assert job.state == Job.State.DONE, job.error
    messages = list(job.problems.filter(is_warning=False).values_list("message", flat=True))
    assert len(messages) == 2
    assert messages[0].startswith(f"{page.identifier} was not analyzed. {page.filename} is damaged or cut short")
    assert messages[1].startswith(f"OCR did not run on {page.identifier}. {page.filename} is damaged or cut short")
    assert Embedding.objects.filter(encoder=ENCODER).count() == 5
    assert Reading.objects.count() == 5


def test_what_is_read_can_be_searched_and_has_a_text_vector(collection: Collection) -> None:
    job = carry_out(collection, Job.Kind.READ)
    assert job.state == Job.State.DONE, job.error
    assert Page.objects.filter(reading__search="meetings").count() == 6
    assert Embedding.objects.filter(encoder="minilm").count() == 6
    (line, *_) = Page.objects.in_scan_order()[0].reading.lines
    assert len(line) == 6


def test_a_page_without_text_counts_as_read_and_has_no_text_vector(draw_scans: DrawScans) -> None:
    folder = draw_scans(1)
    draw_page("").save(folder / "blank.jpg")
    collection = imported(folder)
    carry_out(collection, Job.Kind.READ)
    assert not collection.pages.lacking_reading().exists()
    assert not collection.pages.lacking_embedding("minilm").exists()
    pages, records = page_records(collection, encoder=ENCODER)
    blank = [record for page, record in zip(pages, records, strict=True) if page.filename == "blank.jpg"]
    assert blank[0].reading is not None
    assert blank[0].reading.text == ""
    assert blank[0].text_vector is None


def test_a_page_whose_writing_was_not_read_is_read_again_by_another_engine(tmp_path: Path, settings: Settings) -> None:
    settings.SECOND_READER = False
    folder = tmp_path / "wills"
    folder.mkdir()
    faint_handwriting().save(folder / "will.png")
    draw_page("Minutes of the meetings").save(folder / "minutes.jpg")
    collection = imported(folder)
    carry_out(collection, Job.Kind.READ)
    assert list(collection.pages.filter(reading__is_unread=True).values_list("filename", flat=True)) == ["will.png"]
    assert not collection.pages.lacking_reading_by(engine_of("eng"), "eng").exists()
    settings.SECOND_READER = True
    assert collection.pages.lacking_reading_by(engine_of("eng"), "eng").get().filename == "will.png"
    job = carry_out(collection, Job.Kind.READ)
    assert job.state == Job.State.DONE, job.error
    assert list(job.problems.values_list("message", flat=True)) == []
    will = Reading.objects.get(page__filename="will.png")
    assert "rapidocr" in will.engine
    assert "last will and testament" in will.text
    assert "rapidocr" not in Reading.objects.get(page__filename="minutes.jpg").engine


def test_a_run_keeps_every_page_once_and_every_seam_with_its_evidence(collection: Collection) -> None:
    job = carry_out(collection, Job.Kind.PROCESS, encoder=ENCODER, publish=False)
    run = job.runs.get()
    assert (run.state, run.page_count, run.published) == (Run.State.READY, 6, None)
    assert RunMembership.objects.filter(run=run).count() == 6
    assert SeamScore.objects.filter(run=run).count() == 5
    assert run.groups.count() == run.group_count
    assert any(seam.evidence and seam.evidence[0]["sentence"] for seam in run.seams.all())
    assert not Group.objects.exists()


def test_the_expected_number_of_documents_is_met(collection: Collection) -> None:
    job = carry_out(collection, Job.Kind.PROCESS, encoder=ENCODER, documents=4)
    assert job.runs.get().group_count == 4
    assert collection.groups.count() == 4


def test_a_baseline_refuses_while_pages_lack_vectors(collection: Collection) -> None:
    job = carry_out(collection, Job.Kind.PROPOSE, method="dbscan", encoder=ENCODER)
    assert job.state == Job.State.FAILED
    assert job.error.endswith(".")
    assert not Run.objects.exists()


def test_corrections_and_confirmed_groups_are_identical_after_proposing_again(
    collection: Collection, alice: User
) -> None:
    carry_out(collection, Job.Kind.PROCESS, encoder=ENCODER, documents=4)
    groups = list(collection.groups.in_scan_order())
    merge_groups(groups[:2], actor=alice, versions={group.pk: group.version for group in groups[:2]})
    last = collection.groups.in_scan_order().last()
    assert last is not None
    confirm_groups([last], actor=alice, versions={last.pk: last.version})
    before = settled(collection)
    assert len(before) == 2
    truth = constraints_for(collection, list(collection.pages.in_scan_order().values_list("pk", flat=True)))
    for method, settings in (("dbscan", {"eps": 0.5}), ("seams", {"caution": 5}), ("adjacent", {"threshold": 2})):
        job = carry_out(collection, Job.Kind.PROPOSE, encoder=ENCODER, method=method, settings=settings)
        assert job.state == Job.State.DONE, job.error
        assert settled(collection) == before
    pages = list(collection.pages.in_scan_order().values_list("pk", flat=True))
    assert constraints_for(collection, pages) == truth
    assert len(truth.fixed) == len(truth.held) == 1


def test_a_proposal_is_kept_once_even_if_its_slice_runs_again(collection: Collection) -> None:
    job = carry_out(collection, Job.Kind.PROCESS, encoder=ENCODER)
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, finished=None, stage=Job.Stage.PROPOSING)
    job.refresh_from_db()
    running.run_here(job)
    assert job.runs.count() == 1


def test_a_run_is_written_as_it_was_computed(make_collection: MakeCollection) -> None:
    collection = make_collection(pages=3)
    pages = list(collection.pages.in_scan_order())
    reason = say("The printed page numbers are %(numbers)s in scan order.", numbers="2, 1")
    draft = GroupDraft(title=Drafted("Tab\there, a \\ and “quotes”", 0.5))
    groups = (ProposedGroup((1, 0), 0.9, order_reason=reason), ProposedGroup((2,), None, draft))
    fact = SeamFact("text", "signed", 1.0, say("This page has a closing or a signature line."), 0.25)
    seams = (ScoredSeam(0, 0.1, boundary=False), ScoredSeam(1, 1.0, boundary=True, facts=(fact,), log_odds=1 / 3))
    computed = runs.Computed(collection, pages, Proposal(groups, seams), "seams", "", 0.0)
    run = runs.keep(computed, job=None, actor=None)
    assert [*run.groups.order_by("index").values_list("probability", "draft", "order_reason")] == [
        (0.9, {}, reason),
        (None, draft.to_json(), ""),
    ]
    assert [*run.memberships.order_by("group_index", "group_order").values_list("page", "group_index")] == [
        (pages[1].pk, 0),
        (pages[0].pk, 0),
        (pages[2].pk, 1),
    ]
    stored = {
        "family": "text",
        "name": "signed",
        "value": 1.0,
        "sentence": plain_data(fact.sentence),
        "contribution": 0.25,
    }
    assert [*run.seams.order_by("page").values_list("page", "probability", "boundary", "evidence", "log_odds")] == [
        (pages[0].pk, 0.1, False, [], None),
        (pages[1].pk, 1.0, True, [stored], 1 / 3),
    ]
