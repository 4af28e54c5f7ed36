"""On a shared machine, no more threads compute than this process has processors for."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from clustering.engine.encoders.devices import decoding_threads, use_threads
from clustering.jobs.threads import thread_count


@pytest.fixture
def torch() -> Iterator[Any]:
    """PyTorch that takes three processors, as on a larger machine.

    It is imported here: that takes a second, which each process would spend that only lists the tests.
    """
    torch = import_module("torch")
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    yield torch
    use_threads(before)


def test_a_container_s_share_of_the_processors_is_what_counts(
    torch: Any, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.THREADS = 0
    monkeypatch.setattr("os.cpu_count", lambda: 64)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(64)), raising=False)
    monkeypatch.setenv("LOKY_MAX_CPU_COUNT", "1")  # joblib takes the least of this, the affinity, and the quota
    use_threads(0)
    assert (thread_count(), decoding_threads(), torch.get_num_threads()) == (1, 1, 1)


def test_the_setting_goes_before_what_is_counted(torch: Any, settings: Settings) -> None:
    settings.THREADS = 2
    use_threads(2)
    assert (thread_count(), decoding_threads(), torch.get_num_threads()) == (2, 2, 2)
