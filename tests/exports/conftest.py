"""Records that break exporters, and where they come from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from clustering.engine.description import Details, NamedTerm
from clustering.exports.contract import (
    CollectionRecord,
    ComparedPage,
    ComparedRuns,
    ExportedPage,
    GroupRecord,
    Material,
    TextLine,
)
from clustering.exports.settings import ExportSettings
from clustering.exports.stored_settings import changed

COLLECTION = CollectionRecord(slug="afl-cio", title='Labor & "Dissent" <1965>', identifier="HH018977")
SETTINGS = ExportSettings(
    rights="http://rightsstatements.org/vocab/InC/1.0/",
    publisher="A University Library",
    base_url="https://desk.example.org",
)


def adjusted(settings: ExportSettings = SETTINGS, **options: str | bool) -> ExportSettings:
    """The settings with some told otherwise, those of single formats among them."""
    return changed(settings, options)


LINES = (TextLine("BOYCOTT GRAPES", 40, 40, 260, 70), TextLine("do not buy them: naïve – “quoted”", 40, 90, 280, 105))

LABELS = {62: "12r", 64: "[cover]"}
"""What the source calls some pages, by their place in scan order; of the others it says nothing."""


def page_record(position: int, sequence: int = 1) -> ExportedPage:
    return ExportedPage(
        identifier=f"HH018977_{position:04}",
        pid=f"bdr:pid{position}",
        filename=f"HH018977_{position:04}__bdr_pid{position}.jpg",
        position=position,
        sequence=sequence,
        sha256=f"{position:064x}",
        media_type="image/jpeg",
        width=300,
        height=400,
        rotation=0,
        label=LABELS.get(position, ""),
    )


def group_record(number: int, positions: list[int], **given: object) -> GroupRecord:
    made = GroupRecord(
        number=number,
        state="confirmed",
        title="",
        kind="letter",
        date="1959-03",
        language="en",
        note="",
        confirmed_by="alice",
        confirmed_at="2026-11-20T10:00:00+00:00",
        split_from=None,
        run=3,
        method="seams",
        confidence=0.9,
        draft_title="",
        draft_kind="",
        draft_date="",
        pages=tuple(page_record(position, at) for at, position in enumerate(positions, start=1)),
    )
    return replace(made, **given)  # type: ignore[arg-type]


AWKWARD = [
    group_record(1, [1], title="One page"),
    group_record(2, list(range(2, 62)), title="Sixty pages"),
    group_record(3, [62, 65, 64], kind="flyer", date=""),
    group_record(
        4,
        [63],
        title='A "quoted" title, with\na newline | a bar\tand a tab',
        note="Ñoño – second line\nof it",
        details=Details(
            creators=(NamedTerm('The "Committee" | of 100', "http://example.org/names/100"), NamedTerm("Ñoño, José")),
            subjects=(NamedTerm("Peace; and war"),),
            people=(NamedTerm("=Chavez, Cesar"),),
            places=(NamedTerm("Providence (R.I.)", "http://example.org/places/1"),),
            summary="Two lines\nof summary \\",
            rights="In the <public> domain",
            box="Box 3, folder 2",
            identifier="MS-17",
        ),
    ),
    group_record(5, [66], title="مرحبا بالعالم"),
    group_record(6, [67], title="=HYPERLINK(1)", kind="other", language=""),
    group_record(7, [68, 69], state="proposed", confirmed_by="", confirmed_at="", split_from=2, run=None, method=""),
    group_record(8, [70], title="a control \x0b character & <markup>", date="1960~/1962"),
]

MakeMaterial = Callable[..., Material]


@pytest.fixture
def make_material(tmp_path: Path) -> MakeMaterial:
    """make_material(groups): with an image of our own drawing behind every page."""
    scan = tmp_path / "scan.jpg"
    image = Image.new("RGB", (300, 400), "#f3ead6")
    ImageDraw.Draw(image).text((40, 40), "BOYCOTT GRAPES", fill="#222")
    image.save(scan, "JPEG")

    content = scan.read_bytes()
    real = {"sha256": hashlib.sha256(content).hexdigest(), "size_bytes": len(content)}

    def make(groups: Sequence[GroupRecord] = AWKWARD, settings: ExportSettings = SETTINGS) -> Material:
        groups = [replace(g, pages=tuple(replace(p, **real) for p in g.pages)) for g in groups]  # type: ignore[arg-type]
        pages = sorted((p for g in groups for p in g.pages), key=lambda p: p.position)
        homes = {p.position: g.number for g in groups for p in g.pages}
        return Material(
            collection=COLLECTION,
            groups=groups,
            settings=settings,
            image=lambda page: scan,
            lines=lambda page: LINES,
            compare=lambda: ComparedRuns(
                ("run 1: seams", "run 2: dbscan"),
                [ComparedPage(p, homes[p.position], homes[p.position], (homes[p.position], None), scan) for p in pages],
            ),
            everything=any(group.is_machine_proposed for group in groups),
        )

    return make


def schema_folder(package: str, inside: str = "") -> Path:
    """Where a package that is installed for its schemas keeps them."""
    spec = find_spec(package)
    assert spec is not None and spec.submodule_search_locations, f"{package} is missing: run make install-test."
    return Path(next(iter(spec.submodule_search_locations))) / inside


@pytest.fixture(scope="session")
def shared_schemas() -> Path | None:
    """Schemas that are in no package, where they lie beside the checkout."""
    folder = Path(__file__).resolve().parents[3] / "shared" / "schemas"
    return folder if folder.is_dir() else None
