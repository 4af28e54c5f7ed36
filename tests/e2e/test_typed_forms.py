"""What is typed into ordinary forms, in a real browser: no letter is lost, and none is kept that should not be."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from clustering.jobs import launching
from clustering.models import Collection, User
from clustering.teamwork.teams import assign
from tests.conftest import MakeCollection
from tests.e2e.away import Away
from tests.e2e.conftest import OpenDesk
from tests.e2e.driver import settled
from tests.views.typed_cases import CASES, with_keys

TYPE = """([finds, typed]) => {
  const form = document.querySelector(`[name="${finds}"]`).form;
  for (const [name, value] of Object.entries(typed)) {
    const fields = [...form.querySelectorAll(`[name="${name}"]`)].filter((field) => field.type !== "hidden");
    for (const field of fields) {
      if (["radio", "checkbox"].includes(field.type)) field.checked = field.value === value;
      else field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
}"""
READ = """([finds, typed]) => {
  const form = document.querySelector(`[name="${finds}"]`).form;
  const values = new FormData(form);
  const of = (one) => [one.getAttribute("action"), one.dataset.row, one.querySelector("[type=text], textarea")?.name];
  const keys = [...document.forms].map(of).filter(([, , first]) => first).map(String);
  const texts = (name) => values.getAll(name).join("|").replaceAll("\\r\\n", "\\n");
  const has = (fold) => Object.keys(typed).some((name) => fold.querySelector(`[name="${name}"]`));
  return {
    values: Object.fromEntries(Object.keys(typed).map((name) => [name, texts(name)])),
    told: form.querySelectorAll(".typed-again").length,
    hidden: [...form.querySelectorAll("details:not([open])")].filter(has).length,
    distinct: new Set(keys).size === keys.length,
  };
}"""
SEND = """([finds, press]) => {
  const form = document.querySelector(`[name="${finds}"]`).form;
  const [name, value] = Object.entries(press)[0] ?? [];
  form.noValidate = true;
  const buttons = [...form.querySelectorAll("button, input[type=submit]")].filter((one) => one.type === "submit");
  form.requestSubmit(buttons.find((one) => (name ? one.name === name && one.value === value : !one.name)));
}"""
KEPT = (
    "() => Object.entries(sessionStorage).filter(([key, value]) => key.startsWith('hhreview-typed-') && value !== '{}')"
)
ALL_KEPT = """async () => {
  const rows = await new Promise((done) => {
    const asked = indexedDB.open("hhreview");
    asked.onsuccess = () => {
      const names = [...asked.result.objectStoreNames];
      if (!names.length) return done([]);
      const all = asked.result.transaction(names).objectStore(names[0]).getAll();
      all.onsuccess = () => done(all.result);
    };
    asked.onerror = () => done([]);
  });
  return JSON.stringify([{ ...sessionStorage }, { ...localStorage }, document.cookie, rows]);
}"""


@pytest.fixture
def collection(make_collection: MakeCollection, monkeypatch: pytest.MonkeyPatch) -> Collection:
    """Two documents, and no broker."""
    monkeypatch.setattr(launching, "send_slice", lambda job, following: None)
    return make_collection("afl", groups=[2, 3])


def sent(page: Page, finds: str, press: dict[str, str]) -> None:
    with page.expect_navigation():
        page.evaluate(SEND, [finds, press])
    page.wait_for_load_state("load")


def kept_in(page: Page) -> Any:
    return page.evaluate(KEPT)


def test_each_form_outlives_a_fault_of_the_server_or_a_reload_and_is_forgotten_once_it_is_saved(
    collection: Collection, sam: User, alice: User, open_desk: OpenDesk, away: Away
) -> None:
    assign([collection], sam, actor=alice)
    put = with_keys(collection, alice)
    desk = open_desk(sam, "/keys/mine/")
    page = desk.page
    wrong: dict[str, object] = {}
    for name, case in CASES.items():
        address, finds, typed, press = put(case.page), put(case.finds), put(case.typed), put(case.press)
        page.goto(desk.root + address)
        page.evaluate(TYPE, [finds, typed])
        wanted = page.evaluate(READ, [finds, typed]) | {"told": 1, "hidden": 0}
        # That each letter is kept as it is typed, every browser here listens for (typing.py): one load brings it back.
        if case.sends:
            away.status = 503
            sent(page, finds, press)
            away.status = 0
            page.goto(desk.root + address)
        else:
            page.reload()
        if (look := page.evaluate(READ, [finds, typed])) != wanted:
            wrong[name] = wanted, look
        if case.saved is not None:
            sent(page, finds, press)
            page.goto(desk.root + address)
            if kept_in(page) or not case.saved():
                wrong[f"{name}, saved"] = kept_in(page)
        page.evaluate("() => sessionStorage.clear()")
    assert not wrong


def test_no_letter_is_lost_on_a_cut_line_nor_by_going_back_and_a_colleague_s_words_stand_beside_it(
    collection: Collection, sam: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(sam, "/c/afl/settings/")
    page = desk.page
    field = page.locator("[name=repository]")
    field.fill("https://one.example.org/{slug}")
    page.context.set_offline(True)
    page.get_by_role("button", name="Save").last.click()
    page.wait_for_url("chrome-error://**")
    page.context.set_offline(False)
    desk.go("/c/afl/settings/")
    expect(field).to_have_value("https://one.example.org/{slug}")
    Collection.objects.update(settings={"repository": "https://two.example.org/{slug}"})
    page.get_by_role("link", name="All collections").first.click()
    page.go_back()
    page.reload()
    expect(field).to_have_value("https://one.example.org/{slug}")
    expect(page.locator("[data-overtaken]")).to_contain_text("https://two.example.org/{slug}")
    page.get_by_role("button", name="Discard").click()
    expect(field).to_have_value("https://two.example.org/{slug}")
    expect(field).to_be_focused()
    assert kept_in(page) == []


def test_letters_that_come_before_the_scripts_are_kept(collection: Collection, sam: User, open_desk: OpenDesk) -> None:
    desk = open_desk(sam, "/c/afl/history/")
    page, scripts = desk.page, []
    page.route("**/chrome*.js", lambda route: scripts.append(route))
    page.goto(f"{desk.root}/c/afl/settings/", wait_until="commit")
    field = page.locator("[name=repository]")
    field.fill("https://one.example.org/{slug}")
    assert kept_in(page) == []
    settled(lambda: page.evaluate("1") and len(scripts), 1)
    scripts[0].continue_()
    settled(lambda: len(kept_in(page)), 1)
    expect(page.locator(".typed-again")).to_have_count(0)
    page.unroute_all()
    page.reload()
    expect(field).to_have_value("https://one.example.org/{slug}")
    expect(page.locator(".typed-again")).to_have_count(1)


def test_what_should_not_be_kept_is_not(collection: Collection, sam: User, alice: User, open_desk: OpenDesk) -> None:
    """No password, no search words, nothing for another person, nothing once somebody signed out."""
    desk = open_desk(sam, "/password/")
    page = desk.page
    for name in ("old_password", "new_password1", "new_password2"):
        page.locator(f"[name={name}]").fill("a-secret-word")
    desk.go("/staff/people/")
    page.locator("summary", has_text="Invite someone").click()
    page.get_by_label("First name").fill("Dora")
    page.locator("#words").fill("looked-for")
    page.locator("#search").fill("looked-for-too")
    page.locator("#search").press("Enter")
    page.wait_for_url("**/search/**")
    desk.go("/tokens/")
    page.get_by_label("Token name").fill("nightly")
    page.get_by_role("button", name="Create token").click()
    secret = page.locator("#token-secret").input_value()
    everything = page.evaluate(ALL_KEPT)
    assert "Dora" in everything
    assert [word for word in ("a-secret-word", secret, "nightly") if word in everything] == []
    assert page.locator("form:not([autocomplete=off]) input:is([type=text], [type=search])").count() == 0
    session = next(one["value"] for one in page.context.cookies() if one["name"] == "sessionid")
    page.context.clear_cookies(name="sessionid")
    desk.sign_in("alice")
    alice.is_staff = alice.is_superuser = True
    alice.save()
    desk.go("/staff/people/")
    expect(page.get_by_label("First name")).to_have_value("")
    expect(page.locator(".typed-again")).to_have_count(0)
    page.context.clear_cookies()
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": desk.root}])
    desk.go("/staff/people/")
    expect(page.get_by_label("First name")).to_have_value("Dora")
    page.locator("[data-menu] > summary").click()
    page.get_by_role("button", name="Sign out").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Cancel").click()
    expect(page.locator("[data-menu] > summary")).to_be_focused()
    assert len(kept_in(page)) == 1
    page.locator("[data-menu] > summary").click()
    page.get_by_role("button", name="Sign out").click()
    dialog.get_by_role("button", name="Discard and sign out").click()
    page.wait_for_url("**/sign-in/**")
    everything = page.evaluate(ALL_KEPT)
    assert [word for word in ("a-secret-word", "looked-for", "Dora") if word in everything] == []


def test_who_signs_out_leaves_nothing_in_other_tabs_and_is_asked_first(
    collection: Collection, sam: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(sam, "/c/afl/history/")
    page, other = desk.page, desk.page.context.new_page()
    other.goto(f"{desk.root}/c/afl/settings/")
    other.locator("[name=repository]").fill("half an address")
    for answer in ("Cancel", "Discard and sign out"):
        assert len(kept_in(other)) == 1
        page.locator("[data-menu] > summary").click()
        page.get_by_role("button", name="Sign out").click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()  # Enter discards nothing
        expect(page.locator("[data-menu][open]")).to_have_count(0)
        dialog.get_by_role("button", name=answer).click()
    page.wait_for_url("**/sign-in/**")
    other.wait_for_url("**/sign-in/**")
    assert kept_in(other) == []
