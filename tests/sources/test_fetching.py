"""Asking servers: within limits, again where it helps, and never where it is not allowed."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from clustering.sources.contract import CannotFetch, ServerGone
from clustering.sources.fetching import Fetcher, Patience, retry_after, user_agent
from clustering.sources.guarding import Rules
from tests.sources.conftest import HASTY, LOCAL
from tests.sources.serving import Answer, Server, jpeg

IMAGE = "/iiif/image/p1/full/full/0/default.jpg"


def sentence(fetcher: Fetcher, address: str, target: Path, kind: type[CannotFetch] = CannotFetch) -> str:
    """The sentence with which an image is refused; nothing is left on disk."""
    with pytest.raises(kind) as refused:
        fetcher.image(address, target)
    assert not target.exists()
    assert list(target.parent.glob("*.part")) == []
    assert str(refused.value).endswith(".")
    return str(refused.value)


def test_an_image_comes_whole_and_the_agent_says_who_asks(server: Server, fetcher: Fetcher, tmp_path: Path) -> None:
    fetcher.image(server.address + IMAGE, tmp_path / "a.jpg")
    assert (tmp_path / "a.jpg").read_bytes() == jpeg("p1")
    (agent,) = server.agents
    assert agent == user_agent("mailto:archive@example.org")
    assert agent.startswith("hhreview/")


def test_too_many_requests_are_waited_out_as_the_server_asks(server: Server, fetcher: Fetcher, tmp_path: Path) -> None:
    server.faults[IMAGE] = [Answer(429, headers={"Retry-After": "1"})]
    fetcher.image(server.address + IMAGE, tmp_path / "a.jpg")
    assert server.times[1] - server.times[0] >= 1.0
    assert (tmp_path / "a.jpg").exists()


def test_a_server_that_asks_to_come_back_in_an_hour_is_left_alone(
    server: Server, fetcher: Fetcher, tmp_path: Path
) -> None:
    server.faults[IMAGE] = [Answer(429, headers={"Retry-After": "3600"})]
    message = sentence(fetcher, server.address + IMAGE, tmp_path / "a.jpg", ServerGone)
    assert "429 (too many requests) and asks to wait 60 minutes" in message
    assert len(server.asked) == 1


def test_an_error_of_the_servers_is_tried_again(server: Server, fetcher: Fetcher, tmp_path: Path) -> None:
    server.faults[IMAGE] = [Answer(500), Answer(503)]
    fetcher.image(server.address + IMAGE, tmp_path / "a.jpg")
    assert len(server.asked) == 3


def test_an_error_that_stays_is_named_with_what_to_do(server: Server, fetcher: Fetcher, tmp_path: Path) -> None:
    server.faults[IMAGE] = [Answer(500)] * 9
    message = sentence(fetcher, server.address + IMAGE, tmp_path / "a.jpg", ServerGone)
    assert "the server answered 500 (an internal error). Import again later" in message
    assert len(server.asked) == HASTY.tries


def test_a_page_that_vanished_is_not_asked_for_again(server: Server, fetcher: Fetcher, tmp_path: Path) -> None:
    message = sentence(fetcher, f"{server.address}/gone.jpg", tmp_path / "a.jpg")
    assert "the server answered 404 (not found)" in message
    assert len(server.asked) == 1


def test_a_body_that_is_cut_is_fetched_again(server: Server, fetcher: Fetcher, tmp_path: Path) -> None:
    whole = Answer(body=jpeg("p1"), headers={"Content-Type": "image/jpeg"})
    server.faults[IMAGE] = [replace(whole, cut_at=500)]
    fetcher.image(server.address + IMAGE, tmp_path / "a.jpg")
    assert (tmp_path / "a.jpg").read_bytes() == whole.body
    assert len(server.asked) == 2


def test_a_page_for_people_in_place_of_an_image_is_refused(server: Server, fetcher: Fetcher, tmp_path: Path) -> None:
    server.faults[IMAGE] = [Answer(body=b"<html>Log in</html>", headers={"Content-Type": "text/html; charset=utf-8"})]
    assert "returned text/html instead of an image" in sentence(fetcher, server.address + IMAGE, tmp_path / "a.jpg")


def test_a_type_that_lies_is_found_out_by_the_first_bytes(server: Server, fetcher: Fetcher, tmp_path: Path) -> None:
    server.faults[IMAGE] = [Answer(body=b"<html>Log in, please</html>", headers={"Content-Type": "image/jpeg"})]
    message = sentence(fetcher, server.address + IMAGE, tmp_path / "a.jpg")
    assert "did not return an image (it starts with “<html>Log in, please</html>”)" in message


def test_an_empty_body_is_refused(server: Server, fetcher: Fetcher, tmp_path: Path) -> None:
    server.faults[IMAGE] = [Answer(headers={"Content-Type": "image/jpeg"})]
    assert "returned nothing" in sentence(fetcher, server.address + IMAGE, tmp_path / "a.jpg")


def test_an_endless_body_is_cut_off_at_the_limit(server: Server, fetcher: Fetcher, tmp_path: Path) -> None:
    server.faults[IMAGE] = [Answer(body=jpeg("p1"), headers={"Content-Type": "image/jpeg"}, endless=True)]
    message = sentence(fetcher, server.address + IMAGE, tmp_path / "a.jpg")
    assert "is larger than the 2,000,000 bytes that are allowed" in message


def test_a_body_announced_too_large_is_not_begun(server: Server, fetcher: Fetcher, tmp_path: Path) -> None:
    server.faults[IMAGE] = [Answer(body=b"\xff\xd8\xff" * 700_000, headers={"Content-Type": "image/jpeg"})]
    assert "is larger than the 2,000,000 bytes" in sentence(fetcher, server.address + IMAGE, tmp_path / "a.jpg")


def test_a_body_that_trickles_is_cut_off_by_the_time_for_a_page(server: Server, tmp_path: Path) -> None:
    fetcher = Fetcher(LOCAL, replace(HASTY, total=0.5))
    server.faults[IMAGE] = [Answer(body=jpeg("p1"), headers={"Content-Type": "image/jpeg"}, drip=0.02)]
    began = time.monotonic()
    message = sentence(fetcher, server.address + IMAGE, tmp_path / "a.jpg", ServerGone)
    assert "was not complete after 0.5 seconds" in message
    assert time.monotonic() - began < 5


def test_headers_that_trickle_are_cut_off_as_a_whole(server: Server, tmp_path: Path) -> None:
    fetcher = Fetcher(LOCAL, replace(HASTY, tries=1, stall=0.3))
    server.faults[IMAGE] = [Answer(drip_headers=0.05)]
    began = time.monotonic()
    sentence(fetcher, server.address + IMAGE, tmp_path / "a.jpg", ServerGone)
    assert time.monotonic() - began < 5


def test_a_server_that_says_nothing_is_given_up(server: Server, tmp_path: Path) -> None:
    fetcher = Fetcher(LOCAL, replace(HASTY, tries=2, stall=0.2))
    server.faults[IMAGE] = [Answer(wait=1.0)] * 2
    message = sentence(fetcher, server.address + IMAGE, tmp_path / "a.jpg", ServerGone)
    assert "the server sent nothing for 0.2 seconds" in message or "the connection was interrupted" in message


def test_nobody_at_the_port(fetcher: Fetcher, tmp_path: Path) -> None:
    message = sentence(fetcher, "http://127.0.0.1:1/a.jpg", tmp_path / "a.jpg", ServerGone)
    assert "the server refuses connections" in message


def test_a_redirect_is_followed(server: Server, fetcher: Fetcher, tmp_path: Path) -> None:
    server.documents["/moved.jpg"] = Answer(302, headers={"Location": IMAGE})
    fetcher.image(f"{server.address}/moved.jpg", tmp_path / "a.jpg")
    assert server.asked == ["/moved.jpg", IMAGE]


@pytest.mark.parametrize(
    "target",
    [
        "http://10.0.0.1/a.jpg", "http://[::1]/a.jpg", "http://169.254.169.254/latest", "http://[::127.0.0.1]/a",
        "http://[fec0::1]/a", "http://[64:ff9b:1::1]/a", "http://192.88.99.1/a", "http://192.0.0.192/a",
    ],
)  # fmt: skip
def test_a_redirect_to_a_private_address_is_refused(
    server: Server, fetcher: Fetcher, tmp_path: Path, target: str
) -> None:
    server.documents["/moved.jpg"] = Answer(302, headers={"Location": target})
    message = sentence(fetcher, f"{server.address}/moved.jpg", tmp_path / "a.jpg")
    assert "is at a private address" in message
    assert "HHREVIEW_PRIVATE_SOURCES" in message


def test_a_redirect_to_a_file_is_refused(server: Server, fetcher: Fetcher, tmp_path: Path) -> None:
    server.documents["/moved.jpg"] = Answer(302, headers={"Location": "file:///etc/passwd"})
    assert "is not a web address" in sentence(fetcher, f"{server.address}/moved.jpg", tmp_path / "a.jpg")


def test_a_circle_of_redirects_ends(server: Server, fetcher: Fetcher, tmp_path: Path) -> None:
    server.documents["/a"] = Answer(302, headers={"Location": "/a"})
    assert "redirects more than 5 times" in sentence(fetcher, f"{server.address}/a", tmp_path / "a.jpg")


def test_without_the_setting_loopback_is_not_asked(server: Server, tmp_path: Path) -> None:
    fetcher = Fetcher(Rules(), HASTY)
    for address in (server.address, server.address.replace("127.0.0.1", "localhost")):
        assert "is at a private address" in sentence(fetcher, address + IMAGE, tmp_path / "a.jpg")
    assert server.asked == []


def test_a_name_that_changes_its_answer_gains_nothing(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = int(server.address.rpartition(":")[2])
    asked: list[str] = []

    def resolve(host: str, *args: object, **kwargs: object) -> list[object]:
        asked.append(host)
        number = "93.184.216.34" if len(asked) == 1 else "127.0.0.1"
        return [(2, 1, 6, "", (number, port))]

    connected: list[str] = []

    def connect(address: tuple[str, int], *args: object, **kwargs: object) -> object:
        connected.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr("clustering.sources.guarding.socket.getaddrinfo", resolve)
    monkeypatch.setattr("clustering.sources.guarding.socket.create_connection", connect)
    sentence(Fetcher(Rules(), replace(HASTY, tries=1)), f"http://rebinding.example:{port}/a", tmp_path / "a.jpg")
    assert asked == ["rebinding.example"]
    assert connected == ["93.184.216.34"]
    sentence(Fetcher(Rules(), replace(HASTY, tries=1)), f"http://rebinding.example:{port}/a", tmp_path / "a.jpg")
    assert connected == ["93.184.216.34"]


def test_hosts_that_are_not_on_the_list_are_not_asked(tmp_path: Path) -> None:
    fetcher = Fetcher(Rules(hosts=("repository.library.brown.edu", "*.example.org")), HASTY)
    message = sentence(fetcher, "https://elsewhere.example.com/a.jpg", tmp_path / "a.jpg")
    assert "elsewhere.example.com is not an allowed source of scans" in message
    assert "HHREVIEW_SOURCE_HOSTS" in message
    assert Rules(hosts=("*.example.org",)).check("https://images.example.org/a") == "images.example.org"


@pytest.mark.parametrize(
    "address",
    ["file:///etc/passwd", "ftp://example.org/a", "//example.org/a", "https:///a", "http://user:pw@example.org/"],
)
def test_only_plain_addresses_on_the_web_are_asked(tmp_path: Path, address: str) -> None:
    sentence(Fetcher(Rules(), HASTY), address, tmp_path / "a.jpg")


def test_requests_to_one_host_keep_their_distance(server: Server, tmp_path: Path) -> None:
    fetcher = Fetcher(LOCAL, replace(HASTY, delay=0.15))
    for number in range(3):
        fetcher.image(server.address + IMAGE, tmp_path / f"{number}.jpg")
    assert all(after - before >= 0.14 for before, after in zip(server.times, server.times[1:], strict=False))


def test_a_document_that_is_no_json_is_named(server: Server, fetcher: Fetcher) -> None:
    server.documents["/item"] = Answer(body=b"<html>An item</html>", headers={"Content-Type": "text/html"})
    with pytest.raises(CannotFetch, match=r"did not return JSON .*not of a page for people"):
        fetcher.document(f"{server.address}/item")


def test_who_works_may_be_stopped_while_a_body_comes(server: Server, tmp_path: Path) -> None:
    class Stopped(Exception):
        pass

    def tick() -> None:
        raise Stopped

    with pytest.raises(Stopped):
        Fetcher(LOCAL, HASTY, tick=tick).image(server.address + IMAGE, tmp_path / "a.jpg")
    assert list(tmp_path.iterdir()) == []


def test_retry_after_is_read_as_seconds_and_as_a_date() -> None:
    now = datetime(2026, 11, 1, 12, tzinfo=UTC)
    assert retry_after("7") == 7.0
    assert retry_after(format_datetime(now + timedelta(seconds=90), usegmt=True), now=now) == 90.0
    assert retry_after(format_datetime(now - timedelta(seconds=90), usegmt=True), now=now) == 0.0
    assert retry_after("") is None
    assert retry_after("soon") is None


def test_the_usual_patience_is_polite() -> None:
    assert Patience().delay > 0
    assert Patience().total < 600
