"""Languages: whole files, the language of a text, and text evidence that works in it or is silent."""

from __future__ import annotations

import re

import pytest

from clustering.engine.evidence import gather
from clustering.engine.evidence.phrases import number_phrases, phrases
from clustering.engine.evidence.prose import closing_cues, head_dates, opening_cues, prose_of
from clustering.engine.languages import (
    any_month,
    known,
    language_of,
    languages,
    of_tesseract,
    usual_language,
)
from clustering.engine.records import Line, PageReading, PageRecord
from tests.engine.evidence.making import all_numbers

WHOLE = ("en", "de", "fr", "es")
"""Languages whose text evidence speaks."""
TEXTS = {
    "en": "We call upon the members of the council to vote for the bill that was before the house",
    "de": "Die Gewerkschaften haben sich für den Frieden in der Welt eingesetzt und werden es auch weiter tun",
    "fr": "Les ouvriers de la ville sont dans la rue et ne veulent pas une reduction du salaire",
    "es": "Los trabajadores de la union piden que no se compre la lechuga en las tiendas por el boicot",
    "it": "I lavoratori della fabbrica sono in sciopero e non torneranno al lavoro se il contratto non è firmato",
    "nl": "De arbeiders van het bedrijf zijn niet aan het werk en zij willen dat er met de directie wordt gesproken",
}


def record(*texts: str, language: str = "", tops: tuple[int, ...] = ()) -> PageRecord:
    """A page of 1000 x 1400 pixels with lines from the top, or at the given heights."""
    places = tops or tuple(80 + 40 * place for place in range(len(texts)))
    lines = tuple(
        Line(text, 100, top, 100 + 8 * len(text), top + 20, 95.0) for text, top in zip(texts, places, strict=True)
    )
    return PageRecord("page", 1000, 1400, reading=PageReading("\n".join(texts), lines, 1000, 1400, language=language))


@pytest.mark.parametrize("code", WHOLE)
def test_a_whole_language_has_every_list(code: str) -> None:
    english, other = languages()["en"], languages()[code]
    assert other.tables.keys() == english.tables.keys()
    for table, lists in english.tables.items():
        assert other.tables[table].keys() == lists.keys(), f"{code}.toml, [{table}]"
    assert len(other.tables["calendar"]["months"]) == 12
    assert other.search


@pytest.mark.parametrize("code", languages())
def test_every_entry_compiles_and_matches_no_empty_text(code: str) -> None:
    """An entry that matches nothing at all would match everywhere."""
    for table, lists in languages()[code].tables.items():
        for name, entries in lists.items():
            for entry in entries if isinstance(entries, list) else ():
                pattern = re.compile(entry.replace("<month>", "mai"), re.IGNORECASE)
                assert pattern.search("") is None, f"{code}.toml, [{table}] {name}: {entry}"


@pytest.mark.parametrize(("language", "text"), TEXTS.items())
def test_a_language_is_told_by_its_commonest_words(language: str, text: str) -> None:
    assert language_of(text) == language


def test_it_is_told_without_accents_too() -> None:
    """English data read none: "für" comes out as "fur"."""
    text = "fur den Vorstand ist es uber die Zeit nicht mehr moglich, wie wir es auch fur die anderen haben"
    assert language_of(text) == "de"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "AFL-CIO 1970 815 Sixteenth Street",
        "NAME ADDRESS CITY ZIP PHONE " * 4,
        "kq xz vv oo pp ii yy tt rr ee ww qq aa ss",
        "a e i o y a e i o y a e i o y a e i o y la",
        "".join(f"W1A{n} Arthur Pizer {town} MA\n" for n, town in enumerate(("Billerica", "Lynn", "Holliston") * 9))
        + "no non in of",
        "CI/OPS CI/R&A CI/LIA no CI/OPS/FE WH/COPS " * 5,
    ],
)
def test_noise_lists_and_short_texts_have_no_language(text: str) -> None:
    assert language_of(text) == ""


def test_tesseracts_codes_name_languages() -> None:
    assert [language.code for code in ("eng", "deu+eng", "fra", "spa_old") if (language := of_tesseract(code))] == [
        "en", "de", "fr", "es",
    ]  # fmt: skip
    assert of_tesseract("osd+tlh") is None
    assert usual_language(["", "fr", "fr", "en"]) == "fr"
    assert usual_language([""]) == "en"


LETTERS = {
    "en": ("March 5, 1960", "Dear Mr. Fenwick:", "Sincerely yours,", "(continued on next page)", "Page 3 of 5"),
    "de": ("5. März 1960", "Sehr geehrte Damen,", "Hochachtungsvoll", "(Fortsetzung auf Seite 2)", "Seite 3 von 5"),
    "fr": ("le 1er mars 1915", "Cher camarade,", "Veuillez agréer mes salutations", "(suite page 2)", "page 3 sur 5"),
    "es": ("5 de marzo de 1960", "Estimado compañero:", "Atentamente,", "(continúa en la página 2)", "página 3 de 5"),
}  # fmt: skip


@pytest.mark.parametrize("code", WHOLE)
def test_the_evidence_of_a_letter_is_found_in_its_language(code: str) -> None:
    date, salutation, closing, more, numbered = LETTERS[code]
    prose = prose_of(record(date, salutation, "x", closing, language=code, tops=(80, 300, 600, 1250)))
    assert prose is not None
    cues = opening_cues(prose)
    assert cues["dateline"] == 1.0
    assert cues["salutation"] == 1.0
    assert head_dates(prose)
    assert closing_cues(prose)["signed"] == 1.0
    assert phrases(code).more.search(more)
    numbers = all_numbers([record(numbered, language=code)])[0]
    assert (numbers[0].value, numbers[0].total) == (3, 5)


@pytest.mark.parametrize("code", WHOLE)
@pytest.mark.parametrize("other", ["it", "xx"])
def test_in_a_language_that_is_not_known_the_words_are_silent(code: str, other: str) -> None:
    date, salutation, closing, more, _ = LETTERS[code]
    prose = prose_of(record(date, salutation, "x", closing, language=other, tops=(80, 300, 600, 1250)))
    assert prose is not None
    assert not any(opening_cues(prose).values())
    assert not any(closing_cues(prose).values())
    assert not phrases(other).more.search(more)


def test_marks_that_belong_to_no_language_are_seen_in_all() -> None:
    assert phrases("xx").end.search("# # #")
    assert phrases("xx").continued.search("- 2 -")
    assert number_phrases("xx").of.search("2/5")


def test_a_page_with_too_little_text_is_understood_as_the_others_are() -> None:
    """The envelope of a French letter has an address only."""
    texts = ("rue des Lilas", "Cher ami,")
    french = record(*["Les ouvriers de la ville sont dans la rue"] * 3, language="fr")
    stream = [french, record(*texts), french, french]
    names = gather(stream).names
    salutation = gather(stream).matrix[:, names.index("salutation")]
    assert salutation.tolist() == [1.0, 0.0, 0.0]
    english = [record("x", language="en"), record(*texts), record("x", language="en")]
    assert not gather(english).matrix[:, names.index("salutation")].any()


def test_a_noun_at_the_head_of_a_german_page_begins_no_sentence() -> None:
    """In English a capital letter after a full stop does."""
    first = ["Die Mitglieder des Vorstandes haben in der", "vergangenen Woche beschlossen, dass die neue"]
    second = ["Satzung der Gewerkschaft noch in diesem Jahr", "allen Mitgliedern vorgelegt werden soll."]

    def facts(language: str) -> tuple[float, float]:
        left = record(*first, language=language, tops=(1250, 1290))
        evidence = gather([left, record(*second, language=language)])
        ends, on = evidence.names.index("sentence_ends"), evidence.names.index("sentence_runs_on")
        return float(evidence.matrix[0, ends]), float(evidence.matrix[0, on])

    german, english = facts("de"), facts("en")
    assert german[1] > english[1]
    assert german[0] == 0.0


def test_months_are_matched_whole_first() -> None:
    assert re.fullmatch(any_month("en"), "september")
    assert re.match(any_month("en"), "september", re.IGNORECASE)[0] == "september"  # type: ignore[index]
    assert known("fr").search == "french"  # type: ignore[union-attr]
