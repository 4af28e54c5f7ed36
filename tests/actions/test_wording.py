"""How acts name pages, groups and people."""

from __future__ import annotations

from django.utils.translation import override

from clustering.models import User
from clustering.sentences import Sentence, from_text, listed, to_text
from clustering.wording import counted_pages, groups_in_words, name_of, pages_in_words, say, translated


def test_pages_are_named_by_stretches_and_counted_where_there_are_many() -> None:
    assert pages_in_words([5]) == "page 5"
    assert pages_in_words([36, 31, 32, 33, 34, 35]) == "pages 31 to 36"
    assert pages_in_words([3, 7, 9, 10, 11, 3]) == "pages 3, 7, and 9 to 11"
    assert pages_in_words(range(3, 41, 2)) == "19 pages between 3 and 39"


def test_groups_are_named_and_counted_where_there_are_many() -> None:
    assert groups_in_words([12]) == "document 12"
    assert groups_in_words([13, 12]) == "documents 12 and 13"
    assert groups_in_words(range(31)) == "31 documents"
    assert listed(["1", "2", "3"]) == "1, 2, and 3"
    assert listed([]) == ""


def test_people_are_named_as_they_call_themselves() -> None:
    ann = User(pk=1, username="ann", first_name="Ann", last_name="Lee")
    assert name_of(ann) == "Ann Lee"
    assert name_of(User(pk=2, username="ben"), to=ann) == "ben"
    assert name_of(ann, to=ann) == "You"
    assert name_of(None) == "hhreview"


def test_a_sentence_comes_back_from_a_column_of_text_and_nothing_else_is_taken_for_one() -> None:
    sentence = say("Split %(number)s before page %(page)s.", number=12, page="“31”")
    back = from_text(to_text(sentence))
    assert isinstance(back, Sentence)
    assert (back, back.data) == (sentence, sentence.data)
    for plain in ("", "Split 12.", "{broken", '{"text": "100 %(x)s"}', '{"text": '):
        kept = from_text(to_text(plain))
        assert not isinstance(kept, Sentence)
        assert kept.strip() == plain.strip()


def test_how_many_things_there_are_has_a_sign_between_thousands_and_a_place_has_none() -> None:
    assert groups_in_words(range(1232)) == "1,232 documents"
    assert pages_in_words(range(1, 3000, 2)) == "1,500 pages between 1 and 2999"
    with override("de"):
        assert translated(counted_pages(1232)).startswith("1.232 ")
