"""Vocabularies from files, and what type-ahead offers of them."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from clustering.models import Term, User, Vocabulary
from clustering.sources.vocabularies import SKOS
from tests.conftest import MakeCollection

RDF = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:skos="http://www.w3.org/2004/02/skos/core#">
  <skos:Concept rdf:about="http://names.example.org/1">
    <skos:prefLabel xml:lang="en">Chavez, Cesar, 1927</skos:prefLabel>
    <skos:prefLabel xml:lang="fr">Chavez (syndicaliste)</skos:prefLabel>
    <skos:altLabel>Chávez Estrada</skos:altLabel>
  </skos:Concept>
  <rdf:Description rdf:about="http://names.example.org/2">
    <skos:prefLabel>Huerta, Dolores</skos:prefLabel>
  </rdf:Description>
  <rdf:Description rdf:about="http://names.example.org/3"/>
</rdf:RDF>
"""
TRIPLES = r"""<http://names.example.org/1> <http://www.w3.org/2004/02/skos/core#prefLabel> "Chavez, Cesar, 1927"@en .
<http://names.example.org/1> <http://www.w3.org/2004/02/skos/core#altLabel> "Ch\u00E1vez Estrada" .
<http://names.example.org/1> <http://www.w3.org/2004/02/skos/core#prefLabel> "Chavez (syndicaliste)"@fr .
<http://names.example.org/2> <http://www.w3.org/2004/02/skos/core#prefLabel> "Huerta, \"Dolores\"" .
# a comment
"""
CSV = (
    'Label,URI,Other labels\r\n"Chavez, Cesar, 1927",http://names.example.org/1,Chávez Estrada|César\r\n,,\r\n'
    "Huerta,,\r\n"
)
FILES = {"names.rdf": RDF, "names.nt": TRIPLES, "names.csv": CSV}


def offered(user: User, field: str, text: str) -> list[tuple[str, str, str]]:
    client = Client()
    client.force_login(user)
    terms = client.get("/c/afl/terms/", {"field": field, "q": text}).json()["terms"]
    return [(term["label"], term["uri"], term["source"]) for term in terms]


@pytest.mark.django_db
@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("packed", [False, True])
def test_a_file_is_loaded_and_its_terms_are_offered(
    make_collection: MakeCollection, alice: User, tmp_path: Path, name: str, packed: bool
) -> None:
    make_collection("afl")
    path = tmp_path / (f"{name}.gz" if packed else name)
    content = FILES[name].encode()
    path.write_bytes(gzip.compress(content) if packed else content)
    call_command("load_vocabulary", "names", str(path), title="Names", fields=["people", "creators"])
    assert Term.objects.count() == 2
    term = ("Chavez, Cesar, 1927", "http://names.example.org/1", "Names")
    assert offered(alice, "people", "ces cha") == [term]
    assert offered(alice, "creators", "chávez") == [term]
    assert offered(alice, "subjects", "cesar") == []
    call_command("load_vocabulary", "names", str(path), title="Names", fields=["people"])
    assert (Vocabulary.objects.count(), Term.objects.count()) == (1, 2)


@pytest.mark.django_db
def test_terms_that_are_too_long_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "names.csv"
    path.write_text(
        f"label,uri\nHuerta,\n{'Ch' * 200},\nCesar,http://names.example.org/{'1' * 500}\n", encoding="utf-8"
    )
    call_command("load_vocabulary", "names", str(path), fields=["people"])
    assert [term.label for term in Term.objects.all()] == ["Huerta"]
    shown = capsys.readouterr().err
    assert "2 left out" in shown and "ChChCh" in shown


@pytest.mark.django_db
def test_the_heading_itself_comes_before_all_that_only_have_its_word(
    make_collection: MakeCollection, alice: User, tmp_path: Path
) -> None:
    make_collection("afl")
    others = "".join(f"Abnormal labor {number:02},,\n" for number in range(20))
    path = tmp_path / "headings.csv"
    path.write_text(f"label,uri,other labels\nAmateur,,labor\n{others}Labor unions,,\nLabor,,\n", encoding="utf-8")
    call_command("load_vocabulary", "headings", str(path), fields=["subjects"])
    assert [label for label, _, _ in offered(alice, "subjects", "labor")][:3] == [
        *("Labor", "Labor unions", "Abnormal labor 00"),
    ]
    assert [label for label, _, _ in offered(alice, "subjects", "amat")] == ["Amateur"]
    assert offered(alice, "kind", "letters")[0][0].startswith("letters")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("names.ttl", "x", "names.ttl is not a .csv, .nt, .rdf, or .xml file"),
        ("names.rdf", "<a>", "names.rdf is not well-formed XML"),
        ("names.csv", "name\nx\n", "names.csv has no column called “label”"),
        ("names.nt", "", "names.nt has no terms with an English label"),
        ("names.nt", "# none\n\nnothing", "names.nt, line 3 is not N-Triples, or is cut off. Download the file again"),
        ("names.nt", f'<a> <{SKOS}prefLabel> "A" .\n<b> <{SKOS}prefLabel> "B', "names.nt, line 2 is not N-Triples"),
        ("names.nt", f'<a> <{SKOS}prefLabel> "{"A" * 999}" .\n', "names.nt has only terms that are too long"),
        ("names.csv.gz", "label\nx\n", "names.csv.gz is damaged or not packed with gzip"),
        ("names.csv", "", "names.csv is empty"),
    ],
)
def test_a_file_that_is_none_changes_nothing(tmp_path: Path, name: str, content: str, sentence: str) -> None:
    good = tmp_path / "good.csv"
    good.write_text("label\nHuerta\n", encoding="utf-8")
    call_command("load_vocabulary", "names", str(good), fields=["people"])
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CommandError, match=sentence):
        call_command("load_vocabulary", "names", str(path), fields=["people"])
    assert list(Term.objects.values_list("label", flat=True)) == ["Huerta"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("line", "term"),
    [
        ('\ufeff<u:a> <{0}prefLabel> "A" .', ("A", "u:a")),
        ('  <u:a>\t<{0}prefLabel>  "A"@en. # the first', ("A", "u:a")),
        ('<u:a><{0}prefLabel>"A"^^<http://www.w3.org/2001/XMLSchema#string>.', ("A", "u:a")),
        ('_:a <{0}prefLabel> "A" .', ("A", "")),
        ('<u:a> <{0}prefLabel> "A" .\n<u:a> <{0}broader> _:b1 .\n<u:a> <{0}broader> <u:b>.', ("A", "u:a")),
        ('<u:a> <{0}prefLabel> "\\uD83D\\uDE00" .', ("\U0001f600", "u:a")),
        ('<u:a> <{0}prefLabel> "A\\u0000\\uD800\\U7FFFFFFF" .', ("A\ufffd\ufffd\ufffd", "u:a")),
        ('<u:\0a> <{0}prefLabel> "A" .\n<u:\0a> <{0}altLabel> "B\\u0000" .', ("A", "u:\ufffda")),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_every_spelling_of_triples_is_read(tmp_path: Path, packed: bool, line: str, term: tuple[str, str]) -> None:
    path = tmp_path / "names.nt"
    content = f"{line.format(SKOS)}\n".encode()
    path.write_bytes(gzip.compress(content) if packed else content)
    call_command("load_vocabulary", "names", str(path), fields=["people"])
    assert list(Term.objects.values_list("label", "uri")) == [term]


@pytest.mark.django_db
def test_a_file_that_is_not_there_is_named_with_the_remedy(tmp_path: Path) -> None:
    for path in (tmp_path / "gone.csv", tmp_path):
        with pytest.raises(CommandError) as refusal:
            call_command("load_vocabulary", "names", str(path / "x.csv"), fields=["people"])
        assert "Check the path" in str(refusal.value)
        assert "UTF-8" not in str(refusal.value)


@pytest.mark.django_db
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_list_may_come_from_any_spreadsheet(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "names.csv"
    rows = [("Label", "URI", "Other labels"), ("Chávez", "http://x/1", "César|Cesar"), ("Huerta", "", "")]
    path.write_text("\r\n".join(map(delimiter.join, rows)), encoding=encoding)
    call_command("load_vocabulary", "names", str(path), fields=["people"])
    assert list(Term.objects.order_by("label").values_list("label", "uri", "other_labels")) == [
        ("Chávez", "http://x/1", "César\nCesar"), ("Huerta", "", ""),
    ]  # fmt: skip


def test_types_are_offered_from_the_thesaurus_and_odd_texts_offer_nothing(
    make_collection: MakeCollection, alice: User
) -> None:
    make_collection("afl")
    assert offered(alice, "kind", "press rel")[0][:2] == ("press releases", "http://vocab.getty.edu/aat/300026437")
    for text in ("", "&|!", "a:*", "\0", "(" * 300, "'; drop table"):
        assert isinstance(offered(alice, "people", text), list)
    assert offered(alice, "no field", "x") == []
