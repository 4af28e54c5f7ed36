"""Connections that are closed after a total time, even if data still arrives slowly."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Timer


@contextmanager
def cut_after(seconds: float, sock: socket.socket | None) -> Iterator[Event]:
    """Shut a socket down if the block takes longer, so that readers reach its end.

    The event is set once that happened.
    """
    late = Event()

    def cut() -> None:
        late.set()
        if sock is not None:
            try:
                socket.socket.shutdown(sock, socket.SHUT_RDWR)  # past TLS, which would say goodbye first
            except OSError:
                return  # it is closed already

    timer = Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()
