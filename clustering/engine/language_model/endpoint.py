"""Talking to an OpenAI-compatible endpoint: one question, one answer, within limits of time, size and patience.

The address is a setting of the installation and never a person's input, so it may lie anywhere, this computer
included. Redirects are not followed and no proxy of the environment is used: what is sent goes to that address alone.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from threading import Event
from typing import Any
from urllib.parse import urlsplit

from clustering.engine.language_model.questions import HEAD, TAIL, Question
from clustering.sentences import grouped, say
from clustering.time_limit import cut_after

TRIES = 3
PAUSE = 1.0
"""Seconds before the second try; doubled before the third."""
LONGEST_PAUSE = 30.0
"""Seconds that a Retry-After is obeyed; for a longer one the question is left for another time."""
MOST_BYTES = 1 << 20
"""An answer of a few hundred words has some kilobytes."""
_CHUNK = 1 << 14
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_REFUSED = {401: say("refused the key (HHREVIEW_LLM_KEY)"), 403: say("refused the key (HHREVIEW_LLM_KEY)"),
            404: say("has no such model or address (HHREVIEW_LLM_MODEL, HHREVIEW_LLM_URL)")}  # fmt: skip
_QUOTED = 200

Sleep = Callable[[float], None]


class NoAnswer(Exception):
    """This question has no answer now: too slow, an error of the server, nonsense. The message says which."""

    def __init__(self, message: str, reply: Reply | None = None) -> None:
        super().__init__(message)
        self.reply = reply
        """What it used all the same, where the server said so."""


class Unusable(Exception):
    """The endpoint answers no question as it is set up. The message is a full sentence with the remedy."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a language model answers, what it is sent, and what it costs."""

    url: str
    """The base address, as http://127.0.0.1:11434/v1."""
    model: str
    key: str = field(default="", repr=False)
    sends: str = "text"
    """text, pictures or both."""
    timeout: float = 60.0
    """Seconds for one try, from the first byte sent to the last received."""
    form: str = "schema"
    """How JSON is asked for: schema (structured output), object (JSON mode) or plain (by words alone)."""
    price_in: Decimal | None = None
    """For a million tokens that are sent; None where nobody said."""
    price_out: Decimal | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    """What else the request carries; None takes a field out."""

    @property
    def sends_text(self) -> bool:
        """Whether the text of pages goes to it."""
        return self.sends in {"text", "both"}

    @property
    def sends_pictures(self) -> bool:
        """Whether pictures of pages go to it."""
        return self.sends in {"pictures", "both"}

    @property
    def host(self) -> str:
        """Host and port, as people know the place."""
        return urlsplit(self.url).netloc

    @property
    def is_here(self) -> bool:
        """Whether it is on this very computer, as far as its address tells."""
        host = urlsplit(self.url).hostname or ""
        if host == "localhost" or host.endswith(".localhost"):
            return True
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return False

    @property
    def what_leaves(self) -> str:
        """One plain sentence: what goes where."""
        parts = {"text": say("the text"), "pictures": say("a picture"), "both": say("the text and a picture")}[
            self.sends
        ]
        if self.sends_text:
            limit = grouped(HEAD + TAIL)
            parts = say("%(what)s (up to %(limit)s characters)", what=parts, limit=limit)
        values = {"what": parts, "model": self.model, "host": self.host}
        if self.is_here:
            return say(
                "For each question, hhreview sends %(what)s of every page asked about to the language model %(model)s "
                "at %(host)s, which runs on this computer, so nothing leaves it.",
                **values,
            )
        return say(
            "For each question, hhreview sends %(what)s of every page asked about to the language model %(model)s at "
            "%(host)s. It leaves this computer.",
            **values,
        )

    def cost(self, *, sent: int, received: int) -> Decimal | None:
        """Return what so many tokens cost; None where no price is set."""
        if self.price_in is None and self.price_out is None:
            return None
        return ((self.price_in or Decimal()) * sent + (self.price_out or Decimal()) * received) / 1_000_000


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    content: str
    sent: int
    """Tokens, as the server counted them; 0 where it did not say."""
    received: int
    seconds: float


def ask(question: Question, endpoint: Endpoint, *, sleep: Sleep = time.sleep) -> Reply:
    """Ask one question, up to TRIES times where the server is busy. Raises NoAnswer and Unusable.

    One that is slow is not asked again: it would be slow again.
    """
    body = json.dumps(_request(question, endpoint)).encode()
    started = time.monotonic()
    for number in range(TRIES):
        try:
            return _once(body, endpoint, started)
        except _Again as busy:
            last = busy
        pause = last.after if last.after is not None else PAUSE * 2**number
        if number == TRIES - 1 or pause > LONGEST_PAUSE:
            break
        sleep(pause)
    raise NoAnswer(say("%(host)s gave no answer: %(last)s.", host=endpoint.host, last=last))


class _Again(Exception):
    """The same question may be answered a little later."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after


def _request(question: Question, endpoint: Endpoint) -> dict[str, Any]:
    body: dict[str, Any] = {
        "model": endpoint.model,
        "messages": question.messages(),
        "temperature": 0,
        "max_tokens": question.tokens,
        "stream": False,
    }
    if endpoint.form == "schema":
        schema = {"name": question.kind, "strict": True, "schema": dict(question.schema)}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    elif endpoint.form == "object":
        body["response_format"] = {"type": "json_object"}
    body |= endpoint.extra
    return {name: value for name, value in body.items() if value is not None}


def _once(body: bytes, endpoint: Endpoint, started: float) -> Reply:
    parts = urlsplit(endpoint.url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=endpoint.timeout)
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if endpoint.key:
        headers["Authorization"] = f"Bearer {endpoint.key}"
    slow = say(
        "%(host)s gave no answer within %(timeout)s seconds.", host=endpoint.host, timeout=f"{endpoint.timeout:g}"
    )
    late = Event()
    try:
        connection.connect()
        with cut_after(endpoint.timeout, connection.sock) as late:
            connection.request("POST", f"{parts.path.rstrip('/')}/chat/completions", body, headers)
            answer = connection.getresponse()
            content = _body_of(answer, endpoint)
    except TimeoutError as error:
        raise NoAnswer(slow) from error
    except (http.client.HTTPException, OSError) as error:
        if late.is_set():
            raise NoAnswer(slow) from error
        raise _Again(say("the connection failed (%(error)s)", error=type(error).__name__)) from error
    finally:
        connection.close()
    if late.is_set():  # cut in the midst of a body, which then looks as if it had ended
        raise NoAnswer(slow)
    _check_status(answer, content, endpoint)
    return _reply(content, endpoint, time.monotonic() - started)


def _body_of(answer: http.client.HTTPResponse, endpoint: Endpoint) -> bytes:
    content = bytearray()
    while chunk := answer.read1(_CHUNK):
        content.extend(chunk)
        if len(content) > MOST_BYTES:
            raise NoAnswer(
                say(
                    "%(host)s sent an answer of more than %(most)s bytes.",
                    host=endpoint.host,
                    most=grouped(MOST_BYTES),
                )
            )
    return bytes(content)


def _check_status(answer: http.client.HTTPResponse, content: bytes, endpoint: Endpoint) -> None:
    if answer.status == 200:
        return
    if answer.status in _AGAIN:
        raise _Again(say("it answered %(status)s", status=answer.status), _retry_after(answer))
    reason = _REFUSED.get(answer.status)
    if reason is None:
        excerpt = " ".join(content[:2000].decode("utf-8", "replace").split())[:_QUOTED]
        reason = say(
            "answered %(status)s (%(words)s); HHREVIEW_LLM_FORMAT and HHREVIEW_LLM_EXTRA change what is asked for",
            status=answer.status,
            words=excerpt or say("nothing more"),
        )
    raise Unusable(
        say(
            "The language model can’t be asked: %(host)s %(reason)s. Check the settings HHREVIEW_LLM_….",
            host=endpoint.host,
            reason=reason,
        )
    )


def _retry_after(answer: http.client.HTTPResponse) -> float | None:
    """Seconds that the server asks to wait; None where it does not say, or says a date."""
    header = answer.headers.get("Retry-After", "").strip()
    return float(header) if header.isdigit() else None


def _reply(content: bytes, endpoint: Endpoint, seconds: float) -> Reply:
    """Return the reply. Raises NoAnswer where this is no answer of the protocol, or one that breaks off."""
    try:
        body = json.loads(content)
        choice = body["choices"][0]
        message = choice["message"]["content"]
    except (ValueError, RecursionError, KeyError, IndexError, TypeError) as error:
        raise NoAnswer(say("%(host)s did not answer in the expected protocol.", host=endpoint.host)) from error
    usage = body.get("usage")
    counts = usage if isinstance(usage, dict) else {}
    reply = Reply(_text(message), _count(counts.get("prompt_tokens")), _count(counts.get("completion_tokens")), seconds)
    if choice.get("finish_reason") == "length":
        cut_short = say("%(host)s reached its length limit before the answer was complete.", host=endpoint.host)
        raise NoAnswer(cut_short, reply)
    return reply


def _text(content: object) -> str:
    """Return the text of a message, which may come in parts."""
    if isinstance(content, list):
        return "".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0
