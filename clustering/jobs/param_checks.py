"""Checks the parameters of a job before it is launched: encoder, resolution, method, settings, documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from clustering.jobs.params import WrongParams
from clustering.models import Collection
from clustering.wording import say


def encoder_key(key: str, resolution: int | None = None) -> str:
    """Return an image encoder's key, with its resolution if one is given; loads nothing. Raises WrongParams."""
    from clustering.engine.encoders import encoder_kind

    base, at, size = key.strip().rpartition("@")
    if resolution is not None:
        stem = base if at and size.isdigit() else key.strip()
        key = f"{stem}@{resolution}"
    try:
        kind = encoder_kind(key)
    except ValueError as error:
        raise WrongParams(str(error)) from error
    if kind != "image":
        raise WrongParams(
            say(
                "%(encoder)s analyzes text. Choose an image encoder, e.g. efficientnet-lite0@224. Text is analyzed "
                "automatically after OCR.",
                encoder=key,
            )
        )
    return key.strip()


def ocr_language(text: str) -> str:
    """Return the languages in which to read pages, "" if none are given. Raises WrongParams."""
    from clustering.engine.tessdata import WrongLanguages, checked_languages, missing_data

    if not text.strip():
        return ""
    try:
        codes = checked_languages(text)
    except WrongLanguages as error:
        raise WrongParams(str(error)) from error
    missing = missing_data(codes)
    if missing:
        raise WrongParams(missing)
    return codes


def reading_params(text: str) -> dict[str, str]:
    """Return the language parameter of a job that reads; empty if none are given. Raises WrongParams."""
    codes = ocr_language(text)
    return {"language": codes} if codes else {}


def ask_params(
    collection: Collection,
    *,
    questions: int | None = None,
    seconds: int | None = None,
    money: str = "",
    seams: bool = True,
    documents: bool = False,
    propose: bool = True,
) -> dict[str, Any]:
    """Return the parameters of a job that asks a language model, including how it proposes afterwards, like the current
    run.

    Raises WrongParams if no model is set up, or nothing may be asked.
    """
    from clustering.language_model.budget import QUESTIONS, SECONDS
    from clustering.language_model.setup import NotSetUp, endpoint_set_up
    from clustering.redecode.live import desk_run

    try:
        endpoint = endpoint_set_up()
    except NotSetUp as error:
        raise WrongParams(str(error)) from error
    if not seams and not documents:
        raise WrongParams(say("Choose what to ask about: places to check, documents, or both."))
    amount = _money(money)
    if amount and endpoint.cost(sent=1, received=1) is None:
        raise WrongParams(
            say(
                "No prices are set, so money can’t be counted. Leave it blank, or ask the operator to set "
                "HHREVIEW_LLM_PRICE_IN and HHREVIEW_LLM_PRICE_OUT."
            )
        )
    questions = QUESTIONS if questions is None else questions
    seconds = SECONDS if seconds is None else seconds
    if questions < 1 or seconds < 1:
        raise WrongParams(say("Enter a budget of at least one question and one second."))
    run = desk_run(collection)
    like = {"encoder": run.encoder, "settings": run.settings} if run is not None and run.method == "seams" else {}
    return {
        "questions": questions, "seconds": seconds, "money": amount, "seams": seams, "describe": documents,
        "propose": propose and seams, **like,
    }  # fmt: skip


def _money(text: str) -> str:
    """Return an amount as stored; empty for none. Raises WrongParams."""
    if not text.strip():
        return ""
    try:
        amount = Decimal(text.strip())
    except InvalidOperation as error:
        why = say("%(amount)s is not an amount of money. Enter an amount like 0.50.", amount=text.strip())
        raise WrongParams(why) from error
    if not amount.is_finite() or amount <= 0:
        raise WrongParams(
            say(
                "%(amount)s is not an amount that can be spent. Enter more than 0, or leave it blank.",
                amount=text.strip(),
            )
        )
    return str(amount)


def assignments(texts: Iterable[str]) -> dict[str, str]:
    """Return {"eps": "0.1"} for ["eps=0.1"]. Raises WrongParams."""
    values = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise WrongParams(say("%(text)s is not a setting. Write NAME=VALUE, e.g. --set eps=0.1.", text=repr(text)))
        values[name.strip()] = value.strip()
    return values


def method_settings(method: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return all settings of a method, checked, with defaults. Raises WrongParams."""
    from clustering.engine.proposing import METHODS

    if method not in METHODS:
        raise WrongParams(
            say("There is no method %(method)s. Choose one of %(methods)s.", method=method, methods=", ".join(METHODS))
        )
    try:
        return METHODS[method].filled(given)
    except ValueError as error:
        raise WrongParams(str(error)) from error


def document_count(documents: int | None, *, pages: int) -> int | None:
    """Return the expected number of documents, None if unknown. Raises WrongParams for an impossible one."""
    if documents is None:
        return None
    if documents < 1 or documents > pages:
        raise WrongParams(
            say(
                "%(pages)s pages can’t be %(documents)s documents. Enter a number from 1 to %(pages)s.",
                pages=pages,
                documents=documents,
            )
        )
    return documents
