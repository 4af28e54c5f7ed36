"""Sentences in the language of whoever reads them, for code that knows no Django: English until a translator is set."""

from __future__ import annotations

from collections.abc import Callable

_translator: Callable[[str], str] | None = None


def translate_with(gettext: Callable[[str], str]) -> None:
    """Set what translates from now on."""
    global _translator
    _translator = gettext


def _(text: str) -> str:
    """Return the sentence in the language of now; itself where none is set or nothing is known of it."""
    return text if _translator is None else _translator(text)
