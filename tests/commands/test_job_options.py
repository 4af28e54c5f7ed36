"""process, embed, read, propose, export_groups and evaluate as a person types them."""

from __future__ import annotations

import csv
import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import kombu.exceptions
import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import OutputWrapper
from django.db import OperationalError
from django.db.models import Model
from django.utils import timezone

from clustering.jobs import launching
from clustering.jobs.durations import duration
from clustering.management import terminal
from clustering.management.terminal import progress_line
from clustering.models import Collection, Job, LiveScore, Reading, Run, SeamScore
from tests.conftest import MakeCollection
from tests.jobs.conftest import DrawScans
from tests.language_model import Speak, says

pytestmark = pytest.mark.django_db
SMALL = "efficientnet-lite0@64"


@pytest.fixture(autouse=True)
def no_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody answers in these tests; not to wait a second each time to hear it."""
    monkeypatch.setattr(launching, "workers_answer", lambda: False)


def run(*words: str, **options: Any) -> str:
    out = StringIO()
    call_command(*words, stdout=out, stderr=out, **options)
    return out.getvalue()


def test_a_language_is_an_option_of_reading(draw_scans: DrawScans) -> None:
    with pytest.raises(CommandError, match="tesseract-ocr-fra"):
        run("import_pages", "afl", str(draw_scans(1)), "--language", "fra")
    run("import_pages", "afl", str(draw_scans(1)), "--language", "deu")
    assert Collection.objects.get().ocr_language == "deu"
    assert "keeps its OCR language" in run("import_pages", "afl", str(draw_scans(1)), "--language", "eng")
    with pytest.raises(CommandError, match="tesseract-ocr-fra"):
        run("read", "afl", "--language", "fra")
    assert "1 of 1 pages are read" in run("read", "afl", "--language", "deu+eng")
    assert Reading.objects.get().ocr_language == "deu+eng"


def test_asking_says_first_what_leaves_the_house(draw_scans: DrawScans, speak: Speak) -> None:
    run("import_pages", "afl", str(draw_scans(3)))
    run("process", "afl", "--encoder", SMALL)
    with pytest.raises(CommandError, match="nothing is sent anywhere"):
        run("ask", "afl")
    speaker = speak(says({"new_document": True, "confidence": 0.9, "reason": "A heading."}))
    with pytest.raises(CommandError, match="not an amount"):
        run("ask", "afl", "--money", "cheap")
    SeamScore.objects.update(probability=0.5)
    LiveScore.objects.update(probability=0.5)
    output = run("ask", "afl", "--questions", "1")
    assert output.startswith("For each question, hhreview sends the text")
    assert "1 answered, 0 reused, 0 without an answer" in output
    assert "documents from 3 pages" in output
    assert len(speaker.asked) == 1


def test_from_scans_to_the_judged_export(draw_scans: DrawScans, tmp_path: Path) -> None:
    run("import_pages", "afl", str(draw_scans(5)))
    printed = run("process", "afl", "--encoder", SMALL, "--documents", "3")
    assert "3 documents from 5 pages" in printed
    assert "It is applied." in printed
    printed = run("propose", "afl", "--encoder", SMALL, "--method", "dbscan", "--set", "eps=0.2", "--no-publish")
    assert "It is kept but not applied." in printed
    assert Run.objects.get(method="dbscan").settings == {"eps": 0.2, "min_samples": 1}

    output = tmp_path / "out.csv"
    assert "no confirmed documents yet" in run("export_groups", "afl", "-o", str(output))
    assert output.read_text(encoding="utf-8").count("\n") == 1
    assert "Wrote 3 documents with 5 pages" in run("export_groups", "afl", "--all", "-o", str(output))
    with output.open(newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    assert len(rows) == 5

    truth = tmp_path / "truth.csv"
    lines = [f"{row['identifier']},{int(row['group_order'] == '1')}" for row in rows]
    truth.write_text("identifier,start\n" + "\n".join(lines), encoding="utf-8")
    figures = json.loads(run("evaluate", "afl", str(truth), "--encoder", SMALL, "--json").split("\n", 1)[1])["rows"]
    assert figures["the desk"]["edits"] == 0
    assert figures["the desk"]["exact"] == 1
    assert {"one document", "every page alone"} <= set(figures)
    assert any(name.startswith("run ") and "dbscan" in name for name in figures)
    assert any(name.startswith("adjacent") for name in figures)


def test_embed_and_read_say_how_far_the_collection_is(draw_scans: DrawScans) -> None:
    run("import_pages", "afl", str(draw_scans(2)))
    assert "2 of 2 pages are analyzed with efficientnet-lite0@96" in run("embed", "afl", "--resolution", "96")
    assert "2 of 2 pages are read" in run("read", "afl")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["process", "cio"], "There is no collection cio. The collections are afl."),
        (["propose", "afl", "--method", "magic"], "There is no method magic. Choose one of seams, dbscan"),
        (["propose", "afl", "--method", "dbscan", "--set", "eps"], "'eps' is not a setting. Write NAME=VALUE"),
        (["propose", "afl", "--method", "dbscan", "--set", "eps=far"], "“far”"),
        (["propose", "afl", "--method", "dbscan", "--set", "size=1"], "“size”. It has: eps, min_samples."),
        (["propose", "afl", "--documents", "9"], "3 pages can’t be 9 documents. Enter a number from 1 to 3."),
        (["embed", "afl", "--encoder", "guess"], "There is no encoder 'guess'"),
        (["embed", "afl", "--encoder", "minilm"], "minilm analyzes text. Choose an image encoder"),
        (["embed", "afl", "--resolution", "9999"], "choose 64 to 1024"),
    ],
)
def test_a_wrong_order_is_refused_in_a_sentence(
    make_collection: MakeCollection, words: list[str], sentence: str
) -> None:
    make_collection(groups=[2, 1])
    with pytest.raises(CommandError) as refused:
        run(*words)
    assert sentence in str(refused.value)
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("name,start\na,1\n", "needs the columns identifier and start"),
        ("identifier,start\nHH000001_0001,maybe\n", "line 2: start is 'maybe'. Write 1, 0 or ?."),
        ("identifier,start\nHH000001_0001,1\nHH000001_0001,1\n", "line 3: HH000001_0001 is listed twice"),
        ("identifier,start\nother,1\n", "are pages of AFL"),
    ],
)
def test_a_wrong_truth_is_refused_in_a_sentence(
    make_collection: MakeCollection, tmp_path: Path, content: str, sentence: str
) -> None:
    make_collection(groups=[2, 1])
    truth = tmp_path / "truth.csv"
    truth.write_text(content, encoding="utf-8")
    with pytest.raises(CommandError) as refused:
        run("evaluate", "afl", str(truth))
    assert sentence in str(refused.value)


def test_a_missing_truth_is_refused(make_collection: MakeCollection, tmp_path: Path) -> None:
    make_collection(groups=[1])
    with pytest.raises(CommandError, match="can’t be read"):
        run("evaluate", "afl", str(tmp_path / "gone.csv"))


def test_an_export_that_fails_leaves_the_old_file_alone(
    make_collection: MakeCollection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_collection(groups=[2])
    output = tmp_path / "out.csv"
    output.write_text("what was there")

    def burst(*_: object) -> None:
        raise RuntimeError("in the middle")

    monkeypatch.setattr("clustering.exports.records._group_record", burst)
    with pytest.raises(RuntimeError):
        run("export_groups", "afl", "--all", "-o", str(output))
    assert output.read_text() == "what was there"
    assert list(tmp_path.glob(".*")) == []


def test_an_export_into_a_place_that_cannot_be_written_is_refused(
    make_collection: MakeCollection, tmp_path: Path
) -> None:
    make_collection(groups=[2])
    (tmp_path / "file").touch()
    with pytest.raises(CommandError, match="can’t be written"):
        run("export_groups", "afl", "-o", str(tmp_path / "file" / "out.csv"))
    with pytest.raises(CommandError, match=r"is a folder\. Name a file in it\."):
        run("export_groups", "afl", "-o", str(tmp_path))


def test_an_export_without_a_file_goes_to_the_terminal(make_collection: MakeCollection) -> None:
    make_collection(groups=[1])
    assert run("export_groups", "afl", "--all").splitlines()[1].startswith("HH000001_0001,1,1,1,proposed")


def test_the_progress_line_gives_stage_done_total_rate_and_time_left(make_collection: MakeCollection) -> None:
    collection: Collection = make_collection(pages=1)
    now = timezone.now()
    job = Job(
        collection=collection, kind=Job.Kind.READ, state=Job.State.RUNNING, stage=Job.Stage.READING, done=30, total=100,
        stage_started=now - timedelta(seconds=20), heartbeat=now,
    )  # fmt: skip
    assert progress_line(job) == "Running OCR: 30 of 100, 1.5 a second, 47 s left"
    assert progress_line(Job(state=Job.State.QUEUED)) == "Waiting for a worker…"


def test_who_waits_is_told_when_the_database_is_back(
    make_collection: MakeCollection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once each, also where the workers' broker is away longer than the database."""
    collection = make_collection("afl", groups=[1])
    away: list[Exception | None] = [*[OperationalError("gone")] * 2, *[None] * 4]
    broker_away: list[Exception | None] = [None, *[kombu.exceptions.OperationalError("gone")] * 2, None]

    def asked(job: Job) -> None:
        if not away:
            Job.objects.filter(pk=job.pk).update(state=Job.State.DONE)
        if error := away.pop(0) if away else None:
            raise error
        Model.refresh_from_db(job)

    def resumed() -> None:
        if error := broker_away.pop(0) if broker_away else None:
            raise error

    monkeypatch.setattr(terminal, "POLL_SECONDS", 0)
    monkeypatch.setattr(terminal, "REVIVE_SECONDS", 0)
    monkeypatch.setattr(terminal, "connection", SimpleNamespace(close=lambda: None))
    monkeypatch.setattr(launching, "workers_answer", lambda: True)
    monkeypatch.setattr(launching, "resume_stuck_jobs", resumed)
    monkeypatch.setattr(Job, "refresh_from_db", asked)
    out = StringIO()
    terminal.carry_out(collection, "read", {}, out=OutputWrapper(out))
    lines = out.getvalue().splitlines()
    assert [line.endswith("Waiting…") for line in lines] == [True, False, True, False]
    assert lines[1] == lines[3]


@pytest.mark.parametrize(("seconds", "wording"), [(4.4, "4 s"), (185, "3 min 5 s"), (7800, "2 h 10 min")])
def test_durations_are_said_as_people_do(seconds: float, wording: str) -> None:
    assert duration(seconds) == wording
