"""Choosing a password: one's own with the current one, and by a link."""

from __future__ import annotations

import pytest
from django.test import Client

from clustering.accounts.inviting import invite, password_link
from clustering.models import User
from tests.views.conftest import Signed
from tests.views.test_staff_area import text

GOOD = "a-fine-long-one"
OWN = "/password/"
NEW = {"new_password1": GOOD, "new_password2": GOOD}


def link_form(client: Client, person: User) -> str:
    """Open a link, and return the address of its form."""
    return client.get(password_link(person), follow=True).redirect_chain[-1][0]


@pytest.mark.parametrize("who", ["victor", "alice", "sam"])
def test_everyone_changes_their_own_password_and_stays_signed_in_here_alone(
    request: pytest.FixtureRequest, signed: Signed, who: str
) -> None:
    person: User = request.getfixturevalue(who)
    here, elsewhere = signed(person), signed(person)
    assert f'href="{OWN}"' in text(here.get("/"))
    wrong = here.post(OWN, {"old_password": "wrong", **NEW})
    assert "The current password is incorrect." in text(wrong)
    weak = here.post(OWN, {"old_password": "a-good-password", "new_password1": "1234", "new_password2": "1234"})
    assert set(weak.context["form"].errors) == {"new_password1"}, "beside the rules"
    changed = here.post(OWN, {"old_password": "a-good-password", **NEW}, follow=True)
    assert "signed out in all other browsers" in text(changed)
    person.refresh_from_db()
    assert person.check_password(GOOD)
    assert here.get("/my-work/").status_code == 200
    assert elsewhere.get("/my-work/").status_code == 302


def test_strangers_change_no_password_and_the_address_in_the_admin_leads_here(sam: User, signed: Signed) -> None:
    assert Client().post(OWN, NEW).headers["Location"].startswith("/sign-in/")
    assert signed(sam).get("/admin/password_change/").headers["Location"] == OWN


def test_a_link_shows_the_rules_first_and_signs_its_person_in(db: None) -> None:
    guest = Client()
    form = link_form(guest, invite("dora"))
    assert "at least 8 characters" in text(guest.get(form))
    answer = guest.post(form, NEW, follow=True)
    assert (answer.request["PATH_INFO"], answer.context["user"].get_username()) == ("/", "dora")
    assert "hhreview_known" in guest.cookies, "the browser is known from now on"


def test_a_new_password_ends_the_wait_after_wrong_ones(alice: User) -> None:
    guest = Client()
    for _ in range(6):
        refused = guest.post("/sign-in/", {"username": "alice", "password": "wrong"})
    assert refused.status_code == 429
    guest.post(link_form(guest, alice), NEW)
    guest.post("/sign-out/")
    assert Client().post("/sign-in/", {"username": "alice", "password": GOOD}).status_code == 302


def test_a_link_of_an_inactive_account_opens_nothing(alice: User) -> None:
    link = password_link(alice)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    guest = Client()
    assert "This link doesn’t work anymore" in text(guest.get(link, follow=True))
