"""The language of the interface: by browser, and by what a person chose."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.test import Client

from clustering.models import Preference, User
from tests.views.conftest import Signed

COOKIE = settings.LANGUAGE_COOKIE_NAME


def test_a_choice_is_kept_for_the_person(alice: User, signed: Signed) -> None:
    here = signed(alice)
    assert here.get("/language/").context["chosen"] == ""
    here.post("/language/", {"language": "de"})
    assert Preference.objects.get(user=alice).language == "de"
    assert here.cookies[COOKIE].value == "de"
    shown = here.get("/language/")
    assert shown.context["chosen"] == "de"
    assert '<html lang="de"' in shown.content.decode()
    here.post("/language/", {"language": ""})
    assert '<html lang="en"' in here.get("/language/").content.decode()


def test_the_browser_decides_where_nobody_chose(alice: User, signed: Signed) -> None:
    here = signed(alice)
    assert '<html lang="de"' in here.get("/", headers={"Accept-Language": "de-AT, en;q=0.5"}).content.decode()
    assert '<html lang="en"' in here.get("/", headers={"Accept-Language": "tlh"}).content.decode()


def test_only_languages_that_are_there_can_be_chosen(alice: User, signed: Signed) -> None:
    here = signed(alice)
    here.post("/language/", {"language": "tlh"})
    assert not Preference.objects.filter(user=alice, language="tlh").exists()


def test_signing_in_brings_ones_own_language_and_not_that_of_the_one_before(db: None) -> None:
    for name, language in [("dora", "de"), ("emil", "")]:
        user = User.objects.create(username=name, password=make_password("a-good-password"))
        Preference.objects.create(user=user, language=language)
    browser = Client()
    browser.post("/sign-in/", {"username": "dora", "password": "a-good-password"})
    assert browser.cookies[COOKIE].value == "de"
    browser.post("/sign-out/")
    browser.post("/sign-in/", {"username": "emil", "password": "a-good-password"})
    assert browser.cookies[COOKIE].value == ""


def test_a_catalog_has_one_address_and_strangers_may_read_it(db: None) -> None:
    assert Client().get("/language/de/0123456789abcdef/").status_code == 404
    assert Client().get("/language/tlh/x/").status_code == 404
