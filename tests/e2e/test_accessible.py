"""Every page, loaded once: axe finds nothing, light and dark; nothing is cut off at 400 %, nor where lines go left."""

from __future__ import annotations

from contextlib import suppress
from typing import Literal, get_args

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, TimeoutError, ViewportSize

from clustering.models import Collection, Job, LearnedWeights, RunMembership, Upload, UploadedFile, User
from clustering.models import Page as Scan
from clustering.teamwork.teams import assign, give_role
from tests.e2e.conftest import OpenDesk
from tests.e2e.driver import FRAME
from tests.e2e.from_right import OUTSIDE

PLACES = {
    "collections": "/",
    "my work": "/my-work/",
    "notifications": "/notifications/",
    "saved filters": "/filters/?address=/c/afl/%3Fshow%3Dflagged",
    "people": "/c/afl/people/",
    "staff jobs": "/staff/jobs/",
    "staff people": "/staff/people/",
    "workers": "/staff/workers/",
    "deleted": "/staff/deleted/",
    "archive": "/c/afl/archive/",
    "delete": "/c/afl/delete/",
    "process": "/staff/process/?status=unprocessed",
    "assign": "/staff/assign/?ids={collection}",
    "stream": "/c/afl/",
    "empty stream": "/c/none/",
    "list": "/c/afl/list/",
    "print sheet": "/c/afl/print/",
    "table": "/c/afl/table/",
    "description template": "/c/afl/settings/description/",
    "describe": "/c/afl/#describe/HH000001_0003",
    "queue": "/c/afl/queue/",
    "list of places to check": "/c/afl/queue/list/",
    "runs": "/c/afl/runs/",
    "search": "/c/afl/search/?q=farm",
    "export": "/c/afl/export/",
    "page": "/pages/{page}/",
    "similar": "/pages/{page}/similar/",
    "job": "/jobs/{job}/",
    "found": "/c/afl/found/en/",
    "restricted": "/c/afl/restricted/",
    "likely personal data": "/c/afl/restricted/likely/",
    "what it learned": "/c/afl/learning/",
    "preview": "/c/afl/runs/{run}/preview/",
    "new collection": "/new/",
    "add scans": "/c/none/add/",
    "upload": "/uploads/{upload}/",
    "keys": "/keys/",
    "own keys": "/keys/mine/",
    "tokens": "/tokens/",
    "reference of the API": "/api/v1/",
    "admin": "/admin/",
    "admin collections": "/admin/clustering/collection/?job=propose",
    "admin collection": "/admin/clustering/collection/{collection}/change/",
    "admin order": "/admin/clustering/collection/launch/propose/?ids={collection}",
    "admin jobs": "/admin/clustering/job/",
    "admin job": "/admin/clustering/job/{job}/change/",
    "admin person": "/admin/clustering/user/{person}/change/",
    "admin deletion": "/admin/clustering/user/{person}/delete/",
    "nothing": "/c/gone/",
    "dashboard": "/c/afl/dashboard/",
    "history": "/c/afl/history/",
    "accept": "/c/afl/accept/",
    "audit": "/c/afl/audit/",
    "all dashboards": "/dashboard/",
    "settings": "/c/afl/settings/",
}
RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "preload": False,
}
"""axe describes one node of what passes, not all of them. The admin lays Django's styles below ours by @import; axe
would fetch them again, against the content policy."""

Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = get_args(Theme)
COLORS = ["color-contrast", "link-in-text-block"]
"""Those of the rules that colors can break."""

ARRIVED = """() => {
    const moving = () => document.getAnimations().filter((one) => one instanceof CSSTransition);
    for (let all = moving(); all.length; all = moving()) all.forEach((one) => one.finish());
}"""
"""What an element passes on to those in it starts on its way after it has arrived."""
LONG = f"Correspondence and ephemera of the Committee on Agricultural Organization, 1959 to 1971 {'W' * 100}"
ZOOMED: ViewportSize = {"width": 320, "height": 256}
"""1280 by 1024 pixels at 400 %."""
FEW = "document.querySelectorAll('.opblock').forEach((one, at) => at < 8 || (one.style.display = 'none'))"
"""Operations look alike: to look at all of them takes as long as eight other pages."""
BEYOND = """() => document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll("body *")]
    .filter((e) => e.getBoundingClientRect().right > innerWidth && !e.closest(".scroll-x, .tabs"))
    .map((e) => e.outerHTML.slice(0, 90)).slice(0, 4)"""


def one_of_everything(collection: Collection, staff: User) -> dict[str, str]:
    """PLACES with ids, after making what each of them shows."""
    Collection.objects.create(slug="none", title="None")
    job = Job.objects.create(collection=collection, kind=Job.Kind.PROCESS, state=Job.State.DONE, done=12, total=12)
    page = Scan.objects.get(collection=collection, position=4)
    run = collection.runs.get()
    run.job = job
    run.save(update_fields=["job"])
    for scan in collection.pages.all():
        RunMembership.objects.create(run=run, page=scan, group_index=0, group_order=scan.position)
    LearnedWeights.objects.create(collection=collection, number=1, state="refused", weights={}, prior="", verdict="No.")
    upload = Upload.objects.create(collection=collection, owner=staff)
    UploadedFile.objects.create(upload=upload, name="box/a.jpg", size=100, received=40)
    assign([collection], staff, actor=staff, note="first")
    give_role([collection], staff, role="manage", actor=staff)
    known = {
        "collection": collection.pk,
        "page": page.pk,
        "job": job.pk,
        "run": run.pk,
        "upload": upload.key,
        "person": staff.pk,
    }
    return {name: path.format(**known) for name, path in PLACES.items()}


def test_axe_finds_nothing_and_nothing_is_cut_off(collection: Collection, sam: User, open_desk: OpenDesk) -> None:
    collection.title = LONG
    collection.save(update_fields=["title"])
    collection.groups.filter(number=2).update(flagged=True, flag_note=LONG)
    desk = open_desk(sam, "/keys/", tour=True)
    faults: list[str] = []
    for name, path in one_of_everything(collection, sam).items():
        desk.page.set_viewport_size(ZOOMED)
        desk.page.goto(desk.root + path)
        if name in {"stream", "page", "queue", "table", "describe"}:
            desk.ready()
        faults += beyond(desk.page, name)
        desk.page.set_viewport_size({"width": 1280, "height": 800})
        if name == "reference of the API":
            desk.page.locator("#swagger-ui .opblock-summary-control").nth(3).click()
            desk.page.locator("#swagger-ui .opblock-body").wait_for()
            desk.page.evaluate(FEW)
        if name == "stream":
            desk.page.get_by_role("button", name="Close the tour").click()
            desk.page.locator("#panel-switch").click()
            desk.page.locator("#panel-page h2").wait_for()
            desk.cell(4).click()
            desk.seam(9).click()
            desk.saved()
        faults += violations(desk.page, name)
        if name == "stream":
            desk.keys("?")
            faults += violations(desk.page, "help")
            desk.keys("Escape", "Enter")
            desk.page.locator("#detail-side h2").wait_for()
            faults += violations(desk.page, "detail")
        faults += outside(desk.page, name)
    desk.page.context.clear_cookies()
    desk.page.goto(f"{desk.root}/sign-in/")
    faults += violations(desk.page, "sign in")
    assert not faults, "\n".join(faults)


def beyond(page: Page, name: str) -> list[str]:
    """What lies beyond the right edge. Styles and fonts may come after the page; what stays too wide is told."""
    page.wait_for_load_state("load")
    with suppress(TimeoutError):
        page.wait_for_function(f"() => ({BEYOND})().length === 0", timeout=5000)
    return [f"{name} at 400 %: {html}" for html in page.evaluate(BEYOND)]


def outside(page: Page, name: str) -> list[str]:
    """What hangs out of the window where lines begin at the right."""
    page.evaluate("document.dir = 'rtl'")
    faults = []
    for width in (1440, 820):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate(FRAME)
        faults += [f"{name} from the right, {width}: {one}" for one in page.evaluate(OUTSIDE)]
    return faults


def violations(page: Page, name: str) -> list[str]:
    """All rules in the light, those of color in the dark again: a theme is nothing but colors."""
    turn(page, "light")
    results = {"light": Axe().run(page, options=RULES).response}
    turn(page, "dark")
    results["dark"] = page.evaluate("(rules) => axe.run(rules)", RULES | {"runOnly": COLORS})
    return [
        f"{name}, {theme}: {v['id']}: {node['html'][:160]} {node['failureSummary'][:300]}"
        for theme, result in results.items()
        for v in result["violations"]
        for node in v["nodes"][:3]
    ]


def turn(page: Page, theme: Theme) -> None:
    """To this theme, at once: colors that are still on their way have no contrast of their own."""
    page.emulate_media(color_scheme=theme)
    page.evaluate(ARRIVED)
