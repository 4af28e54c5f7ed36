"""Parse answers of a language model field by field, refusing rather than guessing invalid ones."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from clustering.sentences import say

MOST_REASON = 300
MOST_TITLE, MOST_NAME, MOST_SUMMARY = 300, 120, 600
MOST_NAMES = 20
"""Longest texts that are kept, in characters, and most names."""
_THOUGHT = re.compile(r"<think>.*?</think>", re.DOTALL | re.IGNORECASE)


class Nonsense(ValueError):
    """It isn't a valid answer to the question. The message says why, for the job's page."""


@dataclass(frozen=True, slots=True)
class SeamAnswer:
    """Whether a page begins a new document."""

    new_document: bool
    confidence: float
    """0.5 … 1."""
    reason: str


@dataclass(frozen=True, slots=True)
class DocumentAnswer:
    """What a document is; fields that the pages do not tell are empty."""

    title: str = ""
    kind: str = ""
    date: str = ""
    """As written; it is parsed as a date when it is used."""
    creator: str = ""
    people: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    language: str = ""
    """ISO 639-1 code."""
    summary: str = ""


def read_seam_answer(content: str) -> SeamAnswer:
    """Return what was said of a place. Raises Nonsense."""
    answer = _object_in(content)
    verdict, confidence, reason = answer.get("new_document"), answer.get("confidence"), answer.get("reason")
    if not isinstance(verdict, bool):
        raise Nonsense(say("The answer does not say whether a new document begins."))
    if isinstance(confidence, bool) or not isinstance(confidence, int | float):
        raise Nonsense(say("The answer does not say how sure it is."))
    share = confidence / 100 if 1 < confidence <= 100 else float(confidence)
    if not 0 <= share <= 1:
        raise Nonsense(say("The answer’s confidence is not between 0 and 1."))
    sentence = _line(reason, MOST_REASON)
    if not sentence:
        raise Nonsense(say("The answer gives no reason."))
    return SeamAnswer(verdict, max(share, 0.5), sentence)


def read_document_answer(content: str, kinds: Sequence[str]) -> DocumentAnswer:
    """Return what was said of a document; a kind that is not on offer is left out. Raises Nonsense."""
    fields = _object_in(content)
    kind = _line(fields.get("kind"), MOST_NAME).lower()
    language = _line(fields.get("language"), MOST_NAME).lower()
    answer = DocumentAnswer(
        title=_line(fields.get("title"), MOST_TITLE),
        kind=kind if kind in kinds else "",
        date=_line(fields.get("date"), MOST_NAME),
        creator=_line(fields.get("creator"), MOST_NAME),
        people=_names(fields.get("people")),
        places=_names(fields.get("places")),
        language=language if re.fullmatch(r"[a-z]{2}", language) else "",
        summary=_line(fields.get("summary"), MOST_SUMMARY),
    )
    if answer == DocumentAnswer():
        raise Nonsense(say("The answer says nothing about the document."))
    return answer


def _object_in(content: str) -> dict[str, Any]:
    """Return the JSON object in an answer, also inside a code fence or after a thought. Raises Nonsense."""
    text = _THOUGHT.sub("", content)
    start = text.find("{")
    if start < 0:
        raise Nonsense(say("The answer is not JSON."))
    try:
        parsed, _ = json.JSONDecoder().raw_decode(text[start:])
    except (ValueError, RecursionError) as error:
        raise Nonsense(say("The answer is not JSON, or is cut off.")) from error
    return parsed if isinstance(parsed, dict) else {}


def _line(value: object, most: int) -> str:
    """Return a text as one line without control characters; empty for anything else."""
    if not isinstance(value, str):
        return ""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in value).split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def _names(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    names = (_line(name, MOST_NAME) for name in value)
    return tuple(dict.fromkeys(name for name in names if name))[:MOST_NAMES]
