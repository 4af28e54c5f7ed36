"""What a typed date means, told while it is typed."""

from __future__ import annotations

from django.test import Client
from django.utils import translation

from clustering.models import Group, User
from clustering.templatetags.desk import date_of
from tests.views.conftest import Signed


def test_it_tells_how_a_date_is_read(alice: User, signed: Signed) -> None:
    answer = signed(alice).get("/dates/", {"text": "Jan. 14, 1954"})
    assert (answer.status_code, answer.json()) == (200, {"edtf": "1954-01-14", "words": "January 14, 1954"})


def test_it_says_how_to_write_what_it_cannot_read(alice: User, signed: Signed) -> None:
    for text in ("last spring", "a\0b", ""):
        answer = signed(alice).get("/dates/", {"text": text})
        assert answer.status_code == 200
        assert "Write it like Jan. 14, 1954" in answer.json()["message"]
    assert "message" in signed(alice).get("/dates/").json()


def test_the_date_in_printed_text_is_taken_out_of_it(alice: User, signed: Signed) -> None:
    """People drag roughly, and OCR misreads letters."""
    written = {
        "C.----March}9, 1959": "1959-03-09",
        "Paris, le 3 août 1914": "3 août 1914",
        "received Jan. 3, 1960 and Feb. 4, 1961": "Jan. 3, 1960",
        "c. 1964": "c. 1964",
    }
    for printed, date in written.items():
        answer = signed(alice).get("/dates/", {"printed": printed}).json()
        assert answer["written"] == date
        assert answer["words"]
    assert "message" in signed(alice).get("/dates/", {"printed": "no date at all"}).json()


def test_a_date_is_told_in_the_language_of_the_reader(alice: User, signed: Signed) -> None:
    german = {
        "Jan. 14, 1954": "14. Januar 1954",
        "May 1954": "Mai 1954",
        "c. 1950s": "um 1950er Jahre",
        "before 1960?": "1960? oder früher",
        "19th century": "19. Jahrhundert",
        "Jan. 11-13, 1960": "11.–13. Januar 1960",
        "1900s": "„1900s“ kann zehn oder hundert Jahre meinen.",
        "soon": "„soon“ wird nicht als Datum erkannt.",
    }
    for text, words in german.items():
        answer = signed(alice).get("/dates/", {"text": text}, headers={"Accept-Language": "de"}).json()
        assert (answer.get("words") or answer["message"]).startswith(words)
    with translation.override("de"):
        assert date_of(Group(date="1964-23")) == "Herbst 1964"
        assert date_of(Group(date="as typed long ago")) == "as typed long ago"


def test_only_who_may_look_is_answered(charlie: User, signed: Signed, client: Client) -> None:
    assert signed(charlie).get("/dates/", {"text": "1954"}).status_code == 403
    assert client.get("/dates/", {"text": "1954"}).status_code == 302
