"""Drafts of documents in German, French and Spanish: the same layouts, other words."""

from __future__ import annotations

import pytest

from clustering.engine.drafting import draft_group
from clustering.engine.drafting.date_forms import find_dates
from clustering.engine.drafting.terms import terms
from clustering.engine.records import PageRecord
from tests.engine.drafting.pages import line, page

PROSE = {
    "de": (
        "Die Mitglieder des Vereins haben in der letzten Sitzung nach der neuen Satzung",
        "gefragt, und es ist bis heute nichts geschehen. Wir sind der Meinung, dass die",
        "Antwort von denen kommen muss, die sich mit der Frage auch befasst haben und",
    ),
    "fr": (
        "Les membres du conseil ont demandé que le budget soit examiné, et nous ne savons",
        "pas encore ce que la ville a répondu. Il est temps que les ouvriers de cette",
        "commune soient entendus par ceux qui ont la charge de leurs intérêts et de leur",
    ),
    "es": (
        "Los miembros del consejo han pedido que se revise el presupuesto, y hasta ahora no",
        "se sabe nada de la oficina. Ya son dos años desde que se aprobó la carta, y cada",
        "vez que la decisión se ha dejado para después los vecinos han pagado el precio de",
    ),
}


def letter(language: str, date: str, salutation: str, closing: str, signer: str) -> tuple[PageRecord, ...]:
    body = [line(PROSE[language][k % 3], 0.37 + 0.02 * k, left=0.12, width=0.76) for k in range(12)]
    return (
        page(
            line(date, 0.2, left=0.5),
            line(salutation, 0.33, left=0.12),
            *body,
            line(closing, 0.65, left=0.55),
            line(signer, 0.72, left=0.55),
        ),
    )


@pytest.mark.parametrize(
    ("language", "pages", "title", "date"),
    [
        (
            "de",
            letter("de", "den 5. Mai 1931", "Sehr geehrter Herr Lindner,", "Hochachtungsvoll", "Erna Vogt"),
            "Letter from Erna Vogt to Lindner, May 5, 1931",
            "1931-05-05",
        ),
        (
            "fr",
            letter("fr", "le 14 juillet 1936", "Cher Lucien Moreau,", "Fraternellement", "Jeanne Petit"),
            "Letter from Jeanne Petit to Lucien Moreau, July 14, 1936",
            "1936-07-14",
        ),
        (
            "es",
            letter("es", "5 de mayo de 1968", "Estimada Dolores Vega:", "Atentamente,", "Tomás Reyes"),
            "Letter from Tomás Reyes to Dolores Vega, May 5, 1968",
            "1968-05-05",
        ),
    ],
)
def test_a_letter_is_named_by_its_writer_its_reader_and_its_date(
    language: str, pages: tuple[PageRecord, ...], title: str, date: str
) -> None:
    draft = draft_group(pages)
    assert [one and one.value for one in (draft.language, draft.kind, draft.title, draft.date)] == [
        language, "letter", title, date,
    ]  # fmt: skip


def test_a_document_with_few_words_is_understood_as_the_collection_is() -> None:
    pages = (
        page(line("Pressemitteilung", 0.1), line("Sperrfrist: 3. März 1958", 0.17), line("Streik im Hafen", 0.25)),
    )
    french, german = draft_group(pages, usual="fr"), draft_group(pages, usual="de")
    assert german.kind is not None
    assert german.kind.value == "press release"
    assert french.kind is not None
    assert french.kind.value != "press release"


def test_months_of_all_languages_are_dates_wherever_they_stand() -> None:
    texts = ("3 maart 1951", "le 1er mars 1915", "12 de diciembre de 1948", "4. Jänner 1922", "2 luglio 1960")
    assert [date.edtf for text in texts for date in find_dates(text)] == [
        "1951-03-03", "1915-03-01", "1948-12-12", "1922-01-04", "1960-07-02",
    ]  # fmt: skip


def test_a_preposition_is_one_in_its_own_language_only() -> None:
    """ "8 A.M." before a date is no German "am"."""
    assert terms("de").preposition.search("am ")
    assert not terms("en").preposition.search("at 8 AM ")
