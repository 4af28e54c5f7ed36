"""What no door may stumble over: values that are too large, too deep, of another kind, or no text; and every door."""

from __future__ import annotations

import json
import os
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy, deepcopy
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any, TypeVar
from urllib.parse import quote

import pytest
from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends.db import SessionStore
from django.core.signals import got_request_exception
from django.db import transaction
from django.http import HttpRequest, QueryDict
from django.test import Client
from django.urls import URLPattern, URLResolver

SHARE = 1 if os.environ.get("HHREVIEW_TEST_THOROUGH") else 3
"""Without it, a third of the odd values is tried at each place, at the next place the next third: what reads them at
one door reads them at others as well."""

HUGE = "9" * 5000
"""Python itself refuses to read a number of so many digits."""

KINDS = 5
TEXTS = [
    "\0", "a\0b", "\ud800", "", "\r\nX-Injected: 1",
    "٣", "-1", "0", "1", "NaN",
    "2147483648", "9223372036854775808", HUGE, "1e400", "Infinity",
    "[]", "1:1", f"1:{HUGE}", f"split:{HUGE}", "x" * 10_000,
    "../../etc/passwd", "%00",
]  # fmt: skip
"""As people and programs may write them into addresses, forms and headers.

A line has one kind: what no column takes, numbers, what is too large, parts of something. Every fifth of all is one of
each kind.
"""

LEAVES = [
    "null", "true", "[]", "{}", '""', "-1", "0", "1", "1.5", "1e400", "-1e400", "NaN", "Infinity", "-Infinity",
    "2147483648", "9223372036854775808", "1" * 400, HUGE, '"\\u0000"', '"a\\u0000b"', '"\\ud800"', '"1"', f'"{HUGE}"',
    json.dumps("x" * 20_000), "[1,[1]]", "[null]", '["\\u0000"]', "[NaN]", "[9223372036854775808]", '{"1":1e400}',
    f'{{"{HUGE}":1}}', '{"\\u0000":1}', '{"\\ud800":"\\ud800"}', "[" * 900 + "]" * 900, "[" * 90_000 + "]" * 90_000,
]  # fmt: skip
"""One value of a JSON document, as it is written."""

BODIES = [
    b"", b"\xff\xfe", b"\0", b"null", b"true", b"1", b'"text"', b"[]", b"{}", b"{", b"NaN", b"1e400", HUGE.encode(),
    b"[" * 100_000, b"[" * 100_000 + b"]" * 100_000, b'{"a":' * 50_000, "{}".encode("utf-16"), b"\xef\xbb\xbf{}",
    b'{"verb":"split","verb":"merge"}', b"a=1&a=2&\0=\0", b"&".join([b"a=1"] * 1500), b"%00=%00&%ff=%fe&%ud800",
    b"--x\r\nContent-Disposition: form-data\r\n\r\n",
    b"--x\r\nContent-Disposition: form-data; name=\0\r\n\r\n\0\r\n--x--",
]  # fmt: skip
"""Whole bodies."""

TYPES = [
    "application/json", "application/json; charset=utf-16", "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=hex", "application/x-www-form-urlencoded; charset=utf-16",
    "multipart/form-data", "multipart/form-data; boundary=x", "multipart/form-data; boundary=\xe9", "text/plain",
    "application/octet-stream; charset=nothing", "", ";;;", "x" * 300,
]  # fmt: skip

HEADERS: dict[str, list[str]] = {
    "ACCEPT": ["application/json", "*/*;q=x", ",;,;", "application/json;q=nan", "x" * 2000, "\xff"],
    "ACCEPT_LANGUAGE": ["xx", "\0", "en;q=1e400", "x" * 2000],
    "AUTHORIZATION": ["Bearer", "Bearer \xff", f"Bearer hhr_{'x' * 90}", "Basic \xff"],
    "COOKIE": ["sessionid=\xff", "hhreview_known=eyJhIjoxfQ:1:x; csrftoken=\0", "=;=;", "messages=[[1]]"],
    "IF_NONE_MATCH": ["*", '"', "\xff", "W/x"],
    "IF_MODIFIED_SINCE": ["yesterday", "Sun, 99 Foo 99999 99:99:99 GMT"],
    "RANGE": ["bytes=0-", "bytes=-1e400", "bytes=9-1", "\xff"],
    "REFERER": ["\0", "http://[", "//x"],
    "ORIGIN": ["null", "http://["],
    "X_FORWARDED_FOR": ["\xff", "[::1", "1.2.3.4:x, ,"],
    "X_REQUESTED_WITH": ["XMLHttpRequest"],
    "HX_REQUEST": ["true"],
    "HX_CURRENT_URL": ["http://[", "%E0%A4%A"],
    "UPLOAD_OFFSET": ["-1", HUGE, "٣", "\xff"],
    "UPLOAD_LENGTH": ["-1", HUGE, "\xff"],
    "UPLOAD_METADATA": ["filename", "filename %%%", "\xff"],
    "UPLOAD_CHECKSUM": ["sha256 :x:", "\xff"],
    "TUS_RESUMABLE": ["1.0.0", "\xff"],
}
"""As WSGI names them."""

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Door:
    """One pattern of addresses."""

    route: str
    name: str

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """(kind, name) of what stands in its addresses."""
        return [(kind or "str", name) for kind, name in re.findall(r"<(?:(\w+):)?(\w+)>", self.route)]

    def there(self, real: dict[str, str]) -> str:
        """An address of something that exists."""
        return self._filled({name: real[name] for _, name in self.parameters})

    def odd(self, real: dict[str, str]) -> Iterator[str]:
        """Addresses with each parameter in turn as it should not be, as far as its kind lets anything in."""
        for kind, name in self.parameters:
            for text in {"int": ["0", "2147483648", "9223372036854775808", HUGE], "slug": ["-", "x" * 500, HUGE],
                         "uuid": ["00000000-0000-0000-0000-000000000000"]}.get(kind, TEXTS):  # fmt: skip
                if text and (kind == "path" or "/" not in text):
                    yield self._filled({**{other: real[other] for _, other in self.parameters}, name: text})

    def _filled(self, values: dict[str, str]) -> str:
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda match: quoted(values[match[1]]), self.route)


def doors(patterns: Iterable[URLPattern | URLResolver], before: str = "") -> Iterator[Door]:
    """Every pattern, those that others include as well; one by regular expression takes what no other does."""
    for pattern in patterns:
        route = before + str(getattr(pattern.pattern, "_route", "some/where"))
        if isinstance(pattern, URLResolver):
            yield from doors(pattern.url_patterns, route)
        else:
            yield Door(route, pattern.name or "")


def quoted(text: str) -> str:
    """Percent-encoded, a lone surrogate as the three bytes that no UTF-8 has."""
    return quote(text, safe="/", errors="surrogatepass")


def written(pairs: Iterable[tuple[str, str]]) -> str:
    """A query string or form, with all in it that Django's own client would refuse to send."""
    return "&".join(f"{quoted(name)}={quoted(value).replace('/', '%2F')}" for name, value in pairs)


Value = TypeVar("Value")


def one_in(step: int, values: Sequence[Value], at: int) -> Sequence[Value]:
    """With a step of 3, a place has a third of the values (or a third of that), the next place the next third."""
    step *= SHARE
    return values[at % step :: step]


def each_leaf_odd(value: Any, *, step: int = 1) -> Iterator[str]:
    """A JSON document with each of its values in turn as it should not be, as text: at each place one in `step`."""
    for at, path in enumerate(list(_paths(value))):
        for leaf in one_in(step, LEAVES, at):
            yield _with(value, path, leaf)


def _paths(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield before
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        yield from _paths(part, (*before, key))


def _with(value: Any, path: tuple[Any, ...], leaf: str) -> str:
    if not path:
        return leaf
    if isinstance(value, dict):
        parts = (f"{json.dumps(key)}:{_with(part, path[1:], leaf) if key == path[0] else json.dumps(part)}"
                 for key, part in value.items())  # fmt: skip
        return "{" + ",".join(parts) + "}"
    parts = (_with(part, path[1:], leaf) if at == path[0] else json.dumps(part) for at, part in enumerate(value))
    return "[" + ",".join(parts) + "]"


@contextmanager
def names_asked_for(into: list[tuple[QueryDict, str]]) -> Iterator[None]:
    """Notes which parameters a view looks for, and in what, so that none has to be listed by hand."""
    kept = {name: getattr(QueryDict, name) for name in ("get", "getlist", "__getitem__", "__contains__")}

    def noting(original: Callable[..., Any]) -> Callable[..., Any]:
        def noted(self: QueryDict, key: Any, *rest: Any, **more: Any) -> Any:
            if isinstance(key, str):
                into.append((self, key))
            return original(self, key, *rest, **more)

        return noted

    for name, original in kept.items():
        setattr(QueryDict, name, noting(original))
    try:
        yield
    finally:
        for name, original in kept.items():
            setattr(QueryDict, name, original)


def keep_signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who somebody is, is looked up at their first door: what a request did is undone, so it stays as it was."""
    load, get_user = SessionStore.load, ModelBackend.get_user
    sessions: dict[str, Any] = {}
    people: dict[Any, Any] = {}

    def loaded(self: SessionStore) -> Any:
        key = str(self.session_key)
        session = sessions.get(key) or load(self)
        if session:
            sessions[key] = session
        return deepcopy(session)

    def got(self: ModelBackend, user_id: Any) -> Any:
        if user_id not in people:
            people[user_id] = get_user(self, user_id)
        return copy(people[user_id])

    monkeypatch.setattr(SessionStore, "load", loaded)
    monkeypatch.setattr(ModelBackend, "get_user", got)


class Knocker:
    """Somebody who tries doors. What a request did is undone after it, and they stay signed in as they were."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.client.raise_request_exception = False
        self.cookies = {name: morsel.value for name, morsel in client.cookies.items()}
        self.asked = 0
        self.request: HttpRequest | None = None
        """The last one, as the view had it."""
        self.stumbled: dict[str, str] = {}
        """By what went wrong, what was sent first."""

    def knock(
        self, method: str, path: str, *, query: str = "", body: bytes = b"", kind: str = "", **headers: Any
    ) -> int:
        """Send a request; its status."""
        errors: list[str] = []

        def hear(**_: Any) -> None:
            errors.append(_last_error())

        self.asked += 1
        got_request_exception.connect(hear)
        try:
            with transaction.atomic():
                answer = self.client.generic(method, path, body, content_type=kind, QUERY_STRING=query, **headers)
                if answer.streaming:
                    for _ in answer.streaming_content:  # type: ignore[attr-defined] # it streams
                        pass
                transaction.set_rollback(True)
        except Exception:  # noqa: BLE001 - whatever it is, it is what is looked for
            errors.append(_last_error())
            answer = None
        finally:
            got_request_exception.disconnect(hear)
            self.client.cookies = SimpleCookie(self.cookies)
        self.request = getattr(answer, "wsgi_request", None)
        status = answer.status_code if answer is not None else 500
        if status >= 500 or errors:
            sent = f"{method} {path[:100]}?{query[:150]} {kind} {body[:200]!r} {str(headers)[:200]}"
            self.stumbled.setdefault(errors[0] if errors else f"status {status} at {path[:100]}", sent)
        return status


def _last_error() -> str:
    """What was raised last, and where in our files."""
    kind, error, trace = sys.exc_info()
    frames = traceback.extract_tb(trace)
    ours = [frame for frame in frames if "/clustering/" in frame.filename or "/hhreview/" in frame.filename] or frames
    place = f"{ours[-1].filename}:{ours[-1].lineno}" if ours else "nowhere"
    return f"{kind.__name__ if kind else 'nothing'} at {place}: {str(error)[:150]}"
