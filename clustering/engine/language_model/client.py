"""Ask an OpenAI-compatible endpoint one question, within limits of time, size, and retries.

The address is a setting of the installation, never a person's input, so it may be anywhere, including this computer.
Redirects are not followed, and proxies from the environment are ignored: data goes to that address alone.
"""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from typing import Any
from urllib.parse import urlsplit

from clustering.engine.language_model.endpoint import Endpoint
from clustering.engine.language_model.questions import Question
from clustering.sentences import grouped, say
from clustering.time_limit import cut_after

TRIES = 3
PAUSE = 1.0
"""Seconds before the second try; doubled before the third."""
LONGEST_PAUSE = 30.0
"""Longest Retry-After, in seconds, that is waited for; beyond it, there is no answer."""
MOST_BYTES = 1 << 20
"""Longest answer; one of a few hundred words has some kilobytes."""
_CHUNK = 1 << 14
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_REFUSED = {401: say("refused the key (HHREVIEW_LLM_KEY)"), 403: say("refused the key (HHREVIEW_LLM_KEY)"),
            404: say("has no such model or address (HHREVIEW_LLM_MODEL, HHREVIEW_LLM_URL)")}  # fmt: skip
_QUOTED = 200

Sleep = Callable[[float], None]


class NoAnswer(Exception):
    """This question has no answer now: too slow, a server error, or nonsense. The message says which."""

    def __init__(self, message: str, reply: Reply | None = None) -> None:
        super().__init__(message)
        self.reply = reply
        """The tokens it used anyway, if the server said so."""


class Unusable(Exception):
    """The endpoint can't answer any question with these settings. The message is a full sentence with the remedy."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer."""

    content: str
    sent: int
    """Tokens, as the server counts them; 0 if unknown."""
    received: int
    seconds: float


def ask(question: Question, endpoint: Endpoint, *, sleep: Sleep = time.sleep) -> Reply:
    """Ask one question, up to TRIES times if the server is busy. Raises NoAnswer and Unusable.

    A question that timed out is not repeated: it would time out again.
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
    """The same question may get an answer a little later."""

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
    if late.is_set():  # cut in the middle of the body, which then looks complete
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
    """Return how many seconds the server asks to wait; None if it doesn't say, or gives a date."""
    header = answer.headers.get("Retry-After", "").strip()
    return float(header) if header.isdigit() else None


def _reply(content: bytes, endpoint: Endpoint, seconds: float) -> Reply:
    """Return the reply. Raises NoAnswer if it doesn't follow the protocol, or was cut off."""
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
