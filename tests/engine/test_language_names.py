"""Languages of documents: tags for what people type, and names for tags."""

from __future__ import annotations

import pytest

from clustering.engine.description import WrongValue
from clustering.engine.language_names import common_languages, language_name, read_language


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("es", "es"), ("ES", "es"), ("Spanish", "es"), (" spanish ", "es"), ("spa", "es"),
        ("ger", "de"), ("deu", "de"), ("fre", "fr"), ("chi", "zh"),
        ("Yiddish", "yi"), ("Norwegian Bokmal", "nb"), ("Navajo", "nv"), ("nah", "nah"), ("Kek", "kek"), ("haw", "haw"),
        ("en-US", "en-US"), ("pt_br", "pt-BR"), ("zh-hant", "zh-Hant"), ("mul", "mul"), ("Multiple languages", "mul"),
    ],
)  # fmt: skip
def test_names_and_codes_become_the_shortest_tag(written: str, tag: str) -> None:
    assert read_language(written) == tag
    assert len(tag) <= 8


def test_a_name_may_be_in_the_language_of_the_interface() -> None:
    assert read_language("Jiddisch", locale="de") == "yi"
    assert read_language("Yiddish", locale="de") == "yi"
    assert language_name("yi", locale="de") == "Jiddisch"
    assert language_name("yi", locale="xx") == language_name("yi") == "Yiddish"


@pytest.mark.parametrize("written", ["Englisch", "Englsh", "English and Spanish", "?", "e", "de-XQ", "x" * 500])
def test_what_names_no_one_language_is_refused_with_the_remedy(written: str) -> None:
    with pytest.raises(WrongValue, match="such as Spanish or es"):
        read_language(written)


def test_every_common_language_is_read_back_from_its_name() -> None:
    common = common_languages()
    assert len(common) > 150
    assert {"en", "es", "yi", "zh"} <= set(common)
    others = {tag: read_language(language_name(tag)) for tag in common if read_language(language_name(tag)) != tag}
    assert others == {"tw": "ak"}  # "twi" is a code, too: one for Akan


def test_an_unknown_tag_is_its_own_name() -> None:
    assert language_name("Klingon") == "Klingon"
    assert language_name("zh-Hant") == "Traditional Chinese"
