"""Nothing that was typed into a form is lost: not by a refusal, not by a conflict, not by a session that ended."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from clustering.accounts.tokens import MOST_TOKENS, make_token
from clustering.actions.close import close_collection
from clustering.jobs import launching
from clustering.jobs.launching import launch_job
from clustering.models import (
    Collection,
    Group,
    Run,
    RunMembership,
    SeamScore,
    User,
)
from clustering.teamwork.teams import assign
from tests.conftest import MakeCollection
from tests.describing import describe_group
from tests.html_forms import PageForm, Values, form_with, forms_of
from tests.views.typed_cases import CASES, Case, first_document, with_keys

PASSWORD = "a-good-password"


@pytest.fixture(autouse=True)
def collection(make_collection: MakeCollection, monkeypatch: pytest.MonkeyPatch) -> Collection:
    """Two documents, and no broker."""
    monkeypatch.setattr(launching, "send_slice", lambda job, following: None)
    return make_collection(groups=[2, 3])


@pytest.fixture(autouse=True)
def given(request: pytest.FixtureRequest, collection: Collection, sam: User, alice: User) -> None:
    """Work of sam's, where it is to be handed over."""
    if "handed over" in str(request.node.name):
        assign([collection], sam, actor=alice)


@pytest.fixture
def named(collection: Collection, alice: User, sam: User) -> Callable[[Any], Any]:
    """Puts primary keys where a case leaves room for them."""
    return with_keys(collection, alice)


class Browser:
    """A person's browser, whose forms are checked as those of everybody."""

    def __init__(self, user: User) -> None:
        self.client = Client(enforce_csrf_checks=True, headers={"accept": "text/html"})
        self.user = user
        self.sign_in(user)

    def sign_in(self, user: User) -> Any:
        page = self.client.get("/sign-in/")
        values = form_with(page, "username").fill({"username": user.username, "password": PASSWORD})
        return self.client.post("/sign-in/", values)

    def send(self, form: PageForm, values: Values, page: str = "/") -> Any:
        address = form.action if form.action.startswith("/") else page
        # Browsers send line breaks as two signs.
        form_values = {name: [re.sub(r"\r?\n", "\r\n", text) for text in texts] for name, texts in values.items()}
        headers = {"referer": f"http://testserver{page}", "origin": "http://testserver"}
        return self.client.post(address, form_values, headers=headers)

    def end_session(self) -> None:
        Session.objects.all().delete()


def sent_again(answer: Any) -> PageForm:
    """The form on the page that keeps it."""
    forms = [form for form in forms_of(answer) if form.method == "post" and "signed_in_as" in form.values]
    kept = [form for form in forms if form.action not in {"/sign-out/", "/sign-in/"}]
    assert len(kept) == 1, answer.content.decode()
    return kept[0]


def same(values: Values) -> Values:
    """Without what differs from page to page."""
    return {
        name: [re.sub(r"\r?\n", "\n", text) for text in texts]
        for name, texts in values.items()
        if name != "csrfmiddlewaretoken"
    }


@pytest.fixture
def browser(request: pytest.FixtureRequest, alice: User, sam: User) -> Browser:
    case: Case = CASES[request.getfixturevalue("name")]
    return Browser(sam if case.staff else alice)


@pytest.mark.parametrize("name", CASES)
def test_a_refusal_keeps_it(name: str, browser: Browser, named: Callable[[Any], Any]) -> None:
    case = CASES[name]
    page, typed, wrong = named(case.page), named(case.typed), named(case.wrong)
    form = form_with(browser.client.get(page), named(case.finds))
    sent = typed | {field: text for field, text in wrong.items() if field in form.values}
    assert sent != typed, "nothing is wrong in what is sent"
    refused = browser.send(form, form.fill(sent | named(case.press)), page)
    assert refused.status_code in {200, 422}
    again = form_with(refused, named(case.finds))
    assert {field: same(again.values)[field] for field in sent} == same({field: [sent[field]] for field in sent})
    right = browser.send(
        again, again.fill(typed | named(case.press) | {f: form.values[f][0] for f in sent if f not in typed})
    )
    assert right.status_code in {200, 302, 422}
    assert case.saved is None or case.saved()


@pytest.mark.parametrize("name", CASES)
def test_a_session_that_ended_keeps_it_for_the_same_person(
    name: str, browser: Browser, bob: User, named: Callable[[Any], Any]
) -> None:
    case = CASES[name]
    page = named(case.page)
    form = form_with(browser.client.get(page), named(case.finds))
    values = form.fill(named(case.typed) | named(case.press))
    browser.end_session()
    sign_in = form_with(browser.send(form, values, page), "username")
    other = browser.send(sign_in, sign_in.fill({"username": bob.username, "password": PASSWORD}))
    assert other.status_code == 302, "another person is not shown it"
    browser.end_session()
    out = browser.send(form, values, page)
    assert out.status_code == 401
    assert "everything you typed is kept" in out.content.decode()
    sign_in = form_with(out, "username")
    assert sign_in.action == "/sign-in/"
    failed = browser.send(sign_in, sign_in.fill({"username": browser.user.username, "password": "wrong"}))
    sign_in = form_with(failed, "username")  # it comes along through a wrong password
    back = browser.send(sign_in, sign_in.fill({"username": browser.user.username, "password": PASSWORD}))
    kept = sent_again(back)
    assert same(kept.values) == same(values)
    done = browser.send(kept, kept.values)
    assert done.status_code in {200, 302, 422}
    assert case.saved is None or case.saved()


@pytest.mark.parametrize("name", CASES)
def test_a_page_that_expired_keeps_it(name: str, browser: Browser, bob: User, named: Callable[[Any], Any]) -> None:
    case = CASES[name]
    page = named(case.page)
    form = form_with(browser.client.get(page), named(case.finds))
    values = form.fill(named(case.typed) | named(case.press))
    browser.client.logout()
    browser.sign_in(bob)  # in another tab
    for _ in range(2):
        refused = browser.send(form, values, page)
        assert refused.status_code == 403
        form = sent_again(refused)
        assert same(form.values) == same(values)
        values = form.values
    browser.client.logout()
    browser.sign_in(browser.user)
    refused = browser.send(form, values, page)
    assert refused.status_code == 403
    again = sent_again(refused)
    assert same(again.values) == same(values)
    assert browser.send(again, again.values).status_code in {200, 302, 422}
    assert case.saved is None or case.saved()


def test_what_another_site_sends_is_not_kept(alice: User) -> None:
    browser = Browser(alice)
    values = {"act": "undo", "title-1": "from elsewhere"}
    refused = browser.client.post("/c/afl/list/act/", values, headers={"origin": "https://evil.example"})
    assert refused.status_code == 403
    assert "from elsewhere" not in refused.content.decode()
    browser.end_session()
    refused = browser.client.post("/c/afl/list/act/", values, headers={"origin": "null"})
    assert "from elsewhere" not in refused.content.decode()


def test_no_address_of_another_site_is_offered_to_send_to(alice: User) -> None:
    client = Client(headers={"accept": "text/html"})
    for address in ("https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"):
        kept = f'{{"address": "{address}", "fields": [["signed_in_as", "{alice.pk}"]]}}'.replace("\\", "\\\\")
        answer = client.post("/sign-in/", {"username": "alice", "password": PASSWORD, "kept": kept})
        assert answer.status_code == 302
        client.logout()


def test_after_a_conflict_both_are_there(alice: User, bob: User) -> None:
    browser = Browser(alice)
    group = first_document()
    form = form_with(browser.client.get("/c/afl/list/"), f"title-{group.pk}")
    describe_group(group, title="What bob wrote", date="1960", actor=bob)
    typed = {f"title-{group.pk}": "What alice wrote", "act": f"describe:{group.pk}"}
    refused = browser.send(form, form.fill(typed))
    assert refused.status_code == 409
    text = refused.content.decode()
    assert "bob: Described 1" in text
    assert "Saved: What bob wrote" in text
    again = form_with(refused, f"title-{group.pk}")
    assert again.values[f"title-{group.pk}"] == ["What alice wrote"]
    assert again.values[f"date-{group.pk}"] == ["1960"], "what she did not touch is as it is now"
    assert browser.send(again, again.fill({"act": f"describe:{group.pk}"})).status_code == 302
    group.refresh_from_db()
    assert (group.title, group.date) == ("What alice wrote", "1960")


def test_what_was_typed_for_other_documents_stays_when_one_is_saved(alice: User) -> None:
    browser = Browser(alice)
    first, second = Group.objects.order_by("number")
    form = form_with(browser.client.get("/c/afl/list/"), f"title-{first.pk}")
    typed = {f"title-{first.pk}": "The first", f"title-{second.pk}": "The second", "act": f"describe:{first.pk}"}
    saved = browser.send(form, form.fill(typed))
    assert saved.status_code == 200
    again = form_with(saved, f"title-{first.pk}")
    assert (again.values[f"title-{first.pk}"], again.values[f"title-{second.pk}"]) == (["The first"], ["The second"])
    assert browser.send(again, again.fill({"act": f"describe:{second.pk}"})).status_code == 302
    assert list(Group.objects.order_by("number").values_list("title", flat=True)) == ["The first", "The second"]


def test_what_was_typed_for_a_document_that_is_gone_or_elsewhere_is_shown(alice: User, bob: User) -> None:
    from clustering.actions import confirm_groups, merge_groups

    browser = Browser(alice)
    first, second = Group.objects.order_by("number")
    form = form_with(browser.client.get("/c/afl/list/?show=todo"), f"title-{first.pk}")
    confirm_groups([second], actor=bob)  # no longer under this filter
    typed = {f"title-{second.pk}": "Of the second", "act": f"describe:{second.pk}"}
    refused = browser.send(form, form.fill(typed))
    assert refused.status_code == 409
    again = form_with(refused, f"title-{second.pk}")
    assert again.values[f"title-{second.pk}"] == ["Of the second"]
    merge_groups(list(Group.objects.order_by("number")), actor=bob)
    gone = browser.send(again, again.fill({"act": f"describe:{second.pk}"}))
    assert gone.status_code == 409
    assert "for a document that no longer exists" in gone.content.decode()
    assert form_with(gone, f"title-{second.pk}").values[f"title-{second.pk}"] == ["Of the second"]


def test_a_token_too_many_keeps_its_name(alice: User) -> None:
    for number in range(MOST_TOKENS):
        make_token(alice, name=f"{number}", scope="read", days=None)
    browser = Browser(alice)
    form = form_with(browser.client.get("/tokens/"), "name")
    refused = browser.send(form, form.fill({"name": "one more", "scope": "write", "days": ""}), "/tokens/")
    assert refused.status_code == 422
    again = form_with(refused, "name").values
    assert (again["name"], again["scope"], again["days"]) == (["one more"], ["write"], [""])


@pytest.mark.parametrize("kind", ["propose", "export"])
def test_an_order_while_such_a_job_is_at_work_keeps_what_was_chosen(
    sam: User, collection: Collection, kind: str
) -> None:
    launch_job(collection, kind=kind, actor=sam, params={}, here=True)
    browser = Browser(sam)
    page = f"/admin/clustering/collection/launch/{kind}/?ids={collection.pk}"
    name, value = {"propose": ("method", "seams"), "export": ("format", "jsonl")}[kind]
    form = form_with(browser.client.get(page), name)
    refused = browser.send(form, form.fill({name: value}), page)
    assert refused.status_code == 200
    assert "Open that job" in refused.content.decode()
    assert form_with(refused, name).values[name] == [value]


def test_a_collection_that_was_closed_meanwhile_keeps_the_address(sam: User, collection: Collection) -> None:
    browser = Browser(sam)
    form = form_with(browser.client.get("/c/afl/add/"), "address")
    close_collection(collection, actor=sam)
    refused = browser.send(form, form.fill({"where": "address", "address": "bdr:gbzad5mb"}), "/c/afl/add/")
    assert refused.status_code == 422
    assert "is closed" in refused.content.decode()
    assert form_with(refused, "address").values["address"] == ["bdr:gbzad5mb"]


def test_ticks_come_back_after_a_refusal(alice: User, collection: Collection) -> None:
    run = Run.objects.create(collection=collection, method="seams", state=Run.State.READY)
    for index, page in enumerate(collection.pages.order_by("position")):
        RunMembership.objects.create(run=run, page=page, group_index=index, group_order=1)
        SeamScore.objects.create(run=run, page=page, probability=0.5, boundary=True, evidence=[])
    browser = Browser(alice)
    preview = f"/c/afl/runs/{run.pk}/preview/"
    form = next(one for one in forms_of(browser.client.get(preview)) if one.action == preview)
    first = re.findall(r'name="take" value="(\d+)"', browser.client.get(preview).content.decode())[0]
    refused = browser.send(form, form.values | {"take": [first, "999"]}, preview)
    assert refused.status_code == 422
    assert form_with(refused, "take").values["take"] == [first]

    queue = form_with(browser.client.get("/c/afl/queue/list/"), "version")
    refused = browser.send(queue, queue.values | {"lefts": ["1", "3"], "verdict": ["perhaps"]})
    assert refused.status_code == 422
    assert form_with(refused, "lefts").values["lefts"] == ["1", "3"]


def test_the_forms_that_ask_keep_what_was_asked(alice: User) -> None:
    client = Browser(alice).client
    history = form_with(client.get("/c/afl/history/?verb=merge&document=x&page=3"), "document")
    assert (history.values["verb"], history.values["document"], history.values["page"]) == (["merge"], ["x"], ["3"])
    assert form_with(client.get("/c/afl/accept/?at=many"), "at").values["at"] == ["many"]
    long = "letter " * 40
    assert form_with(client.get("/c/afl/search/", {"q": long}), "q").values["q"] == [long]


def test_a_wrong_password_keeps_the_name(alice: User) -> None:
    client = Client()
    answer = client.post("/sign-in/", {"username": "alise", "password": "wrong", "next": "/c/afl/"})
    form = form_with(answer, "username")
    assert (form.values["username"], form.values["next"], form.values["password"]) == (["alise"], ["/c/afl/"], [""])


@pytest.mark.parametrize(("draft", "named"), [("a-draft-1", True), ("x", False), ('a"; evil=1', False), ("", False)])
def test_the_answer_names_the_draft_that_was_saved(alice: User, draft: str, named: bool) -> None:
    client = Client()
    client.force_login(alice)
    values = {"act": "undo", "draft_id": draft}
    assert "hhreview-saved" not in client.post("/c/afl/list/act/", values).cookies, "there was nothing to undo"
    saved = client.post("/keys/mine/", {"split": "b", "draft_id": draft})
    assert saved.status_code == 302
    assert ("hhreview-saved" in saved.cookies) == named
    assert "hhreview-saved" not in client.post("/keys/mine/", {"split": "Control+w", "draft_id": draft}).cookies
    assert "hhreview-saved" not in Client().post("/keys/mine/", {"split": "b", "draft_id": draft}).cookies
