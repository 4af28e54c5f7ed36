"""The web server: `python -m hhreview.web --host 127.0.0.1 --port 8000`.

One thread reads requests and sends answers, whole, for all clients; the others only ever work on requests that are
here. A client that is slow, or stops halfway, therefore costs a connection and never a thread, and after a while it is
cut off.
"""

from __future__ import annotations

import argparse
import logging
import resource
import signal
import time
from collections.abc import Callable, Iterable
from typing import Any

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer

logger = logging.getLogger("hhreview.web")

THREADS = 16
MOST_CONNECTIONS = 1000
_SPARE_FILES = 500
"""Open files kept free for the database, the log, scans being sent, and buffered bodies."""
_HEAD_SECONDS = 30
"""Seconds after which an incomplete request must keep the pace below."""
_LEAST_BYTES_A_SECOND = 1000
"""Least average pace of a request; scans over a bad connection are ten times as fast."""
_SILENT_SECONDS = 60
"""Seconds after which an idle connection is closed."""
_LARGEST_BODY = 4 << 30
"""Largest body of a request: without JavaScript, an upload is sent in one."""
_ANSWER_BYTES = 256 << 20
"""Bytes of a response that are buffered on disk for a slow reader before the thread that writes it waits."""
_STOP_SECONDS = 10

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class _Request(HTTPRequestParser):  # type: ignore[misc] # untyped
    """A request that knows since when it has been coming."""

    def __init__(self, adj: Adjustments) -> None:
        super().__init__(adj)
        self.began = time.monotonic()

    def is_stalled(self, now: float) -> bool:
        """Whether the request is too slow to wait for."""
        received = self.header_bytes_received + self.body_bytes_received
        return bool(now - self.began > _HEAD_SECONDS + received / _LEAST_BYTES_A_SECOND)


class _Channel(HTTPChannel):  # type: ignore[misc] # untyped
    parser_class = _Request
    _seen: tuple[float, float] | None = None

    def silent_seconds(self, now: float) -> float:
        """Return for how long nothing came or went. Waitress notes when by a clock that may be set meanwhile."""
        if self._seen is None or self._seen[0] != self.last_activity:
            self._seen = self.last_activity, now
        return now - self._seen[1]


class WebServer(TcpWSGIServer):  # type: ignore[misc] # untyped
    """Waitress, which disconnects clients that are too slow, and finishes running requests before it stops."""

    channel_class = _Channel
    _stop_by: float | None = None

    def run(self) -> None:
        """Serve until `stop`, and then until everybody has their answer."""
        next_look = 0.0
        while not self._is_over():
            wasyncore.loop(timeout=1, map=self._map, use_poll=True, count=1)
            now = time.monotonic()
            if now > next_look:
                next_look = now + 1
                self._cut_off(now)
        self.task_dispatcher.shutdown(timeout=0.5)

    def maintenance(self, now: float) -> None:
        """Leave idle connections to `_cut_off`: Waitress compares times of a clock that may be set meanwhile."""

    def _cut_off(self, now: float) -> None:
        """Close requests that are too slow, responses that aren't read, and idle connections."""
        for channel in list(self.active_channels.values()):
            is_silent = channel.silent_seconds(now) > _SILENT_SECONDS
            is_stalled = channel.request is not None and channel.request.is_stalled(now)
            if is_stalled or (is_silent and channel.total_outbufs_len):
                channel.handle_close()
            elif is_silent and not channel.requests:
                channel.will_close = True

    def stop(self, *_: object) -> None:
        """Take no more connections. A handler of signals."""
        self.accepting = False
        self._stop_by = time.monotonic() + _STOP_SECONDS

    def _is_over(self) -> bool:
        if self._stop_by is None:
            return False
        busy = any(channel.requests or channel.total_outbufs_len for channel in self.active_channels.values())
        return not busy or time.monotonic() > self._stop_by


def logged(application: Application) -> Application:
    """Return the application, with a line in the log for each answer."""

    def answered(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        began = time.monotonic()
        status = ""

        def start(line: str, *more: Any) -> Any:
            nonlocal status
            status = line.partition(" ")[0]
            return start_response(line, *more)

        answer = application(environ, start)
        asked = ascii(f"{environ['REQUEST_METHOD']} {environ.get('REQUEST_URI', environ['PATH_INFO'])}")
        seconds = time.monotonic() - began
        logger.info("%s %s %s %.0f ms", environ.get("REMOTE_ADDR", "-"), asked, status, 1000 * seconds)
        return answer

    return answered


def server(application: Application, host: str, port: int) -> WebServer:
    """Return the server, which listens and does not run yet."""
    settings = Adjustments(
        host=host,
        port=port,
        threads=THREADS,
        connection_limit=_connections(),
        backlog=1024,
        max_request_body_size=_LARGEST_BODY,
        outbuf_high_watermark=_ANSWER_BYTES,
        # Django decides by the settings whether a proxy is believed.
        clear_untrusted_proxy_headers=False,
        ident=None,
    )
    return WebServer(application, adj=settings)


def _connections() -> int:
    """Return as many as the limit on open files allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + _SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        return max(soft - _SPARE_FILES, soft // 2)
    return MOST_CONNECTIONS


def main() -> None:
    """Serve until SIGTERM or Ctrl-C."""
    asked = argparse.ArgumentParser(prog="python -m hhreview.web", description="Run the web server.")
    asked.add_argument("--host", default="127.0.0.1")
    asked.add_argument("--port", type=int, default=8000)
    options = asked.parse_args()
    from hhreview.wsgi import application

    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it warns whenever all threads are busy
    serving = server(logged(application), options.host, options.port)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, serving.stop)
    logger.info("Listening at %s:%d.", options.host, options.port)
    serving.run()


if __name__ == "__main__":
    main()
