"""What a job may be told: encoder and resolution, method and settings, number of documents; checked beforehand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


class WrongOrder(ValueError):
    """An order that no job could carry out. The message is a full sentence with what to write instead."""


def encoder_key(key: str, resolution: int | None = None) -> str:
    """Return an image encoder's key with its resolution set where one is given; loads nothing. Raises WrongOrder."""
    from clustering.engine.encoders import encoder_kind

    base, at, size = key.strip().rpartition("@")
    if resolution is not None:
        stem = base if at and size.isdigit() else key.strip()
        key = f"{stem}@{resolution}"
    try:
        kind = encoder_kind(key)
    except ValueError as error:
        raise WrongOrder(str(error)) from error
    if kind != "image":
        raise WrongOrder(
            f"{key} embeds texts. Choose an image encoder, e.g. efficientnet-lite0@224; texts are embedded without "
            "asking once pages are read."
        )
    return key.strip()


def ocr_language(text: str) -> str:
    """Return in which languages pages are to be read, "" where the order says nothing. Raises WrongOrder."""
    from clustering.engine.tessdata import WrongLanguages, checked_languages, missing_data

    if not text.strip():
        return ""
    try:
        codes = checked_languages(text)
    except WrongLanguages as error:
        raise WrongOrder(str(error)) from error
    missing = missing_data(codes)
    if missing:
        raise WrongOrder(missing)
    return codes


def reading_params(text: str) -> dict[str, str]:
    """Return what a job that reads is told of its language: nothing where the order says nothing. Raises WrongOrder."""
    codes = ocr_language(text)
    return {"language": codes} if codes else {}


def assignments(texts: Iterable[str]) -> dict[str, str]:
    """Return {"eps": "0.1"} of ["eps=0.1"]. Raises WrongOrder."""
    values = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise WrongOrder(f"{text!r} is no setting. Write NAME=VALUE, e.g. --set eps=0.1.")
        values[name.strip()] = value.strip()
    return values


def method_settings(method: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return all settings of a method, checked, defaults filled in. Raises WrongOrder."""
    from clustering.engine.proposing import METHODS

    if method not in METHODS:
        raise WrongOrder(f"There is no method {method}. Choose one of {', '.join(METHODS)}.")
    try:
        return METHODS[method].filled(given)
    except ValueError as error:
        raise WrongOrder(str(error)) from error


def document_count(documents: int | None, *, pages: int) -> int | None:
    """Return how many documents are expected, None where nobody knows. Raises WrongOrder for what cannot be."""
    if documents is None:
        return None
    if documents < 1 or documents > pages:
        raise WrongOrder(f"{pages} pages cannot be {documents} documents. Give a number from 1 to {pages}.")
    return documents
