"""Language by small words, and drafting on anything that OCR may hand in."""

from __future__ import annotations

import pytest
from edtf import parse_edtf
from hypothesis import given, settings
from hypothesis import strategies as st

from clustering.engine.drafting import KINDS, draft_group
from clustering.engine.drafting.title_case import MAX_TITLE
from clustering.engine.drafting.words import plausibility, wordlike
from clustering.engine.records import GroupDraft, Line, PageReading, PageRecord
from tests.engine.drafting.pages import line, page

TEXTS = {
    "en": "The members of this council have asked for a hearing and it will go on with that work for years",
    "de": "Die Gewerkschaften haben sich für den Frieden in der Welt eingesetzt und werden es auch weiter tun",
    "fr": "Le syndicat a décidé que les travailleurs ne doivent pas accepter cette offre et il faut lutter",
    "es": "Los trabajadores del campo piden que no compre uvas en los supermercados porque la huelga es justa",
    "it": "I lavoratori della fabbrica sono in sciopero e non torneranno al lavoro se il contratto non è firmato",
    "nl": "De arbeiders van het bedrijf zijn niet aan het werk en zij willen dat er met de directie wordt gesproken",
    "pt": "Os trabalhadores não voltam ao trabalho até que o contrato seja assinado e a greve é por todos nós também",
}


@pytest.mark.parametrize(("language", "text"), TEXTS.items())
def test_a_language_is_known_by_its_small_words(language: str, text: str) -> None:
    drafted = draft_group((page(line(text, 0.3)),)).language
    assert drafted is not None
    assert drafted.value == language
    assert drafted.confidence > 0.5


def test_names_and_labels_have_no_language() -> None:
    assert draft_group((page(line("NAME ADDRESS CITY ZIP PHONE " * 4, 0.3)),)).language is None
    assert draft_group((page(line("Viva la huelga", 0.3)),)).language is None


def test_a_group_that_is_not_read_has_no_draft() -> None:
    assert draft_group((PageRecord("unread", 930, 1200),)) == GroupDraft()
    assert draft_group(()) == GroupDraft()


@pytest.mark.parametrize("word", ["McCarthy", "O'Sullivan's", "AFL-CIO", "1960's", "Youth", "Gewerkschaften", "A&P"])
def test_words_names_and_acronyms_look_like_words(word: str) -> None:
    assert wordlike(word)


@pytest.mark.parametrize("token", ["UOISSAIGXA2", "bdfgk", "aaargh", "S|gns", "hTtP", "~~"])
def test_noise_does_not(token: str) -> None:
    assert not wordlike(token)


def test_plausibility_is_a_share() -> None:
    assert plausibility("The Coming Crisis: Youth Without Work") == 1.0
    assert plausibility("x1z qq~ |j") < 0.3
    assert plausibility("") == 0.0


LINES = st.builds(
    Line,
    text=st.text(max_size=50)
    | st.sampled_from(["Dear Sir:", "No. 2-60 June 1, 1964", "Fact Sheet #7", "STATEMENT OF"]),
    left=st.integers(-5, 900),
    top=st.integers(-5, 1200),
    right=st.integers(-5, 1000),
    bottom=st.integers(-5, 1300),
    confidence=st.floats(0, 100),
)
READINGS = st.builds(
    PageReading,
    text=st.text(max_size=80),
    lines=st.lists(LINES, max_size=8).map(tuple),
    width=st.integers(0, 1000),
    height=st.integers(0, 1300),
)
PAGES = st.builds(
    PageRecord,
    identifier=st.just("any"),
    width=st.integers(0, 3000),
    height=st.integers(0, 3000),
    reading=st.none() | READINGS,
)


@settings(max_examples=150)
@given(st.lists(PAGES, max_size=4))
def test_any_reading_gives_a_clean_draft_or_none(pages: list[PageRecord]) -> None:
    draft = draft_group(pages)
    for drafted in (draft.title, draft.kind, draft.date, draft.language):
        assert drafted is None or (drafted.value and 0.0 <= drafted.confidence <= 1.0)
    assert draft.title is None or len(draft.title.value) <= MAX_TITLE
    assert draft.kind is None or draft.kind.value in KINDS
    assert draft.date is None or parse_edtf(draft.date.value) is not None
