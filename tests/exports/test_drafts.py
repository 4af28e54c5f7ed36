"""Drafts of the machine in exports: accepted ones are marked everywhere, others go out only where it is asked for."""

from __future__ import annotations

import io
import json
from pathlib import Path

import openpyxl
import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from clustering.actions.confirm import confirm_groups
from clustering.exports.contract import GroupRecord, Included
from clustering.exports.drafts import with_drafts
from clustering.exports.records import material_of
from clustering.exports.registry import FORMATS
from clustering.jobs.exported import export_file, launch_export
from clustering.jobs.running import run_here
from clustering.models import Collection, Group, User
from clustering.teamwork.commenting import write_comment
from tests.conftest import MakeCollection
from tests.exports.cases import rows, written
from tests.exports.conftest import SETTINGS, MakeMaterial, adjusted, group_record
from tests.exports.test_checking import READY, codes

ACCEPTED = group_record(1, [1], title="A letter", kind="letter", date="", accepted_drafts=("title", "kind"))
DRAFTED = group_record(
    2, [2], title="", kind="", date="1959-03", draft_title="A flyer", draft_kind="flyer", draft_date="1960",
)  # fmt: skip
WITHOUT_A_PLACE = {"pages", "comparison"}


def test_drafts_stand_where_nothing_was_entered() -> None:
    filled = with_drafts(DRAFTED)
    assert (filled.title, filled.kind, filled.date) == ("A flyer", "flyer", "1959-03")
    assert filled.unchecked_drafts == ("title", "kind")
    assert with_drafts(ACCEPTED) is ACCEPTED


@pytest.mark.parametrize("name", sorted(set(FORMATS) - WITHOUT_A_PLACE))
@pytest.mark.parametrize(
    ("group", "marks"),
    [
        (ACCEPTED, ("accepted with the confirmation: title, kind", "drafts-accepted")),
        (with_drafts(DRAFTED), ("not checked by a person: title, kind", "drafts-unchecked")),
    ],
    ids=["accepted", "unchecked"],
)
def test_every_target_says_what_was_drafted(
    name: str, group: GroupRecord, marks: tuple[str, ...], make_material: MakeMaterial
) -> None:
    files = written(make_material([group]), name)
    if name == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(files["groups.xlsx"]))
        cells = {cell.value for sheet in book for row in sheet.iter_rows() for cell in row}
        assert "title kind" in cells
        return
    marks = (*marks, "title kind", '["title", "kind"]')  # in sentences and tags, in columns, in JSON
    wanted = [mark.encode() for mark in marks]
    wanted += [mark.encode("utf-16-be").hex().upper().encode() for mark in marks]  # as a PDF writes it
    assert any(mark in content for content in files.values() for mark in wanted)


def test_what_was_typed_has_no_mark(make_material: MakeMaterial) -> None:
    typed = group_record(1, [1], title="A letter")
    for name in set(FORMATS) - WITHOUT_A_PLACE - {"xlsx"}:
        for content in written(make_material([typed]), name).values():
            assert b"rafted by machine" not in content and b"drafts-" not in content, name


def test_the_check_tells_of_drafts_that_nobody_checked(make_material: MakeMaterial) -> None:
    assert codes(make_material([with_drafts(DRAFTED)], READY), "mods") == {"drafts": "note"}
    assert "drafts" not in codes(make_material([ACCEPTED], READY), "mods")
    assert codes(make_material([DRAFTED], READY), "mods") == {"no-title": "warning"}


@pytest.fixture
def collection(make_collection: MakeCollection, alice: User) -> Collection:
    """A confirmed document whose draft was below the floor, so that confirming left it a draft."""
    made = make_collection("afl", groups=[2])
    Group.objects.update(draft={"title": {"value": "A flyer", "confidence": 0.1, "evidence": "its first line"}})
    confirm_groups([made.groups.get()], actor=alice)
    return made


@pytest.mark.django_db
def test_a_setting_of_the_collection_puts_drafts_in(collection: Collection, client: Client) -> None:
    def titles() -> list[tuple[str, str]]:
        table = rows(written(material_of(Collection.objects.get()), "csv")[".csv"])
        return [(row["title"], row["unchecked_drafts"]) for row in table]

    assert titles() == [("", ""), ("", "")]
    collection.settings = {"export": {"use_drafts": True, "published": True}}
    collection.save(update_fields=["settings"])
    assert titles() == [("A flyer", "title"), ("A flyer", "title")]
    live = client.get("/iiif/afl/1/manifest.json").json()
    assert live["label"] == {"none": ["A flyer"]}
    assert "not checked by a person: title" in json.dumps(live["metadata"])


@pytest.mark.django_db
def test_one_export_may_have_drafts(collection: Collection, alice: User, client: Client, tmp_path: Path) -> None:
    """By the page, the command and a job; the page leads to its own files."""
    client.force_login(alice)
    page = client.get("/c/afl/export/?drafts=1").content.decode()
    assert "/c/afl/export/csv/?drafts=1" in page and 'name="drafts" value="1"' in page
    assert "with unchecked drafts" in page
    for query, title in (("", ""), ("?drafts=1", "A flyer"), ("?all=1&drafts=1", "A flyer")):
        answer = client.get(f"/c/afl/export/csv/{query}")
        table = rows(b"".join(answer.streaming_content))  # type: ignore[attr-defined]
        assert {row["title"] for row in table} == {title}
    path = tmp_path / "afl.csv"
    call_command("export_groups", "afl", "--drafts", "-o", str(path), stderr=io.StringIO(), stdout=io.StringIO())
    assert rows(path.read_bytes())[0]["unchecked_drafts"] == "title"
    job = run_here(launch_export(collection, "csv", Included(drafts=True), actor=alice, here=True))
    file = export_file(job)
    assert file is not None and b"A flyer" in file.read_bytes()


@pytest.mark.django_db
def test_what_a_confirmation_accepted_is_marked(make_collection: MakeCollection, alice: User) -> None:
    made = make_collection("afl", groups=[1])
    Group.objects.update(draft={"title": {"value": "A flyer", "confidence": 0.9, "evidence": "its first line"}})
    confirm_groups([made.groups.get()], actor=alice)
    (row,) = rows(written(material_of(Collection.objects.get()), "groups")["-groups.csv"])
    assert (row["dcterms:title"], row["accepted_drafts"]) == ("A flyer", "title")
    assert "accepted with the confirmation: title" in row["dcterms:provenance"]


def test_drafts_stay_out_unless_the_settings_say_otherwise() -> None:
    assert not SETTINGS.use_drafts and adjusted(SETTINGS, use_drafts="true").use_drafts


@pytest.mark.django_db
def test_comments_go_out_only_where_the_settings_say_so(collection: Collection, alice: User) -> None:
    first, second = collection.pages.in_scan_order()
    write_comment(first, "Whose hand?\nHers?", actor=alice)
    write_comment(second, "Ill.", actor=alice)
    second.restricted = True
    second.restricted_reason = "Health"
    second.save(update_fields=["restricted", "restricted_reason"])
    for table in ("csv", "groups", "json", "mods", "iiif"):
        files = written(material_of(collection), table)
        assert not any(b"Whose hand?" in content or b"comments" in content for content in files.values())
    material = material_of(collection, settings=adjusted(comments="true"))
    today = timezone.now().strftime("%Y-%m-%d")
    for table, suffix in (("csv", ".csv"), ("groups", "-groups.csv")):
        assert rows(written(material, table)[suffix])[0]["comments"] == f"{today} alice: Whose hand? Hers?"
    (group,) = json.loads(written(material, "json")[".json"])["groups"]
    (comment,) = group["comments"]
    assert comment.pop("created").startswith(today)
    assert comment == {"page": first.identifier, "author": "alice", "resolved": False, "text": "Whose hand?\nHers?"}


@pytest.mark.django_db
def test_a_document_without_its_restricted_pages_says_so(collection: Collection, alice: User) -> None:
    second = collection.pages.in_scan_order()[1]
    second.restricted = True
    second.save(update_fields=["restricted"])
    partly, left_out = material_of(collection), "1 page is restricted and left out."
    (row,) = rows(written(partly, "groups")["-groups.csv"])
    assert (row["dcterms:extent"], left_out in row["dcterms:provenance"]) == ("1 of 2 pages", True)
    assert [row["pages_left_out"] for row in rows(written(partly, "csv")[".csv"])] == ["1"]
    (group,) = json.loads(written(partly, "json")[".json"])["groups"]
    assert (len(group["pages"]), group["pages_left_out"]) == (1, 1)
    for key, marks in {
        "mods": ("1 of 2 pages</extent>", f'"restriction on access">{left_out}<'),
        "iiif": ('"1 of 2 pages"', left_out),
    }.items():
        content = b"".join(written(partly, key).values()).decode()
        assert all(mark in content for mark in marks), key
    whole = material_of(collection, Included(restricted=True))
    (row,) = rows(written(whole, "groups")["-groups.csv"])
    assert (row["dcterms:extent"], left_out in row["dcterms:provenance"]) == ("2 pages", False)
