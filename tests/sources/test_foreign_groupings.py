"""Groupings as other producers write them: METS of Princeton, Kitodo and Goobi, IIIF of both versions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from clustering.sources.arrangements import NoArrangement, read_arrangement

Grouping = list[tuple[str, list[str]]]
HEAD = (
    '<mets:mets xmlns:mets="http://www.loc.gov/METS/" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'xmlns:mods="http://www.loc.gov/mods/v3">'
)


def taken(path: Path, known: set[str] | None = None) -> Grouping:
    return [(document.title, document.identifiers) for document in read_arrangement(path, known=known or set())]


def mets(folder: Path, files: str, maps: str, links: str = "", sections: str = "", name: str = "a.xml") -> Path:
    path = folder / name
    linked = f"<mets:structLink>{links}</mets:structLink>" if links else ""
    path.write_text(f"{HEAD}{sections}<mets:fileSec>{files}</mets:fileSec>{maps}{linked}</mets:mets>", encoding="utf-8")
    return path


def file(name: str, address: str, media_type: str = "image/tiff") -> str:
    place = f'<mets:FLocat LOCTYPE="URL" xlink:href="{address}"/>'
    return f'<mets:file ID="{name}" MIMETYPE="{media_type}">{place}</mets:file>'


def group(use: str, *files: str) -> str:
    return f'<mets:fileGrp USE="{use}">{"".join(files)}</mets:fileGrp>'


def div(*below: str, **attributes: object) -> str:
    attributes_text = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f"<mets:div{attributes_text}>{''.join(below)}</mets:div>"


def pointer(name: str) -> str:
    return f'<mets:fptr FILEID="{name}"/>'


def struct(kind: str, *below: str) -> str:
    return f'<mets:structMap TYPE="{kind}">{"".join(below)}</mets:structMap>'


def link(one: str, *others: str) -> str:
    return "".join(f'<mets:smLink xlink:from="{one}" xlink:to="{other}"/>' for other in others)


def test_pages_may_be_pointed_to_from_the_logical_map(tmp_path: Path) -> None:
    """As Princeton writes METS: TYPE in mixed case, files of its own for each logical member, the suffix .mets."""
    files = group("thumbnail", file("t1", "file:///mnt/a/00000001.tif")) + group(
        "masters", *(file(f"m{at}", f"file:///mnt/a/{at:08}.tif") for at in (1, 2, 3, 4))
    )
    members = [div(pointer(f"m{at}"), TYPE="LogicalMember", ORDER=at) for at in (1, 2, 3, 4)]
    logical = struct(
        "Logical",
        div(
            div(*members[:3], TYPE="BoundArt", LABEL="scrapbook 1"),
            div(members[3], TYPE="BoundArt", LABEL="2"),
            TYPE="Work",
        ),
    )
    physical = struct("Physical", div(*(div(pointer(f"m{at}"), TYPE="Static", ORDER=at) for at in (1, 2, 3, 4))))
    path = mets(tmp_path, files, struct("RelatedObjects", div(pointer("t1"))) + physical + logical, name="a.mets")
    assert taken(path) == [("scrapbook 1", ["00000001", "00000002", "00000003"]), ("2", ["00000004"])]


def test_a_work_of_pages_only_is_one_document(tmp_path: Path) -> None:
    files = group("masters", file("m1", "file:///a/1.tif"), file("m2", "file:///a/2.tif"))
    members = [div(pointer(name), TYPE="LogicalMember") for name in ("m1", "m2")]
    assert taken(mets(tmp_path, files, struct("Logical", div(*members, TYPE="BoundArt", LABEL="One")))) == [
        ("One", ["1", "2"])
    ]


def kitodo(folder: Path, *, links: str, logical: str, sections: str = "") -> Path:
    """Three pages, each as thumbnail, text and scan, and not in the order of their divisions."""
    files = (
        group("THUMBS", *(file(f"t{at}", f"images/thumbs/{at:08}.tif.thumbnail.jpg", "image/jpeg") for at in (1, 2, 3)))
        + group("FULLTEXT", *(file(f"x{at}", f"ocr/{at:08}.xml", "text/xml") for at in (1, 2, 3)))
        + group("LOCAL", *(file(f"f{at}", f"file:/usr/local/kitodo/images/{at:08}.tif") for at in (1, 2, 3)))
    )
    pages = [
        div(*(pointer(f"{kind}{at}") for kind in "txf"), ID=f"P{at}", TYPE="page", ORDER=at, ORDERLABEL="-")
        for at in (3, 1, 2)
    ]
    physical = struct("PHYSICAL", div(*pages, ID="P0", TYPE="physSequence"))
    return mets(folder, files, struct("LOGICAL", logical) + physical, links, sections)


def test_of_several_files_of_a_page_the_scan_names_it(tmp_path: Path) -> None:
    """As Kitodo writes METS: divisions without labels, titled by their records; a page where two chapters meet."""
    title = "<mods:titleInfo><mods:title>A letter</mods:title></mods:titleInfo>"
    section = (
        f'<mets:dmdSec ID="D1"><mets:mdWrap MDTYPE="MODS"><mets:xmlData><mods:mods>{title}</mods:mods></mets:xmlData>'
        "</mets:mdWrap></mets:dmdSec>"
    )
    logical = div(
        div(ID="L1", TYPE="Letter", DMDID="D1"),
        div(div(ID="L3", TYPE="Chapter"), ID="L2", TYPE="Text", LABEL="Minutes"),
        ID="L0", TYPE="Manuscript",
    )  # fmt: skip
    links = link("L0", "P1", "P2", "P3") + link("L1", "P2", "P1") + link("L2", "P2") + link("L3", "P3")
    path = kitodo(tmp_path, links=links, logical=logical, sections=section)
    notes: list[str] = []
    arrangement = read_arrangement(path, notes=notes)
    assert [(one.title, one.identifiers) for one in arrangement] == [
        ("A letter", ["00000001", "00000002"]), ("Minutes", ["00000003"]),
    ]  # fmt: skip
    assert notes == ["1 page is in more than one document there and stayed with the first."]


def test_a_link_to_the_whole_sequence_means_all_of_its_pages(tmp_path: Path) -> None:
    path = kitodo(tmp_path, links=link("L0", "P0"), logical=div(ID="L0", TYPE="Monograph", LABEL="All"))
    assert taken(path) == [("All", ["00000001", "00000002", "00000003"])]


def test_years_and_days_of_a_newspaper_are_no_documents_but_its_issues_are(tmp_path: Path) -> None:
    issues = [div(ID=f"I{at}", TYPE="PeriodicalIssue", LABEL=f"No. {at}") for at in (1, 2)]
    month = div(div(*issues, TYPE="NewspaperDay"), TYPE="NewspaperMonth")
    logical = div(div(month, TYPE="NewspaperYear"), TYPE="Newspaper")
    path = kitodo(tmp_path, links=link("I1", "P1") + link("I2", "P2", "P3"), logical=logical)
    assert taken(path) == [("No. 1", ["00000001"]), ("No. 2", ["00000002", "00000003"])]


def test_a_pid_in_the_name_of_a_file_is_no_part_of_the_identifier(tmp_path: Path) -> None:
    files = group(
        "DEFAULT", file("f1", "file:///scans/HH018977_0001__bdr_gbzad5mb.jpg"), file("f2", "C:\\\\b\\HH018977_0002.tif")
    )
    pages = struct("PHYSICAL", div(div(pointer("f1"), ID="P1", TYPE="page"), div(pointer("f2"), ID="P2", TYPE="page")))
    logical = struct("LOGICAL", div(div(ID="L1", TYPE="letter", LABEL="A"), div(ID="L2", TYPE="letter", LABEL="B")))
    path = mets(tmp_path, files, pages + logical, link("L1", "P1") + link("L2", "P2"))
    assert taken(path) == [("A", ["HH018977_0001"]), ("B", ["HH018977_0002"])]


def test_the_way_of_naming_is_the_one_that_the_collection_knows(tmp_path: Path) -> None:
    """Two sets of files under different names: those count that are pages of the collection."""
    files = group("MASTER", *(file(f"m{at}", f"file:///m/master{at}.tif") for at in (1, 2))) + group(
        "DEFAULT", *(file(f"d{at}", f"https://i.example.org/iiif/scan{at}/full/max/0/default.jpg") for at in (1, 2))
    )
    pages = [div(pointer(f"m{at}"), pointer(f"d{at}"), ID=f"P{at}", TYPE="page", ORDER=at) for at in (1, 2)]
    logical = struct("LOGICAL", div(ID="L1", LABEL="A", TYPE="letter"))
    path = mets(tmp_path, files, struct("PHYSICAL", div(*pages)) + logical, link("L1", "P1", "P2"))
    assert taken(path) == [("A", ["master1", "master2"])]
    assert taken(path, {"scan1", "scan2", "scan3"}) == [("A", ["scan1", "scan2"])]
    assert taken(path, {"P1", "P2"}) == [("A", ["P1", "P2"])]


@pytest.mark.parametrize(
    ("maps", "message"),
    [
        (struct("PHYSICAL", div(div(pointer("f1"), ID="P1", TYPE="page"))), "has no logical map"),
        (struct("LOGICAL", div(ID="L1", TYPE="letter")), "names no pages"),
    ],
)
def test_what_says_nothing_of_pages_is_told(maps: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(NoArrangement, match=message):
        read_arrangement(mets(tmp_path, group("DEFAULT", file("f1", "a.tif")), maps))


def canvas(name: str, *, version: int = 3) -> dict[str, Any]:
    """A canvas that says who it is by its image service alone, as most do."""
    service = f"https://i.example.org/iiif/{name}"
    image = f"{service}/full/max/0/default.jpg"
    own = f"https://m.example.org/canvas/{name}-x"
    if version == 2:
        resource = {"@id": image, "@type": "dctypes:Image", "service": {"@id": service, "profile": "image/2/level1"}}
        return {"@id": own, "@type": "sc:Canvas", "label": "p.", "images": [{"resource": resource}]}
    body = {"id": image, "type": "Image", "service": [{"id": service, "type": "ImageService3"}]}
    painted = {"type": "Annotation", "motivation": "painting", "body": body, "target": own}
    return {"id": own, "type": "Canvas", "items": [{"type": "AnnotationPage", "items": [painted]}]}


def manifest(label: str, *names: str, version: int = 3, **more: object) -> dict[str, Any]:
    canvases = [canvas(name, version=version) for name in names]
    own = f"https://m.example.org/{label}/manifest"
    if version == 2:
        sequence = {"@type": "sc:Sequence", "canvases": canvases}
        return {"@id": own, "@type": "sc:Manifest", "label": label, "sequences": [sequence], **more}
    return {"id": own, "type": "Manifest", "label": {"en": [label]}, "items": canvases, **more}


def kept(folder: Path, stored: object, name: str = "a.json") -> Path:
    path = folder / name
    path.write_text(json.dumps(stored), encoding="utf-8")
    return path


@pytest.mark.parametrize("version", [2, 3])
def test_canvases_are_called_as_an_import_calls_them(version: int, tmp_path: Path) -> None:
    path = kept(tmp_path, manifest("Minutes", "b1", "b2", version=version))
    assert taken(path) == [("Minutes", ["b1", "b2"])]


def test_a_collection_that_holds_its_manifests_is_a_grouping(tmp_path: Path) -> None:
    items = [manifest("Minutes", "b1", "b2"), manifest("A letter", "b3")]
    path = kept(tmp_path, {"id": "https://m.example.org/c", "type": "Collection", "items": items})
    assert taken(path) == [("Minutes", ["b1", "b2"]), ("A letter", ["b3"])]


def test_a_collection_that_only_names_them_says_what_to_give(tmp_path: Path) -> None:
    items = [{"id": "https://m.example.org/1/manifest", "type": "Manifest", "label": {"en": ["Minutes"]}}]
    path = kept(tmp_path, {"id": "https://m.example.org/c", "type": "Collection", "items": items})
    with pytest.raises(NoArrangement, match=r"does not contain them\. Give the folder"):
        read_arrangement(path)


def test_a_folder_of_manifests_is_a_grouping_in_natural_order(tmp_path: Path) -> None:
    for at in (10, 2):
        kept(tmp_path, manifest(f"Volume {at}", f"v{at}_1", f"v{at}_2"), f"volume{at}.json")
    kept(tmp_path, {"type": "Collection", "items": []}, "collection.json")
    assert taken(tmp_path) == [("Volume 2", ["v2_1", "v2_2"]), ("Volume 10", ["v10_1", "v10_2"])]


def range_3(label: str, *items: dict[str, Any]) -> dict[str, Any]:
    return {"id": f"https://m.example.org/r/{label}", "type": "Range", "label": {"en": [label]}, "items": [*items]}


def canvas_of(name: str, part: str = "") -> dict[str, Any]:
    return {"id": f"https://m.example.org/canvas/{name}-x{part}", "type": "Canvas"}


@pytest.mark.parametrize("wrapped", [False, True])
def test_the_ranges_of_a_single_manifest_are_its_documents(wrapped: bool, tmp_path: Path) -> None:
    minutes = range_3("Minutes", canvas_of("b1"), range_3("Annex", canvas_of("b2", "#xywh=0,0,9,9")))
    ranges = [minutes, range_3("A letter", canvas_of("b3"))]
    structures = [range_3("Contents", *ranges)] if wrapped else ranges
    notes: list[str] = []
    path = kept(tmp_path, manifest("Folder", "b1", "b2", "b3", "b4", structures=structures))
    arrangement = read_arrangement(path, notes=notes)
    assert [(one.title, one.identifiers) for one in arrangement] == [("Minutes", ["b1", "b2"]), ("A letter", ["b3"])]
    assert notes == ["Its 2 ranges were imported as documents."]


def test_ranges_of_version_2_name_each_other_by_their_ids(tmp_path: Path) -> None:
    def own(name: str) -> str:
        return f"https://m.example.org/canvas/{name}-x"

    structures = [
        {"@id": "r0", "@type": "sc:Range", "label": "Contents", "viewingHint": "top", "ranges": ["r1", "r2"]},
        {"@id": "r1", "@type": "sc:Range", "label": "Minutes", "canvases": [own("b1"), own("b2")]},
        {"@id": "r2", "@type": "sc:Range", "label": "A letter", "canvases": [own("b3")]},
    ]
    path = kept(tmp_path, manifest("Folder", "b1", "b2", "b3", version=2, structures=structures))
    assert taken(path) == [("Minutes", ["b1", "b2"]), ("A letter", ["b3"])]


def test_another_order_of_all_pages_is_no_range(tmp_path: Path) -> None:
    again = {**range_3("Backwards", canvas_of("b2"), canvas_of("b1")), "behavior": ["sequence"]}
    assert taken(kept(tmp_path, manifest("Minutes", "b1", "b2", structures=[again]))) == [("Minutes", ["b1", "b2"])]
