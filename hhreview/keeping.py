"""Supervise a set of processes: restart those that end, replace those that hang, and report it."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Thread
from types import TracebackType

import psutil
from django.db import connection

from hhreview import outages
from hhreview.processes import STOP_SECONDS, Child, Service, end_of, health, log_of, stop
from hhreview.servers.starting import START_SECONDS, ServerFailed

logger = logging.getLogger(__name__)

Tell = Callable[[str], None]
_LOOK_SECONDS = 0.5
_OFTEN = 3
_OFTEN_WITHIN = 60.0
_REST_SECONDS = 15.0
"""Seconds between restarts of a process that ended three times in a minute, until it keeps running."""


@dataclass(slots=True)
class Watched:
    """A service, and its state."""

    service: Service
    seen: float = field(default_factory=time.monotonic)
    """When it last answered, or was started."""
    has_answered: bool = False
    ended: deque[float] = field(default_factory=lambda: deque(maxlen=_OFTEN))
    next_try: float = 0.0

    def hangs(self, patience: float) -> bool:
        """Whether it was silent for too long; one that was just started may take longer."""
        return time.monotonic() - self.seen > patience + (0 if self.has_answered else START_SECONDS)

    def begin(self) -> None:
        """Start it. Raises ServerFailed."""
        self.service.start()
        self.seen, self.has_answered, self.next_try = time.monotonic(), False, 0.0


class Keeper:
    """Starts the children, keeps them and the servers going, sweeps, and stops the children on the way out.

    One thread starts, restarts and stops, since the children end with the thread that started them. The others ask
    and may have to wait: one for each service, whether it answers, so that none is taken for hung because another is;
    and one for what is to be swept.
    """

    def __init__(
        self,
        servers: list[Service],
        family: list[Child],
        *,
        tell: Tell,
        sweep: Callable[[], int],
        patience: float,
        sweep_seconds: float,
        stop_seconds: float = STOP_SECONDS,
    ) -> None:
        self._family = family
        self._watched = [Watched(service) for service in (*servers, *family)]
        self._tell, self._sweep = tell, sweep
        self._patience, self._sweep_seconds, self._stop_seconds = patience, sweep_seconds, stop_seconds
        self._error: BaseException | None = None
        self._started, self._watching, self._over = Event(), Event(), Event()
        self._keeping = Thread(target=self._keep, name="keeper", daemon=True)

    def __enter__(self) -> Keeper:
        self._keeping.start()
        self._started.wait()
        if self._error is not None:
            raise self._error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._keeping.join()

    def wait_for_web(self, url: str) -> None:
        """Return when the web server reports that all is well. Raises ServerFailed with the log of an ended process."""
        deadline = time.monotonic() + START_SECONDS
        health_said = None
        while time.monotonic() < deadline:
            for child in self._family:
                if not child.runs():
                    raise ServerFailed(child.failure())
            health_said = health(url)
            if health_said == "":
                return
            time.sleep(0.1)
        web = self._family[0]
        raise ServerFailed(f"{web.name} did not start: {health_said or 'it does not answer'}. Its log is {web.log}.")

    def watch(self) -> None:
        """Restart processes that end, replace those that hang, and sweep, from now on."""
        for watched in self._watched:
            watched.seen = time.monotonic()
        self._watching.set()
        for watched in self._watched:
            Thread(target=self._ask, args=(watched,), name=f"asks {watched.service.name}", daemon=True).start()
        Thread(target=self._sweep_again_and_again, name="sweeper", daemon=True).start()

    def wait(self) -> None:
        """Wait for a signal. Raises the error that ended supervision otherwise."""
        self._over.wait()
        if self._error is not None:
            raise self._error

    def _keep(self) -> None:
        try:
            for child in self._family:
                child.start()
            self._started.set()
            while not self._over.wait(_LOOK_SECONDS):
                if self._watching.is_set():
                    for watched in self._watched:
                        self._look_after(watched)
        except BaseException as error:  # noqa: BLE001 - the main thread raises it
            self._error = error
        finally:
            self._started.set()
            self._over.set()
            stop(self._family, self._stop_seconds)

    def _look_after(self, watched: Watched) -> None:
        service, now = watched.service, time.monotonic()
        if service.runs():
            if watched.hangs(self._patience):
                self._tell(f"{service.name} has not answered for {now - watched.seen:.0f} seconds and is replaced.")
                service.kill()
            return
        if not watched.next_try:
            how = f" ({service.ending()})" if service.ending() else ""
            often = len(watched.ended) == _OFTEN and now - watched.ended[0] < _OFTEN_WITHIN
            watched.ended.append(now)
            watched.next_try = now + (_REST_SECONDS if often else 0)
            again = f"Starting it again in {_REST_SECONDS:.0f} seconds." if often else "Starting it again."
            self._tell(f"{service.name} ended{how}. {again}{log_of(service)}{end_of(service.log) if often else ''}")
        if now < watched.next_try:
            return
        try:
            watched.begin()
        except (ServerFailed, OSError, psutil.Error) as error:
            watched.next_try = time.monotonic() + _REST_SECONDS
            message = error if isinstance(error, ServerFailed) else f"{service.name} can’t be started: {error}"
            self._tell(f"{message}\n    Trying again in {_REST_SECONDS:.0f} seconds.")

    def _ask(self, watched: Watched) -> None:
        while not self._over.wait(self._patience / 6):
            if watched.service.runs() and watched.service.answers():
                watched.seen, watched.has_answered = time.monotonic(), True

    def _sweep_again_and_again(self) -> None:
        missing = ""
        while not self._over.wait(self._sweep_seconds):
            try:
                revived = self._sweep()
            except Exception as error:
                reason = outages.reason(error)
                if not reason:
                    logger.exception("The sweep failed.")
                if reason != missing:
                    self._tell(f"{reason} Jobs wait." if reason else f"Looking for lost jobs failed: {error}")
                missing = reason
                continue
            finally:
                connection.close()
            if missing:
                self._tell("Looking for lost jobs works again. Jobs continue.")
            missing = ""
            if revived:
                self._tell(f"{revived} lost {'job is' if revived == 1 else 'jobs are'} sent to the workers again.")
