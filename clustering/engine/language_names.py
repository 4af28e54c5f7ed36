"""Languages of documents: from names and codes to tags (BCP 47), and from tags to names (Unicode CLDR)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from clustering.engine.description import WrongValue
from clustering.sentences import say


def read_language(text: str, *, locale: str = "en") -> str:
    """Return the tag of a language that a person entered as a name or code.

    Parameters
    ----------
    text : str
        A name in English or in the language of `locale`; or a code of ISO 639 with two or three
        letters, alone or with a script or region. A code of three letters that Unicode has no name for is taken as
        it is.
    locale : str
        A language in which the name may be written, too.

    Returns
    -------
    str
        The shortest tag of BCP 47: "es" for "Spanish", "spa", and "ES".

    Raises
    ------
    WrongValue
        If it names no one language.
    """
    written = " ".join(text.split())
    tag = _tags().get(_key(written.replace("_", "-"))) or _by_name("en").get(_key(written))
    tag = tag or _by_name(locale).get(_key(written))
    # Unicode names 600 languages; ISO 639-3 has codes for 8,000.
    tag = tag or (written.lower() if re.fullmatch(r"[A-Za-z]{3}", written) else None)
    if tag is None:
        raise WrongValue(
            say(
                "“%(language)s” is not a language that hhreview knows. Enter its name or code, such as Spanish or es;"
                " for several languages, enter mul.",
                language=written[:60],
            )
        )
    return tag


def language_name(tag: str, *, locale: str = "en") -> str:
    """Return the name of a language in that of `locale`; the tag itself if unknown."""
    known = tag.replace("-", "_")
    return _names(locale).get(known) or _names("en").get(known) or tag


def common_languages() -> list[str]:
    """Return the two-letter tags, which cover the languages of most archives, each name once."""
    return sorted(tag for tag in set(_by_name("en").values()) if len(tag) == 2)


@cache
def _names(locale: str) -> Mapping[str, str]:
    """By tag, with an underscore."""
    try:
        return dict(Locale.parse(locale, sep="-").languages.items())
    except UnknownLocaleError:
        return {}


@cache
def _tags() -> dict[str, str]:
    """Tags by the ways to write their codes."""
    known = {tag: tag.replace("_", "-") for tag in _names("en")}
    aliases = {code: known[tag] for code, tag in get_global("language_aliases").items() if tag in known}
    return {_key(code.replace("_", "-")): tag for code, tag in (*aliases.items(), *known.items())}


@cache
def _by_name(locale: str) -> dict[str, str]:
    return {_key(name): tag.replace("_", "-") for tag, name in reversed(list(_names(locale).items()))}


def _key(text: str) -> str:
    """Return the text without case and accents."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))
