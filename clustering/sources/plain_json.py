"""Strict JSON from outside: Python's reader also accepts NaN, and numbers and nesting of any size."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from clustering.sentences import say

MOST_DEEP = 100
"""Deepest nesting of objects and lists. Manifests have some ten levels; code that walks them may be recursive."""
_MOST_DIGITS = 18


def read_json(content: bytes) -> Any:
    """Return the content of a document. Raises ValueError with a sentence if it is not JSON or has excessive values."""
    try:
        parsed = json.loads(content, parse_constant=_no_number, parse_float=_fraction, parse_int=_whole)
    except RecursionError as error:
        raise ValueError(say("it is nested too deeply")) from error
    if content.count(b"[") + content.count(b"{") > MOST_DEEP:  # brackets within texts count too, which does no harm
        _check_depth(parsed)
    return parsed


def _no_number(written: str) -> NoReturn:
    raise ValueError(say("%(written)s is not a JSON number", written=written))


def _fraction(written: str) -> float:
    number = float(written)
    if math.isinf(number):
        raise ValueError(say("%(written)s is too large a number", written=written[:20]))
    return number


def _whole(written: str) -> int:
    if len(written.lstrip("-")) > _MOST_DIGITS:
        raise ValueError(say("%(written)s… is too large a number", written=written[:20]))
    return int(written)


def _check_depth(document: Any) -> None:
    level = [document]
    for _ in range(MOST_DEEP):
        level = [part for whole in level for part in _parts(whole)]
        if not level:
            return
    raise ValueError(say("it is nested too deeply"))


def _parts(whole: Any) -> list[Any]:
    if isinstance(whole, dict):
        return [part for part in whole.values() if isinstance(part, dict | list)]
    return [part for part in whole if isinstance(part, dict | list)] if isinstance(whole, list) else []
