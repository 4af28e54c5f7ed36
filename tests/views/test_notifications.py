"""The bell and mail: who is told of what, once, and that a mail server that is away costs nothing else."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings

from clustering.jobs.launching import launch_job
from clustering.jobs.running import run_here
from clustering.models import Collection, Job, Notification, Preference, Team, User
from clustering.teamwork.commenting import rewrite_comment, write_comment
from clustering.teamwork.mailing import MAIL_TOGETHER, mail, mail_again
from clustering.teamwork.notifying import notify, remind_of_dates, tell_of_job
from clustering.teamwork.teams import assign, give_role, hand_over
from clustering.wording import say, translated
from tests.conftest import MakeCollection
from tests.views.conftest import Signed


@pytest.fixture
def afl(make_collection: MakeCollection) -> Collection:
    return make_collection("afl", groups=[2, 1])


def told_to(person: User) -> list[str]:
    return [translated(one.message) for one in Notification.objects.filter(person=person).order_by("pk")]


def test_the_bell_counts_and_a_click_leads_there(afl: Collection, alice: User, bob: User, signed: Signed) -> None:
    page = afl.pages.get(position=2)
    comment = write_comment(page, "Whose hand, @bob? @alice", actor=alice)
    rewrite_comment(comment, "Whose hand is this, @bob?", actor=alice)
    assert told_to(bob) == ["alice mentioned you on page 2."], "once, though it was edited"
    assert told_to(alice) == [], "nobody is told what they did themselves"
    client = signed(bob)
    assert '<span class="bell-count">1' in client.get("/").content.decode()
    shown = client.get("/notifications/")
    assert "Whose hand, @bob?" in shown.content.decode()
    (one,) = Notification.objects.filter(person=bob)
    assert client.get(f"/notifications/{one.pk}/").headers["Location"] == f"/c/afl/#comments/{page.identifier}"
    assert "bell-count" not in client.get("/").content.decode()
    assert signed(alice).get(f"/notifications/{one.pk}/").status_code == 404


def test_work_that_is_given_is_told_and_read_at_once(
    afl: Collection, make_collection: MakeCollection, alice: User, bob: User, sam: User, signed: Signed
) -> None:
    team = Team.objects.create(name="Labor")
    team.members.set([alice, bob, sam])
    (given,) = assign([afl], team, actor=sam, note="first")
    assign([afl, make_collection("uap", groups=[1])], alice, actor=sam)
    hand_over(given, bob, actor=alice)
    assert told_to(alice) == ["sam assigned “AFL” to you.", "sam assigned 2 collections to you."]
    assert told_to(bob) == ["sam assigned “AFL” to you.", "alice handed “AFL” over to you."]
    assert told_to(sam) == []
    client = signed(alice)
    first = Notification.objects.filter(person=alice).earliest("pk")
    client.post("/notifications/", {"act": "read", "notification": first.pk})
    assert Notification.objects.filter(person=alice, read=None).count() == 1
    assert (
        "1 notification marked as read."
        in client.post("/notifications/", {"act": "read"}, follow=True).content.decode()
    )
    assert not Notification.objects.filter(person=alice, read=None).exists()
    assert Notification.objects.filter(person=bob, read=None).count() == 2


def test_whoever_launched_a_job_is_told_how_it_ended(
    afl: Collection, make_collection: MakeCollection, sam: User
) -> None:
    empty = make_collection("none", pages=0)
    run_here(launch_job(empty, kind=Job.Kind.PROPOSE, actor=sam, here=True))
    run_here(launch_job(empty, kind=Job.Kind.READ, actor=sam, here=True))
    run_here(launch_job(empty, kind=Job.Kind.READ, actor=None, here=True))
    states = list(Job.objects.order_by("pk").values_list("state", flat=True))
    word = {"done": "is done", "failed": "failed"}
    assert told_to(sam) == [f"Propose of “NONE” {word[states[0]]}.", f"OCR of “NONE” {word[states[1]]}."]


def test_a_due_date_is_told_once_and_again_when_it_moves(afl: Collection, alice: User, sam: User) -> None:
    today = timezone.localdate()
    (given,) = assign([afl], alice, actor=sam, due=today + timedelta(days=9))
    assert remind_of_dates() == 0
    assign([afl], alice, actor=sam, due=today + timedelta(days=2))
    assert [remind_of_dates(), remind_of_dates()] == [1, 0]
    assign([afl], alice, actor=sam, due=today + timedelta(days=1))
    assert remind_of_dates() == 1
    given.refresh_from_db()
    assert sum("is due on" in message for message in told_to(alice)) == 2


def test_nothing_is_told_of_collections_that_one_lost(
    afl: Collection, alice: User, bob: User, sam: User, signed: Signed
) -> None:
    write_comment(afl.pages.get(position=1), "A secret, @bob", actor=alice)
    give_role([afl], alice, role="edit", actor=sam)
    page = signed(bob).get("/notifications/").content.decode()
    assert "secret" not in page
    assert "bell-count" not in page


# --- Mail -------------------------------------------------------------------------------------------------------------
class Mailbox:
    """What a mail server of this machine took."""

    def __init__(self) -> None:
        self.letters: list[Any] = []
        self.refused = ""

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address == self.refused:
            return "550 5.1.1 No such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[Mailbox]:
    box = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    cache.clear()  # an earlier test's server may have been away
    settings.MAIL = {"HOST": "127.0.0.1"}
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.ADDRESS = "https://desk.example.org"
    yield box
    server.stop()


def with_address(person: User) -> User:
    person.email = f"{person.username}@example.org"
    person.save(update_fields=["email"])
    return person


def test_it_is_mailed_once_in_the_readers_language(
    afl: Collection,
    alice: User,
    bob: User,
    mailbox: Mailbox,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with_address(bob)
    Preference.objects.create(user=bob, language="de")
    with django_capture_on_commit_callbacks(execute=True) as sent:
        write_comment(afl.pages.get(position=2), "Whose hand, @bob?", actor=alice)
    assert len(sent) == 1
    (one,) = Notification.objects.filter(person=bob)
    assert [mail(one.pk), mail(one.pk)] == [True, False]
    (letter,) = mailbox.letters
    assert letter["To"] == "bob@example.org"
    assert letter["Subject"] == "hhreview: alice hat Sie auf Seite 2 erwähnt"
    text = letter.get_content()
    assert "Whose hand, @bob?" in text
    assert f"https://desk.example.org/c/afl/#comments/{afl.pages.get(position=2).identifier}" in text


def test_a_person_turns_mail_off(afl: Collection, alice: User, bob: User, mailbox: Mailbox, signed: Signed) -> None:
    client = signed(with_address(bob))
    assert "Turn email off" in client.get("/notifications/").content.decode()
    client.post("/notifications/", {"act": "mail", "mail": "off"})
    write_comment(afl.pages.get(position=2), "@bob", actor=alice)
    assert Notification.objects.get(person=bob).mail == ""
    client.post("/notifications/", {"act": "mail", "mail": "on"})
    write_comment(afl.pages.get(position=2), "@bob!", actor=alice)
    assert Notification.objects.filter(person=bob).latest("pk").mail == "waiting"


def test_a_mail_server_that_is_away_is_told_to_staff_and_tried_again(
    afl: Collection, bob: User, sam: User, mailbox: Mailbox, settings: Settings, signed: Signed
) -> None:
    (one,) = notify([with_address(bob)], say("Something."), kind="job", collection=afl)
    (other,) = notify([bob], say("Another."), kind="due", collection=afl)
    right, settings.EMAIL_PORT = settings.EMAIL_PORT, 9
    assert not mail(one.pk)
    settings.EMAIL_PORT = right
    assert not mail(other.pk), "nothing waits for a server that has just been away"
    other.delete()
    cache.clear()
    page = signed(sam).get("/staff/workers/").content.decode()
    assert "1 email could not be sent and is tried again for a day. The mail server said: ConnectionRef" in page
    assert mail_again() == 0, "not at once"
    Notification.objects.update(mail_tried=timezone.now() - timedelta(minutes=11))
    assert mail_again() == 1
    Notification.objects.update(created=timezone.now() - timedelta(minutes=51))
    assert mail_again() == 0, "the longer it is away, the less often it is asked"
    assert mail(one.pk)
    assert "could not be sent" not in signed(sam).get("/staff/workers/").content.decode()
    (late,) = notify([bob], say("Something."), kind="job", collection=afl)
    Notification.objects.filter(pk=late.pk).update(created=timezone.now() - timedelta(days=2))
    assert mail_again() == 0
    late.refresh_from_db()
    assert late.mail == "", "given up after a day"


def test_jobs_that_were_ordered_together_are_one_mail(
    make_collection: MakeCollection,
    bob: User,
    sam: User,
    mailbox: Mailbox,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with_address(bob)
    collections = [make_collection(f"c{number}", pages=1) for number in range(4)]
    jobs = [launch_job(one, kind=Job.Kind.PROPOSE, actor=bob, here=True) for one in collections]
    launch_job(collections[0], kind=Job.Kind.READ, actor=bob, here=True, priority=Job.Priority.NIGHT)
    with django_capture_on_commit_callbacks() as tasks:
        for job in jobs:
            Job.objects.filter(pk=job.pk).update(state=Job.State.DONE)
            tell_of_job(job, failed="No pages." if job == jobs[2] else "")
    last = Notification.objects.latest("pk")
    assert len(tasks) == 1, "the others wait for the last one, which does not wait for a job of the night"
    give_role([collections[1]], sam, role="see", actor=sam)
    assert mail(last.pk)
    (letter,) = mailbox.letters
    assert (letter["Subject"], letter["Auto-Submitted"]) == ("hhreview: 2 jobs done, 1 job failed", "auto-generated")
    text = letter.get_content()
    assert [f"/jobs/{job.pk}/" in text for job in jobs] == [True, False, True, True], "one is closed to bob since"
    assert text.index("No pages.") < text.index(f"/jobs/{jobs[0].pk}/"), "what failed stands first"
    assert list(Notification.objects.order_by("pk").values_list("mail", flat=True)) == ["sent", "", "sent", "sent"]


def test_mail_about_a_job_waits_for_others_no_longer_than_an_hour(afl: Collection, bob: User, mailbox: Mailbox) -> None:
    with_address(bob)
    (one,) = notify([bob], say("Done."), kind="job", collection=afl, mail_soon=False)
    for waited, due in ((timedelta(minutes=30), 0), (MAIL_TOGETHER + timedelta(minutes=1), 1)):
        Notification.objects.filter(pk=one.pk).update(created=timezone.now() - waited)
        assert mail_again() == due


def test_an_address_that_is_refused_is_named_beside_the_person(
    bob: User, sam: User, mailbox: Mailbox, signed: Signed
) -> None:
    (one,) = notify([with_address(bob)], say("Something."), kind="due")
    mailbox.refused = bob.email
    assert not mail(one.pk)
    assert "550 5.1.1 No such user" in signed(sam).get("/staff/people/").content.decode()
    mailbox.refused = ""
    assert mail(one.pk)
    assert "No such user" not in signed(sam).get("/staff/people/").content.decode()
    (late,) = notify([bob], say("Something else."), kind="due")
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert not mail(late.pk)
    late.refresh_from_db()
    assert late.mail == "", "who was deactivated gets no mail"


def test_an_invitation_is_mailed_and_its_link_is_not_kept(
    bob: User, sam: User, mailbox: Mailbox, signed: Signed, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]  # an address inside the house, from which nobody outside gets anywhere
    User.objects.filter(pk=sam.pk).update(is_superuser=True, first_name="Sam", last_name="Lee")
    page = signed(sam).post(f"/staff/people/{with_address(bob).pk}/reset/", follow=True).content.decode()
    assert "A link is on its way to bob@example.org." in page and "Send this link" not in page
    one = Notification.objects.get(person=bob)
    assert mail(one.pk)
    (letter,) = mailbox.letters
    (link,) = [line for line in letter.get_content().split() if "/welcome/" in line]
    assert link.startswith("https://desk.example.org/welcome/")
    days = str(settings.PASSWORD_RESET_TIMEOUT // 86_400)
    assert days in letter.get_content().split() and f" {days} days" in page
    assert Client().get(link.removeprefix("https://desk.example.org"), follow=True).status_code == 200
    one.refresh_from_db()
    assert one.address == ""
    assert "welcome" not in signed(bob).get("/notifications/").content.decode()


def test_who_is_invited_is_told_by_whom(sam: User, mailbox: Mailbox, signed: Signed) -> None:
    User.objects.filter(pk=sam.pk).update(is_superuser=True, first_name="Sam", last_name="Lee")
    form = {"username": "dora", "email": "dora@example.org", "site_role": "viewers", "role": "see"}
    assert signed(sam).post("/staff/people/", form).status_code == 302
    assert mail(Notification.objects.get(person__username="dora").pk)
    (letter,) = mailbox.letters
    assert letter["Subject"] == "hhreview: Your new account"
    assert "Sam Lee" in letter.get_content() and "dora" in letter.get_content()


def test_a_letter_names_the_collection(afl: Collection, alice: User, bob: User, mailbox: Mailbox) -> None:
    with_address(bob)
    write_comment(afl.pages.get(position=2), "Whose hand, @bob?", actor=alice)
    (given,) = assign([afl], bob, actor=alice)
    assert given.collection == afl
    for one in Notification.objects.filter(person=bob):
        assert mail(one.pk)
    texts = [letter.get_content() for letter in mailbox.letters]
    assert [text.count(afl.title) for text in texts] == [1, 1]


def test_who_forgot_the_password_gets_a_link_and_nobody_learns_which_accounts_there_are(
    alice: User, bob: User, mailbox: Mailbox, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    Preference.objects.create(user=with_address(alice), mail=False)
    client = Client()
    assert 'href="/forgot-password/"' in client.get("/sign-in/").content.decode()

    def ask(who: str) -> str:
        answer = client.post("/forgot-password/", {"who": who}, follow=True)
        assert answer.redirect_chain == [("/sign-in/", 302)]
        return " ".join(re.findall(r"<li class=.message[^>]*>(.*?)</li>", answer.content.decode()))

    with django_capture_on_commit_callbacks(execute=True):
        answers = {ask(who) for who in ("alice", "ALICE@example.org", "bob", "nobody@example.org")}
    assert answers == {"If there is such an account with an email address, a link for a new password is on its way."}
    (one,) = Notification.objects.all()
    assert mail(one.pk)
    (letter,) = mailbox.letters
    assert letter["To"] == "alice@example.org"
    match = re.search(r"https://desk\.example\.org(/welcome/\S+)", letter.get_content())
    assert match is not None
    assert "Choose a password for your account." in client.get(match[1], follow=True).content.decode()


def test_asking_for_links_is_braked_and_what_was_typed_stays(db: None, mailbox: Mailbox) -> None:
    client = Client()
    for _ in range(30):
        assert client.post("/forgot-password/", {"who": "nobody"}).status_code == 302
    answer = client.post("/forgot-password/", {"who": "somebody"})
    assert (answer.status_code, "Retry-After" in answer.headers) == (429, True)
    assert "Try again in 1 minute" in answer.content.decode()
    assert 'value="somebody"' in answer.content.decode()
    empty = client.post("/forgot-password/", {"who": ""})
    assert (empty.status_code, "Enter your username or email address." in empty.content.decode()) == (422, True)


def test_without_mail_the_sign_in_page_says_whom_to_ask(db: None) -> None:
    page = Client().get("/sign-in/").content.decode()
    assert "Forgot your password? Ask an administrator for a new one." in page
    assert Client().get("/forgot-password/").status_code == 404
