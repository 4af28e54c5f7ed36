"""A server of our own, and a fetcher that may ask it and does not wait long."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from clustering.sources.contract import Size
from clustering.sources.fetching import Fetcher, Patience
from clustering.sources.guarding import Rules
from clustering.sources.tools import Tools
from clustering.sources.unpacking import Limits
from tests.sources.serving import Server, serving

LOCAL = Rules(private_hosts=("127.0.0.1",))
HASTY = Patience(delay=0.0, tries=3, pause=0.02, stall=0.5, total=5.0, image_bytes=2_000_000, document_bytes=4_000_000)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as started:
        yield started


@pytest.fixture
def fetcher() -> Fetcher:
    return Fetcher(LOCAL, HASTY, contact="mailto:archive@example.org")


@pytest.fixture
def tools(fetcher: Fetcher, tmp_path: Path, server: Server) -> Tools:
    return Tools(cache_root=tmp_path / "cache", limits=Limits(10**9), fetcher=fetcher, size=Size(), bdr=server.address)
