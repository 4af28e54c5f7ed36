"""Fetch documents and images from servers: one at a time, within limits, with retries.

There is one request at a time, with a pause between two to the same host. After 429 and 5xx, it retries when the server
says, or after growing pauses. Bodies that are too large, too slow, cut short, or of another type are refused with a
sentence that names the address.
"""

from __future__ import annotations

import email.utils
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any
from urllib.parse import urljoin

import urllib3
from urllib3.exceptions import HTTPError, NameResolutionError, NewConnectionError, SSLError
from urllib3.exceptions import TimeoutError as TooSlow
from urllib3.response import BaseHTTPResponse

from clustering.magic import looks_like_image
from clustering.sentences import grouped, say
from clustering.sources.contract import CannotFetch, ServerGone, Tick
from clustering.sources.guarding import Forbidden, Rules, guarded_pool
from clustering.sources.plain_json import read_json

MOST_REDIRECTS = 5
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Status codes after which a retry may succeed."""
_GONE = frozenset({500, 502, 503, 504, 429})
_CHUNK = 1 << 16
_LONGEST_WAIT = 120.0
"""Longest Retry-After, in seconds, that is waited for within a job; beyond it, the page is left for the next launch."""
_NAP = 1.0

Get = Callable[[BaseHTTPResponse, str, float], None]


@dataclass(frozen=True, slots=True)
class Patience:
    """Limits of time and size, in seconds and bytes."""

    delay: float = 0.2
    """Between two requests to the same host."""
    tries: int = 4
    pause: float = 1.0
    """Before the second try; doubled before each further one."""
    stall: float = 30.0
    """Longest time without receiving anything."""
    total: float = 240.0
    """For one page with all its retries."""
    document_bytes: int = 64 << 20
    image_bytes: int = 1 << 30


@dataclass(slots=True)
class Fetcher:
    """Fetches from servers for one job. Not thread-safe."""

    rules: Rules = field(default_factory=Rules)
    patience: Patience = field(default_factory=Patience)
    contact: str = ""
    """An address that a server's operator can write to, sent in the User-Agent."""
    tick: Tick = lambda: None
    _pool: urllib3.PoolManager | None = None
    _last: dict[str, float] = field(default_factory=dict)

    def document(self, address: str) -> Any:
        """Return the content of a JSON document. Raises CannotFetch."""
        content = bytearray()

        def take(answer: BaseHTTPResponse, asked: str, deadline: float) -> None:
            content.clear()
            for chunk in self._chunks(answer, asked, deadline, self.patience.document_bytes):
                content.extend(chunk)

        self._get(address, "application/json, application/ld+json", take)
        try:
            return read_json(bytes(content))
        except ValueError as error:
            raise CannotFetch(
                say(
                    "%(address)s did not return JSON (%(beginning)s). Check that it is the address of the data, "
                    "not of a page for people.",
                    address=address,
                    beginning=_beginning(content),
                )
            ) from error

    def image(self, address: str, target: Path) -> None:
        """Write an image to the target, completely or not at all. Raises CannotFetch; OSError if the disk is full."""
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f"{target.name}.part")

        def take(answer: BaseHTTPResponse, asked: str, deadline: float) -> None:
            _check_type(answer, asked)
            with part.open("wb") as out:
                self._write(out, answer, asked, deadline)

        try:
            self._get(address, "image/*", take)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)

    def _write(self, out: IO[bytes], answer: BaseHTTPResponse, asked: str, deadline: float) -> None:
        head = b""
        for chunk in self._chunks(answer, asked, deadline, self.patience.image_bytes):
            if len(head) < 16:
                head += chunk[:64]
                if len(head) >= 16 and not looks_like_image(head):
                    break
            out.write(chunk)
        if not head:
            raise CannotFetch(
                say("%(asked)s returned nothing. Open it in a browser, and import again when it works.", asked=asked)
            )
        if not looks_like_image(head):
            raise CannotFetch(
                say(
                    "%(asked)s did not return an image (%(beginning)s), whatever its type says. Open it in a "
                    "browser to see what it is.",
                    asked=asked,
                    beginning=_beginning(head),
                )
            )

    def _chunks(self, answer: BaseHTTPResponse, asked: str, deadline: float, most: int) -> Any:
        """Yield the body in pieces as they arrive, up to the limits of size and time."""
        announced = answer.headers.get("Content-Length", "")
        if announced.isdigit() and int(announced) > most:
            raise CannotFetch(_too_long(asked, most))
        got = 0
        while chunk := answer.read1(_CHUNK):
            got += len(chunk)
            if got > most:
                raise CannotFetch(_too_long(asked, most))
            if time.monotonic() > deadline:
                raise _Slow(
                    say(
                        "the download was not complete after %(seconds)s seconds, %(bytes)s bytes",
                        seconds=f"{self.patience.total:g}",
                        bytes=grouped(got),
                    )
                )
            yield chunk
            self.tick()

    def _get(self, address: str, accept: str, take: Get) -> None:
        """Retry until `take` succeeds or retrying is pointless. Raises CannotFetch."""
        deadline = time.monotonic() + self.patience.total
        failed: _Failed | None = None
        for number in range(self.patience.tries):
            if failed is not None and not self._wait(failed, number, deadline):
                break
            try:
                self._ask(address, accept, take, deadline)
            except Forbidden as error:
                raise CannotFetch(str(error)) from error
            except _Failed as error:
                failed = error
                continue
            except _Slow as error:
                failed = _Failed(str(error), is_server=True)
                break
            except (HTTPError, TimeoutError, ConnectionError) as error:  # other OSErrors are the disk's
                failed = _Failed(_in_words(error, self.patience), is_server=True)
                continue
            return
        assert failed is not None
        kind = ServerGone if failed.is_server else CannotFetch
        raise kind(
            say(
                "%(address)s could not be downloaded: %(failed)s. Import again later: only what is missing "
                "is downloaded.",
                address=address,
                failed=failed,
            )
        )

    def _wait(self, failed: _Failed, number: int, deadline: float) -> bool:
        """Wait before the next try; False if there is no time for one."""
        pause = self.patience.pause * 2 ** (number - 1)
        seconds = failed.after if failed.after is not None else pause * random.uniform(0.8, 1.2)
        if seconds > _LONGEST_WAIT or time.monotonic() + seconds > deadline:
            return False
        self._sleep(seconds)
        return True

    def _sleep(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.tick()
            time.sleep(min(left, _NAP))

    def _ask(self, address: str, accept: str, take: Get, deadline: float) -> None:
        """Try once: follow redirects by hand, checking each, and pass the response on."""
        asked = address
        for _ in range(MOST_REDIRECTS + 1):
            host = self.rules.check(asked)
            self._sleep(self._last.get(host, 0.0) + self.patience.delay - time.monotonic())
            answer = self._request(asked, accept)
            try:
                moved = answer.headers.get("Location") if answer.status in {301, 302, 303, 307, 308} else None
                if moved:
                    asked = _redirected(asked, moved)
                    continue
                _check_status(answer, asked)
                take(answer, asked, deadline)
                answer.release_conn()  # read to the end, so that the connection can be reused
                return
            finally:
                self._last[host] = time.monotonic()
                answer.close()
        raise CannotFetch(
            say(
                "%(address)s redirects more than %(most_redirects)s times. Use the final address.",
                address=address,
                most_redirects=MOST_REDIRECTS,
            )
        )

    def _request(self, asked: str, accept: str) -> BaseHTTPResponse:
        if self._pool is None:
            self._pool = guarded_pool(self.rules, seconds=self.patience.stall)
        return self._pool.request(
            "GET",
            asked,
            headers={"User-Agent": user_agent(self.contact), "Accept": accept, "Accept-Encoding": "identity"},
            preload_content=False,
            redirect=False,
            retries=False,
            timeout=urllib3.Timeout(connect=self.patience.stall, read=self.patience.stall),
        )


class _Failed(Exception):
    """A failure that may be retried; its text becomes part of a sentence."""

    def __init__(self, words: str, *, is_server: bool = False, after: float | None = None) -> None:
        super().__init__(words)
        self.is_server = is_server
        self.after = after


class _Slow(Exception):
    """The time for this page is used up."""


def user_agent(contact: str) -> str:
    """Return how hhreview identifies itself to servers."""
    about = f" (+{contact})" if contact else ""
    return f"hhreview/{version('hhreview')}{about}"


def retry_after(value: str, *, now: datetime | None = None) -> float | None:
    """Return how many seconds a Retry-After header asks to wait, given as a number or a date; None if it is unreadable.

    https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
    """
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        when = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - (now or datetime.now(UTC))).total_seconds())


def _check_status(answer: BaseHTTPResponse, asked: str) -> None:
    status = answer.status
    if status == 200:
        return
    if status in _AGAIN:
        after = retry_after(answer.headers.get("Retry-After", ""))
        meaning = _MEANING.get(status, answer.reason or say("an error"))
        words = say("the server answered %(status)s (%(meaning)s)", status=status, meaning=meaning)
        if after is not None and after > _LONGEST_WAIT:
            minutes = grouped(round(after / 60))
            words = say("%(answer)s and asks to wait %(minutes)s minutes", answer=words, minutes=minutes)
        raise _Failed(words, is_server=status in _GONE, after=after)
    meaning = _MEANING.get(status, answer.reason or say("an answer without the image"))
    raise CannotFetch(
        say(
            "%(asked)s could not be downloaded: the server answered %(status)s (%(meaning)s). %(remedy)s",
            asked=asked,
            status=status,
            meaning=meaning,
            remedy=_REMEDY.get(status, _SEE),
        )
    )


_MEANING = {
    401: say("you need to sign in"),
    403: say("access is restricted"),
    404: say("not found"),
    410: say("it was removed"),
    429: say("too many requests"),
    500: say("an internal error"),
    502: say("the server behind it does not answer"),
    503: say("not available right now"),
    504: say("the server behind it is too slow"),
}
_SEE = say("Open the address in a browser to see what is wrong.")
_REMEDY = {
    401: say("hhreview can’t sign in to download these scans: download them yourself and import the folder."),
    403: say("hhreview can’t download scans that are not public: download them yourself and import the folder."),
    404: say("Check the address; if it worked before, ask the people who run the server."),
    410: say("Ask the people who run the server where it went."),
}


def _check_type(answer: BaseHTTPResponse, asked: str) -> None:
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind and not kind.startswith("image/") and kind not in {"application/octet-stream", "binary/octet-stream"}:
        raise CannotFetch(
            say("%(asked)s returned %(kind)s instead of an image. %(see)s", asked=asked, kind=kind[:60], see=_SEE)
        )


def _redirected(asked: str, moved: str) -> str:
    target = urljoin(asked, moved)
    if asked.startswith("https:") and target.startswith("http:"):
        raise Forbidden(
            say(
                "%(asked)s redirects to %(target)s, which is not encrypted. If that is right, use that address.",
                asked=asked,
                target=target[:200],
            )
        )
    return target


def _in_words(error: Exception, patience: Patience) -> str:
    if isinstance(error, NameResolutionError):
        return say("there is no host with this name; check the spelling")
    if isinstance(error, NewConnectionError):
        return say("the server refuses connections")
    if isinstance(error, TooSlow | TimeoutError):
        return say("the server sent nothing for %(seconds)s seconds", seconds=f"{patience.stall:g}")
    if isinstance(error, SSLError):
        return say("its certificate or encryption is invalid (%(error)s)", error=error)
    return say("the connection was interrupted")


def _too_long(asked: str, most: int) -> str:
    return say(
        "%(asked)s is larger than the %(most)s bytes that are allowed. Choose a smaller size, or ask "
        "the operator to raise HHREVIEW_SOURCE_MAX_BYTES.",
        asked=asked,
        most=grouped(most),
    )


def _beginning(content: bytes | bytearray) -> str:
    text = bytes(content[:40]).decode("ascii", errors="replace")
    shown = "".join(char if char.isprintable() and char != "\ufffd" else "." for char in text).strip()
    return say("it starts with “%(beginning)s”", beginning=shown) if shown else say("it is empty")
