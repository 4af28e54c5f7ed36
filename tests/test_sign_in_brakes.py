"""Guessing at passwords, at every door: the sign-in page, the admin's two, and the API's tokens."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db import connection
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django.fixtures import Settings

from clustering.accounts import sign_in_brakes
from clustering.accounts.braking import Attempt, Braked, take_try
from clustering.accounts.sign_in_brakes import address_of
from clustering.accounts.tokens import make_token, revoke_token
from clustering.models import Brake, User

RIGHT = "a-good-password"
SIGN_IN, HERE = "/sign-in/", "/sign-in/here/"
ADMIN, PASSWORD = "/admin/login/", "/password/"
ME = "/api/v1/me"


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tested is whether a password is looked at, not how long that takes."""
    monkeypatch.setattr(sign_in_brakes, "PAUSE_SECONDS", 0.0)


@pytest.fixture
def dora(db: None) -> User:
    """Staff with a password."""
    return User.objects.create(username="dora", password=make_password(RIGHT), is_staff=True, is_superuser=True)


@pytest.fixture
def emil(db: None) -> User:
    return User.objects.create(username="emil", password=make_password(RIGHT))


def knock(
    client: Client, password: str = "wrong", *, name: str = "dora", door: str = SIGN_IN, at: str = "10.0.0.1"
) -> Any:
    """Try a password at a door, from an address."""
    if door == PASSWORD:
        form = {"old_password": password, "new_password1": "another-9-good-one", "new_password2": "another-9-good-one"}
    else:
        form = {"username": name, "password": password}
    return client.post(door, form, REMOTE_ADDR=at)


def came_in(answer: Any) -> bool:
    return bool(answer.status_code == 302)


def later(**ago: float) -> None:
    """Time passes: all that was counted is older."""
    for brake in Brake.objects.all():
        Brake.objects.filter(pk=brake.pk).update(counted=brake.counted - timedelta(**ago))


@pytest.mark.parametrize("door", [SIGN_IN, ADMIN, PASSWORD])
def test_after_five_wrong_passwords_the_right_one_does_not_open_a_door(dora: User, door: str) -> None:
    client = Client()
    if door == PASSWORD:
        client.force_login(dora)
    for _ in range(5):
        assert knock(client, door=door).status_code == 200
    before = timezone.localtime()
    answer = knock(client, RIGHT, door=door)
    assert answer.status_code == 429
    assert 290 <= int(answer["Retry-After"]) <= 300
    text = " ".join(answer.content.decode().split())
    ends = {(now + timedelta(seconds=300 + 59)).strftime("%H:%M") for now in (before, timezone.localtime())}
    assert any(f"Too many failed sign-ins. Try again in 5 minutes, at {at}" in text for at in ends)
    assert "ask an administrator to unlock your account" in text
    later(minutes=5)
    assert came_in(knock(client, RIGHT, door=door))


@pytest.mark.parametrize("door", [SIGN_IN, ADMIN, PASSWORD])
def test_what_was_guessed_at_one_door_counts_at_the_others(dora: User, door: str) -> None:
    client = Client()
    if door == PASSWORD:
        client.force_login(dora)
    for _ in range(5):
        knock(client, door=door)
    stranger = Client()
    assert {knock(stranger, RIGHT, door=other).status_code for other in (SIGN_IN, ADMIN)} == {429}


def test_a_page_whose_session_ended_is_signed_in_again_by_its_person_alone(dora: User, emil: User) -> None:
    client = Client()
    page = {"x-requested-with": "desk", "x-signed-in-as": str(dora.pk)}

    def sign_in(name: str, password: str = RIGHT) -> Any:
        return client.post(HERE, {"username": name, "password": password}, headers=page)

    assert client.get(HERE, headers=page).status_code == 401
    answer = sign_in("dora", "")
    assert (answer.status_code, answer.json()["message"]) == (422, "Enter your username and password.")
    answer = sign_in("emil")
    assert (answer.status_code, "sessionid" in client.cookies, len(answer.cookies)) == (409, False, 0)
    assert sign_in("dora").status_code == client.get(HERE, headers=page).status_code == 204
    client.force_login(emil)  # in another tab
    assert client.get(HERE, headers=page).status_code == 401
    assert sign_in("dora").status_code == 204
    assert client.get(HERE, headers=page).status_code == 204, "the page goes on as before"
    client.logout()
    for _ in range(5):
        assert sign_in("dora", "wrong").status_code == 422
    answer = sign_in("dora")
    assert answer.status_code == 429
    assert answer.json()["message"].startswith("Too many failed sign-ins. Try again in 5 minutes, at ")


def test_the_sign_in_of_a_page_is_for_pages_of_ours_and_an_old_token_is_renewed(dora: User) -> None:
    client = Client(enforce_csrf_checks=True)
    form = {"username": "dora", "password": RIGHT}
    answer = client.post(HERE, form, headers={"x-requested-with": "desk"})
    assert answer.status_code == 401
    token = answer.cookies["csrftoken"].value
    answer = client.post(HERE, form, headers={"x-requested-with": "desk", "x-csrftoken": token})
    assert answer.status_code == 204


def test_forty_guesses_have_five_passwords_looked_at(dora: User, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []

    def look(self: User, password: str) -> bool:
        looked.append(password)
        return False

    monkeypatch.setattr(User, "check_password", look)
    for number in range(40):
        knock(Client(), f"guess {number}", door=(SIGN_IN, ADMIN)[number % 2])
    assert looked == [f"guess {number}" for number in range(5)]


def test_a_person_who_waits_has_one_try_at_a_time(dora: User) -> None:
    for _ in range(5):
        knock(Client())
    later(minutes=5)
    assert knock(Client()).status_code == 200
    assert knock(Client()).status_code == 429


def test_a_right_password_clears_the_count_of_its_account_here(dora: User) -> None:
    for _ in range(3):
        for _ in range(4):
            assert knock(Client()).status_code == 200
        assert came_in(knock(Client(), RIGHT))


def test_an_attacker_elsewhere_does_not_hold_up_the_real_person(dora: User) -> None:
    for _ in range(100):
        knock(Client(), at="203.0.113.66")
    assert came_in(knock(Client(), RIGHT, at="10.0.0.1"))


def test_an_account_is_braked_when_many_addresses_guess_and_its_own_browser_is_not(dora: User) -> None:
    own = Client()
    assert came_in(knock(own, RIGHT, at="10.0.0.1"))
    own.post("/sign-out/")
    looked_at = sum(knock(Client(), at=f"203.0.113.{number}").status_code == 200 for number in range(70))
    assert looked_at == 50
    assert knock(Client(), RIGHT, at="10.0.0.1").status_code == 429, "a browser that nobody knows"
    assert came_in(knock(own, RIGHT, at="10.0.0.1"))
    assert came_in(knock(own, RIGHT, at="10.9.9.9")), "wherever it is carried"


def test_a_browser_that_is_known_is_braked_as_any_other_and_for_its_own_accounts_only(dora: User, emil: User) -> None:
    own = Client()
    knock(own, RIGHT)
    own.post("/sign-out/")
    assert [knock(own, at=f"10.0.0.{number}").status_code for number in range(6)] == [200] * 5 + [429]
    assert [knock(own, name="emil", at="10.2.0.1").status_code for _ in range(6)] == [200] * 5 + [429]


def test_a_cookie_that_somebody_wrote_themselves_knows_nobody(dora: User) -> None:
    forged = Client()
    forged.cookies["hhreview_known"] = json.dumps({"browser": "1", "accounts": [dora.pk]})
    assert [knock(forged).status_code for _ in range(6)] == [200] * 5 + [429]
    knock(other := Client(), RIGHT, at="10.0.0.2")
    assert other.cookies["hhreview_known"]["httponly"]


def test_many_accounts_tried_from_one_address_brake_the_address(dora: User) -> None:
    answers = [knock(Client(), name=f"name{number}").status_code for number in range(40)]
    assert answers == [200] * 30 + [429] * 10
    assert knock(Client(), RIGHT).status_code == 429
    assert came_in(knock(Client(), RIGHT, at="10.0.0.2"))


def test_an_account_of_nobody_is_braked_in_the_same_words(dora: User) -> None:
    def answers_to(name: str) -> list[tuple[int, str]]:
        answers = [knock(Client(), name=name, at=f"10.0.1.{len(name)}") for _ in range(6)]
        return [(answer.status_code, answer.context["form"].non_field_errors()) for answer in answers]

    assert answers_to("dora") == answers_to("nobody")


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_eight_guesses_at_once_are_no_more_than_eight_in_a_row() -> None:
    def guess(_: int) -> bool:
        try:
            take_try(Attempt("dora", "10.0.0.1"))
        except Braked:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(guess, range(24))) == 5


# --- Where a request comes from ----------------------------------------------------------------------------------


def request_with(forwarded: str = "", at: str = "127.0.0.1") -> HttpRequest:
    return RequestFactory(REMOTE_ADDR=at, headers={"X-Forwarded-For": forwarded} if forwarded else {}).get("/")


def test_without_a_proxy_what_a_visitor_writes_about_themselves_is_not_believed(dora: User, settings: Settings) -> None:
    settings.PROXIES = 0
    assert address_of(request_with("1.2.3.4")) == "127.0.0.1"
    answers = [
        Client(headers={"X-Forwarded-For": f"198.51.100.{number}"}).post(SIGN_IN, {"username": "dora", "password": "x"})
        for number in range(6)
    ]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "6.6.6.6, 203.0.113.7", "203.0.113.7"),
        (2, "6.6.6.6, 203.0.113.7, 10.0.0.9", "203.0.113.7"),
        (2, "203.0.113.7", "127.0.0.1"),
        (1, "203.0.113.7:5123", "203.0.113.7"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (1, "[2001:db8:1:2::9]:443", "2001:db8:1:2::/64"),
        (1, "::ffff:203.0.113.7", "203.0.113.7"),
        (1, "unknown", "127.0.0.1"),
        (1, "", "127.0.0.1"),
    ],
)
def test_behind_proxies_the_outermost_of_our_own_says_who_asks(
    settings: Settings, proxies: int, forwarded: str, address: str
) -> None:
    settings.PROXIES = proxies
    assert address_of(request_with(forwarded)) == address


def test_behind_a_proxy_one_visitor_is_braked_and_the_next_is_not(dora: User, settings: Settings) -> None:
    settings.PROXIES = 1
    guesser, person = (Client(headers={"X-Forwarded-For": f"6.6.6.6, 203.0.113.{n}"}) for n in (1, 2))
    assert [knock(guesser, at="127.0.0.1").status_code for _ in range(7)] == [200] * 5 + [429] * 2
    assert came_in(knock(person, RIGHT, at="127.0.0.1"))


# --- Who hears of it, and who lifts it -----------------------------------------------------------------------------


def test_each_failure_is_logged_with_the_name_of_the_account_in_one_line(
    dora: User, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger="clustering"):
        for _ in range(50):
            knock(Client())
        knock(Client(), name="dora\nWARNING forged", at="10.0.0.9")
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("clustering")]
    assert lines[0] == "Sign-in failed: account “dora” from 10.0.0.1."
    assert lines[4].startswith("Sign-in failed: account “dora” from 10.0.0.1. Locked until 20")
    assert len(lines) == 6, "what is refused without a look says nothing new, and would fill the disk"
    assert "\n" not in lines[5]
    assert "wrong" not in " ".join(lines), "never the password"


def test_staff_unlock_an_account_in_the_admin(dora: User, emil: User) -> None:
    for number in range(40):
        knock(Client(), name="emil" if number < 6 else f"name{number}", at="10.0.0.7")
    assert knock(Client(), RIGHT, name="emil", at="10.0.0.7").status_code == 429
    staff = Client()
    staff.force_login(dora)
    page = staff.get("/admin/clustering/brake/?q=emil").content.decode()
    assert "emil from 10.0.0.7" in page
    pair = Brake.objects.get(account="emil", kind=Brake.Kind.PAIR)
    chosen = {"action": "unlock", "_selected_action": [pair.pk]}
    answer = staff.post("/admin/clustering/brake/", chosen, follow=True)
    assert "1 entry is unlocked." in answer.content.decode()
    assert came_in(knock(Client(), RIGHT, name="emil", at="10.0.0.7")), "the address was locked as well"


def test_others_than_staff_do_not_see_who_failed(emil: User) -> None:
    client = Client()
    client.force_login(emil)
    assert client.get("/admin/clustering/brake/").status_code == 302
    assert not Brake.objects.exists()


def test_the_operator_unlocks_by_command(dora: User) -> None:
    def output() -> str:
        out = StringIO()
        call_command("unlock", "dora", stdout=out)
        return out.getvalue()

    for _ in range(6):
        knock(Client())
    assert output() == "dora can sign in again.\n"
    assert came_in(knock(Client(), RIGHT))
    assert output() == "dora is not locked: it has no recent failed sign-ins.\n"


def test_counts_of_yesterday_are_thrown_away(dora: User) -> None:
    knock(Client(), name="someone", at="10.0.0.50")
    later(days=2)
    knock(Client(), name="other", at="10.0.0.51")
    assert not Brake.objects.filter(address="10.0.0.50").exists()


# --- Tokens of the API ---------------------------------------------------------------------------------------------


@pytest.fixture
def ask(db: None) -> Callable[..., Any]:
    """ask("hhr_…"): asks the API with a token."""
    return lambda secret: Client(headers={"Authorization": f"Bearer {secret}"}).get(ME)


def test_wrong_tokens_are_braked_by_address_and_the_right_one_is_always_taken(
    dora: User, ask: Callable[..., Any]
) -> None:
    answers = [ask(f"hhr_{number:040}") for number in range(70)]
    assert [answer.status_code for answer in answers] == [401] * 60 + [429] * 10
    body = answers[-1].json()
    assert (body["type"], body["status"]) == ("/api/v1/#problem-too-many", 429)
    assert 1 <= int(answers[-1]["Retry-After"]) <= 10
    assert ask(make_token(dora, name="mine", scope="read", days=None)[1]).status_code == 200
    assert came_in(knock(Client(), RIGHT, at="127.0.0.1")), "a script that goes wrong locks nobody out"


def test_a_token_that_was_revoked_is_logged_with_the_name_of_its_account(
    dora: User, ask: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    token, secret = make_token(dora, name="nightly", scope="read", days=None)
    revoke_token(token)
    ask(secret)
    assert "Token refused: “nightly” of account “dora”, expired or revoked, from 127.0.0.1." in caplog.text
    assert secret not in caplog.text
