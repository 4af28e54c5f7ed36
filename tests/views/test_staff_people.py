"""Accounts as staff make them: invitations, passwords, and the list of people."""

from __future__ import annotations

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.test import Client
from django.utils import timezone
from lxml import html

from clustering.accounts.inviting import invite, password_link
from clustering.forms.people import InviteForm
from clustering.models import Collection, Team, User
from tests.conftest import MakeCollection
from tests.views.conftest import Signed
from tests.views.test_staff_area import text


def test_someone_invited_chooses_a_password_and_may_do_what_was_said(
    make_collection: MakeCollection, sam: User, signed: Signed
) -> None:
    collection, team = make_collection(groups=[1]), Team.objects.create(name="Labor")
    client = signed(sam)
    invitation = {
        "username": "dora", "first_name": "Dora", "email": "dora@example.org", "site_role": "viewers",
        "teams": [team.pk], "collections": "afl", "role": "edit",
    }  # fmt: skip
    refused = client.post("/staff/people/", invitation)
    assert (refused.status_code, collection.roles.count(), "only_them" in refused.context["form"].errors) == (
        422,
        0,
        True,
    )
    invitation["only_them"] = "on"
    shown = client.post("/staff/people/", invitation, follow=True)
    link = shown.context["link"]["address"]
    assert f'value="{link}"' in text(shown)
    assert client.get("/staff/people/").context["link"] is None, "it is shown once"
    dora = User.objects.get(username="dora")
    assert not dora.has_usable_password() and [one.name for one in dora.teams.all()] == ["Labor"]
    assert [(one.collection, one.role) for one in dora.collection_roles.all()] == [(collection, "edit")]
    guest = Client()
    form = guest.get(link.removeprefix("http://testserver"), follow=True)
    assert "Your username is “dora”." in text(form)
    address = form.redirect_chain[-1][0]
    assert "too common" in text(guest.post(address, {"new_password1": "password", "new_password2": "password"}))
    good = {"new_password1": "a-fine-long-one", "new_password2": "a-fine-long-one"}
    assert guest.post(address, good).headers["Location"] == "/"
    assert User.objects.get(username="dora").check_password("a-fine-long-one")
    again = Client().get(link.removeprefix("http://testserver"), follow=True)
    assert "This link doesn’t work anymore" in text(again)
    assert guest.get("/c/afl/").status_code == 200


@pytest.mark.parametrize(
    ("written", "slugs"),
    [
        ("Minutes, letters, and cards", ["three"]),
        ("minutes,  Letters, and cards, Minutes ,One", ["one", "three", "two"]),
        ("one two, Minutes", ["one", "two"]),
        ("one, Same", None),
        ("Minutes, letters", None),
        ("gone", None),
        ("", []),
    ],
)
def test_collections_of_an_invitation_are_named_by_title_or_short_name(
    make_collection: MakeCollection, written: str, slugs: list[str] | None
) -> None:
    titles = {"one": "One", "two": "Minutes", "three": "Minutes, letters, and cards", "a": "Same", "b": "same"}
    for slug, title in titles.items():
        Collection.objects.filter(pk=make_collection(slug, pages=1).pk).update(title=title)
    Collection.objects.filter(pk=make_collection("gone", pages=1).pk).update(deleted=timezone.now())
    form = InviteForm({"username": "dora", "role": "see", "only_them": "on", "collections": written})
    named = sorted(one.slug for one in form.cleaned_data["collections"]) if form.is_valid() else None
    assert (named, set(form.errors)) == (slugs, set() if slugs is not None else {"collections"})


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"username": "SAM"}, "The username “SAM” is taken."),
        ({"username": ""}, "Enter a username."),
        ({"email": "no mail"}, "Enter a valid email address."),
        ({"collections": "afl nowhere"}, "There is no collection with the title or short name “afl nowhere”."),
        ({"collections": "afl, No Title"}, "There is no collection with the title or short name “no title”."),
    ],
)
def test_a_wrong_invitation_makes_nobody_and_keeps_what_was_typed(
    make_collection: MakeCollection, sam: User, signed: Signed, wrong: dict[str, str], message: str
) -> None:
    make_collection(pages=1)
    answer = signed(sam).post("/staff/people/", {"username": "dora", "first_name": "Dora", "role": "see", **wrong})
    assert (answer.status_code, message in text(answer), 'value="Dora"' in text(answer)) == (422, True, True)
    assert User.objects.count() == 1


def test_only_superusers_make_accounts_and_reset_passwords(alice: User, sam: User, signed: Signed) -> None:
    clerk = invite("clerk", role="staff")
    client = signed(clerk)
    assert "Invite someone" not in text(client.get("/staff/people/"))
    assert client.post("/staff/people/", {"username": "x", "role": "see"}).status_code == 403
    assert client.post(f"/staff/people/{alice.pk}/reset/").status_code == 403
    shown = signed(sam).post(f"/staff/people/{alice.pk}/reset/", follow=True)
    address = shown.context["link"]["address"]
    assert address.rsplit("/", 2)[0].endswith(password_link(alice).rsplit("/", 2)[0])
    assert default_token_generator.check_token(alice, address.rsplit("/", 2)[1])
    assert alice.check_password("a-good-password"), "the old one works until a new one is set"
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert "inactive" in text(signed(sam).post(f"/staff/people/{alice.pk}/reset/", follow=True))


def test_two_who_change_an_account_at_the_same_time_keep_both_changes(
    alice: User, admin_user: User, signed: Signed
) -> None:
    client = signed(admin_user)
    address = f"/admin/clustering/user/{alice.pk}/change/"
    form = html.fromstring(client.get(address).content).xpath("//form[@id='user_form']")[0]
    seen = {name: value for name, value in form.fields.items() if value is not None and name != "_addanother"}
    User.objects.filter(pk=alice.pk).update(first_name="Alicia", is_active=False)
    answer = client.post(address, {**seen, "last_name": "Moreno", "_save": "Save"})
    assert answer.status_code == 302
    alice.refresh_from_db()
    assert (alice.first_name, alice.last_name, alice.is_active) == ("Alicia", "Moreno", False)
    assert alice.check_password("a-good-password") and alice.groups.exists()


def test_people_stand_in_order_of_their_names_and_are_named_once(admin_user: User, signed: Signed) -> None:
    for username, first, last in (("zoe", "", ""), ("b.able", "Maria", "Able"), ("Nora", "", "")):
        User.objects.create_user(username, first_name=first, last_name=last)
    answer = signed(admin_user).get("/staff/people/")
    assert [one.get_username() for one in answer.context["shown"]] == ["admin", "b.able", "Nora", "zoe"]
    rows = html.fromstring(answer.content).xpath("//*[@class='who']")
    named = [[*row.itertext()] for row in rows]
    assert [words.count("Nora") for words in named if "Nora" in words] == [1]
    assert [words.count("b.able") for words in named if "Maria Able" in words] == [1]
