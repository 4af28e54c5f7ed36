"""Every address of the desk, by every role, with everything that a stranger may send: never a 500."""

from __future__ import annotations

import json
import logging
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.test import Client
from django.test import client as client_module
from django.urls import get_resolver
from django.utils import timezone
from pytest_django.fixtures import Settings

from clustering.accounts.inviting import password_link
from clustering.accounts.kept_forms import PERSON_FIELD
from clustering.actions import ACTS as KNOWN
from clustering.actions.base import GroupAct
from clustering.actions.confirm import confirm_groups
from clustering.actions.flag import flag_group
from clustering.api import v1
from clustering.models import Group, Job, Page, SeamScore, Upload, UploadedFile, User
from clustering.sources.arrangements import NoArrangement, read_arrangement
from clustering.teamwork.commenting import write_comment
from clustering.teamwork.notifying import notify
from clustering.teamwork.teams import assign
from clustering.urls import urlpatterns
from clustering.wording import say, translated
from tests.api.test_runs import make_run
from tests.conftest import MakeCollection
from tests.e2e.conftest import give_images
from tests.views.conftest import Signed
from tests.views.door_cases import ACTS, ALIKE, CSV, ENTITIES, FORMS, MANIFEST, METS, OURS, TROPY
from tests.views.fuzzing import (
    BODIES,
    FORM,
    HEADERS,
    HUGE,
    KINDS,
    SHARE,
    TEXTS,
    TYPES,
    Door,
    Knocker,
    doors,
    each_leaf_odd,
    keep_signed_in,
    names_asked_for,
    one_in,
    quoted,
    written,
)

pytestmark = pytest.mark.django_db

DESK = list(doors(urlpatterns))
STAFF = [
    door
    for door in doors(get_resolver().url_patterns)
    # What is ours in the admin; Django's own pages for rows that are only looked at are Django's to test.
    if re.match(r"admin/(\w*login|clustering/(collection|job|brake)/)", door.route)
    and not re.search(r"/(delete|history|add)/$", door.route)
]
UNUSUAL = ("HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
METHODS = ("GET", "POST", *UNUSUAL)
FEW = 3
SEEN = len(TEXTS) // 2
"""Of this many texts, a name in a query has one at each door after the first: two in all, of two kinds."""
TREE = {"slug": "afl", "number": "1", "position": "1", "left": "1", "sequence": "1", "size": "320", "kind": "read"}


@pytest.fixture
def real(make_collection: MakeCollection, sam: User, settings: Settings, store: Any) -> dict[str, str]:
    """A collection that has something of everything, published; and what its things are called in addresses."""
    settings.SOURCE_HOSTS = ["nowhere.example"]
    collection = make_collection(groups=[3, 2, 1])
    give_images(collection)
    run = make_run(collection, [[1], [2, 3, 4], [6, 5]])
    pages = list(collection.pages.order_by("position"))
    SeamScore.objects.bulk_create(SeamScore(run=run, page=page, probability=0.4, boundary=False) for page in pages)
    job = Job.objects.create(collection=collection, kind="read", state="done", done=6, total=6, finished=timezone.now())
    flag_group(Group.objects.get(number=2), note="torn", actor=sam)
    confirm_groups([Group.objects.get(number=1)], actor=sam)
    collection.refresh_from_db()
    collection.settings = {"export": {"published": True}}
    collection.save(update_fields=["settings"])
    upload = Upload.objects.create(collection=collection, owner=sam, process=False)
    file = UploadedFile.objects.create(upload=upload, name="a.jpg", size=100)
    (given,) = assign([collection], sam, actor=sam)
    (notice,) = notify([sam], say("Something."), kind="job", collection=collection)
    notice.read = timezone.now()  # the bell of each page has nothing to count
    notice.save(update_fields=["read"])
    _, _, uidb64, token, _ = password_link(sam).split("/")
    return {
        "comment": str(write_comment(pages[1], "Whose hand?", actor=sam).pk),
        "notification": str(notice.pk),
        "assignment": str(given.pk), "person": str(sam.pk), "uidb64": uidb64, "token": token,
        **TREE, "identifier": pages[0].identifier, "digest": pages[0].sha256[:16], "page": str(pages[0].pk),
        "group": str(Group.objects.get(number=2).pk), "run": str(run.pk), "job": str(job.pk), "file": str(file.pk),
        "upload": str(upload.key), "object_id": str(collection.pk), "name": "csv", "url": "x", "rotation": "90",
        "code": "de", "which": "de",
    }  # fmt: skip


def named(door: Door, real: dict[str, str]) -> dict[str, str]:
    """`pk` and `key` name another thing at each door."""
    kinds = {"uploads": ("file", "upload"), "runs": ("run", "run"), "jobs": ("job", "job"), "job": ("job", "job"),
             "assignments": ("assignment", "assignment"),
             "notifications": ("notification", "notification"), "people": ("person", "person")}  # fmt: skip
    for word, (pk, key) in kinds.items():
        if word in door.route.split("/"):
            here = real["job" if word == "job" else "object_id"]
            return {**real, "pk": real[pk], "key": real[key], "object_id": here}
    return {**real, "pk": real["page"], "key": "csv"}


def filled(text: str, real: dict[str, str]) -> str:
    for name in ("group", "run"):
        text = text.replace(f"{{{name}}}", real[name])
    return text


@pytest.fixture
def knocker(
    real: dict[str, str], request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], Knocker]]:
    """knocker("alice"): she tries doors; the test fails where she made one stumble."""
    # Nobody asks what was rendered: copies of all contexts are not made.
    monkeypatch.setattr(client_module, "store_rendered_templates", lambda *_, **__: None)
    keep_signed_in(monkeypatch)
    made: list[Knocker] = []

    def make(name: str) -> Knocker:
        client = Client()
        if name:
            client.force_login(request.getfixturevalue(name))
        made.append(Knocker(client))
        return made[-1]

    logging.disable(logging.CRITICAL)  # each refusal is logged, and there are ten thousand
    yield make
    logging.disable(logging.NOTSET)
    assert sum(one.asked for one in made) > 100
    stumbled = [f"{what}\n    {sent}" for one in made for what, sent in one.stumbled.items()]
    assert not stumbled, "\n".join(stumbled)


@pytest.mark.parametrize("name", ["", "charlie", "victor", "alice", "sam"])
def test_no_address_is_too_odd(real: dict[str, str], knocker: Callable[[str], Knocker], name: str) -> None:
    one = knocker(name)
    for at, door in enumerate([*DESK, *STAFF]):
        things = named(door, real)
        there = door.there(things)
        # Which methods a door takes is the same for everybody who is let in: of the others, each asks for one in turn.
        asked = METHODS if name == "sam" else ("GET", "POST", UNUSUAL[at % len(UNUSUAL)])
        taken = {method for method in asked if one.knock(method, there) != 405}
        odd = list(door.odd(things))
        # Who may only look, or not even that, is shown what a stranger or an archivist is: nothing is theirs alone.
        for path in {"charlie": [], "victor": [], "alice": one_in(3, odd, at)}.get(name, one_in(1, odd, at)):
            for method in sorted(taken & {"GET", "POST"} if name else {"GET"}):
                one.knock(method, path)


def one_of_each(names: set[str], good: dict[str, str]) -> set[str]:
    """Without those that name the same thing of another group; the group that the form is about comes first."""
    ranked = sorted(names, key=lambda name: (name not in good, name))
    return set({re.sub(r"\d+", "1", name): name for name in reversed(ranked)}.values())


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_parameter_is_too_odd(real: dict[str, str], knocker: Callable[[str], Knocker], method: str) -> None:
    one = knocker("sam")
    tried: set[str] = set()
    # Who sent a form is compared before any view is reached, by one function: after the first door, one text will do.
    everywhere = {PERSON_FIELD}

    def send(path: str, pairs: list[tuple[str, str]]) -> None:
        if method == "GET":
            one.knock("GET", path, query=written(pairs))
        else:
            one.knock("POST", path, body=written(pairs).encode(), kind=FORM)

    for door in [*(door for door in DESK if not door.route.startswith("api/")), *STAFF]:
        path = door.there(named(door, real))
        forms = FORMS.get(door.name, [{}]) if method == "POST" else [{}]
        share = min(KINDS * len(forms), len(TEXTS) // SHARE)
        for number, form in enumerate(forms):
            good = {filled(name, real): filled(value, real) for name, value in form.items()}
            asked: list[tuple[QueryDict, str]] = []
            with names_asked_for(asked):
                send(path, list(good.items()))
            # What was sent, or a copy of it: a page that shows what a refused form held looks into that everywhere.
            sent = getattr(one.request, method, None)
            names = one_of_each({name for where, name in asked if where is sent or where._mutable}, good)
            names -= ALIKE.get(door.name, set())
            for at, name in enumerate(sorted(names - {"csrfmiddlewaretoken"}), start=number):
                others = [(other, value) for other, value in good.items() if other != name]
                # The next name, and the next form of the door, have the next part.
                # In a query it is at the first door that asks for it; what all doors do with it is mostly one function.
                texts = one_in(share, TEXTS, at)
                if method == "GET":
                    texts = one_in(SEEN if name in tried else 1, TEXTS, at)
                elif name not in tried and name in everywhere:
                    texts = TEXTS
                elif name in everywhere:
                    texts = texts[:1]
                for text in texts:
                    send(path, [*others, (name, text)])
                tried.add(name)


def test_no_form_that_was_kept_is_too_odd(real: dict[str, str], knocker: Callable[[str], Knocker], alice: User) -> None:
    stranger, signed_in = knocker(""), knocker("alice")
    for at, text in enumerate(each_leaf_odd({"address": "/keys/mine/", "fields": [["split", "x"]]})):
        # It is read before anything is known about who sends it: those who are not let in send a part of it.
        for one, password, share in ((stranger, "a-good-password", 1), (stranger, "wrong", 3), (signed_in, "wrong", 5)):
            if at % share == 0:
                pairs = [("username", "alice"), ("password", password), ("kept", text)]
                one.knock("POST", "/sign-in/", body=written(pairs).encode(), kind=FORM)


def test_no_parameter_of_the_api_is_too_odd(real: dict[str, str], knocker: Callable[[str], Knocker]) -> None:
    one = knocker("sam")
    for path, operations in v1.document()["paths"].items():
        asked = operations.get("get", {}).get("parameters", [])
        there = re.sub(r"\{(\w+)\}", lambda match: quoted(real[match[1]]), path)
        for at, name in enumerate(parameter["name"] for parameter in asked if parameter["in"] == "query"):
            for text in one_in(1, TEXTS, at):
                one.knock("GET", there, query=written([(name, text)]))


def test_no_act_is_too_odd(real: dict[str, str], knocker: Callable[[str], Knocker]) -> None:
    assert set(ACTS) == set(KNOWN), "a new act is tried as well"
    one = knocker("alice")
    group = int(real["group"])
    for verb, acts in ACTS.items():
        for act in acts:
            body = {name: aimed(value, group) for name, value in act.items()}
            versions = {"versions": {str(group): 1}} if issubclass(KNOWN[verb], GroupAct) else {}
            whole = {**body, "act_id": None, "since": 0, **versions}
            for text in each_leaf_odd(whole, step=1 if verb == "describe" else 5):
                one.knock("POST", f"/api/v1/collections/afl/acts/{verb}", body=text.encode(), kind="application/json")
    one.knock("POST", "/api/v1/collections/afl/acts/undo", body=b'"' + b"x" * 3_000_000 + b'"', kind="application/json")
    for text in each_leaf_odd({"left": 3, "verdict": "same", "versions": {str(group): 1}}):
        one.knock("POST", "/api/v1/collections/afl/queue/answer", body=text.encode(), kind="application/json")


def aimed(value: Any, group: int) -> Any:
    """0 stands for the group."""
    if isinstance(value, list):
        return [aimed(part, group) for part in value]
    return group if value == 0 and not isinstance(value, bool) else value


def test_no_header_of_a_file_is_too_odd(real: dict[str, str], knocker: Callable[[str], Knocker]) -> None:
    one = knocker("sam")
    upload = f"/uploads/{real['upload']}/files/"
    tus: dict[str, Any] = {"HTTP_TUS_RESUMABLE": "1.0.0"}
    for header in ("HTTP_UPLOAD_LENGTH", "HTTP_UPLOAD_METADATA"):
        for value in [*TEXTS, *HEADERS["UPLOAD_OFFSET"], "filename YS5qcGc="]:
            begun: dict[str, Any] = {"HTTP_UPLOAD_LENGTH": "9", "HTTP_UPLOAD_METADATA": "filename YS5qcGc="}
            one.knock("POST", upload, **tus, **begun | {header: value})
    for header in ("HTTP_UPLOAD_OFFSET", "HTTP_UPLOAD_CHECKSUM"):
        for value in [*TEXTS, *HEADERS["UPLOAD_OFFSET"], "sha1 eA==", "sha256 x"]:
            more: dict[str, Any] = {"HTTP_UPLOAD_OFFSET": "0"}
            kind = "application/offset+octet-stream"
            one.knock("PATCH", f"{upload}{real['file']}/", body=b"x" * 10, kind=kind, **tus, **more | {header: value})


def test_no_body_is_too_odd(real: dict[str, str], knocker: Callable[[str], Knocker]) -> None:
    one = knocker("sam")
    kinds = ("application/json", FORM, "multipart/form-data; boundary=x")
    for at, door in enumerate(DESK):
        path = door.there(named(door, real))
        if one.knock("POST", path) == 405:
            continue
        # A body is read by one function for all doors of the API, and by another for all that take fields: each has a
        # part of it, in turn.
        share = 2 if hasattr(one.request, "_body") else 6
        for number, body in enumerate(one_in(share, BODIES, at), start=at):
            one.knock("POST", path, body=body, kind=kinds[number % len(kinds)])
        for kind in one_in(share, TYPES, at):
            one.knock("POST", path, body=b"act=merge&verb=merge&text=%C3%A9", kind=kind)


@pytest.mark.parametrize("name", ["", "sam"])
def test_no_header_is_too_odd(real: dict[str, str], knocker: Callable[[str], Knocker], name: str) -> None:
    one = knocker(name)
    for number, door in enumerate(DESK):
        path = door.there(named(door, real))
        for at in one_in(3, range(max(map(len, HEADERS.values()))), number):  # mostly read before a view is reached
            sent: dict[str, Any] = {f"HTTP_{header}": values[at % len(values)] for header, values in HEADERS.items()}
            one.knock("GET", path, **sent)
            one.knock("POST", path, **{**sent, "HTTP_AUTHORIZATION": ""})
    for path in (
        "/",
        "/c/afl/",
        "/api/v1/collections/afl/acts/undo",
        "/api/v1/me",
        "/iiif/afl/collection.json",
        "/sign-in/",
    ):
        for header, values in HEADERS.items():
            for value in values:
                alone: dict[str, Any] = {f"HTTP_{header}": value}
                one.knock("GET", path, **alone)
        for host in ("", "[", "a b", "\xff", "x" * 300, "evil.example"):
            one.knock("GET", path, HTTP_HOST=host)


def plainly_refused(file: Path, suffix: str, content: str | bytes, known: frozenset[str]) -> str:
    """The sentence of the refusal, where nothing of what is odd is in it; "" where it is taken, or the sentence odd."""
    path = file.with_suffix(suffix)
    path.write_bytes(content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content)
    try:
        read_arrangement(path, known=known)
    except NoArrangement as error:
        sentence = translated(error)
        return re.sub(r"\d+", "1", sentence) if sentence.isascii() and sentence.isprintable() else ""
    return ""


def test_no_arrangement_is_too_odd(real: dict[str, str], knocker: Callable[[str], Knocker], tmp_path: Path) -> None:
    one = knocker("alice")
    first, second = Page.objects.order_by("position").values_list("identifier", flat=True)[:2]
    known = frozenset(Page.objects.values_list("identifier", flat=True))
    refused = Counter[str]()

    def bring(name: str, content: str | bytes) -> None:
        """What is refused with a plain sentence goes through the door a few times only; its reader sees everything."""
        plain = plainly_refused(tmp_path / "file", PurePosixPath(name).suffix, content, known)
        refused[plain] += 1
        if plain and refused[plain] > FEW:
            return
        head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        whole = [part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part for part in (head, content)]
        body = b"".join([*whole, b"\r\n--x--\r\n"])
        one.knock("POST", "/c/afl/runs/arrangement/", body=body, kind="multipart/form-data; boundary=x")

    for document in (MANIFEST, OURS, TROPY):
        for text in each_leaf_odd(document, step=5):
            bring("a.json", text.replace("{a}", first))
    table, mets = CSV.format(a=first, b=second), METS.format(a=first)
    for text in TEXTS:
        for old in ("identifier", "group_order", "1,1,A", ",2,", "A letter", first):
            bring("a.csv", table.replace(old, text))
        for old in ("f1", "p1", "l1", 'ORDER="1"', 'LABEL="A"', first):
            bring("a.xml", mets.replace(old, text))
    more: list[str | bytes] = [b"<a>" * 20_000, ENTITIES, f"identifier,start\n{HUGE}"]
    for at, suffix in enumerate(("csv", "tsv", "xml", "mets", "json", "jsonld", "exe", "")):
        for content in [*one_in(2, BODIES, at), *more]:
            bring(f"a.{suffix}", content)
    for text in TEXTS:
        bring(f"{text.strip()}.json", b"{}")


def test_ranges_that_hold_each_other_come_to_an_end(real: dict[str, str], signed: Signed, alice: User) -> None:
    every = [f"r{number}" for number in range(200)]
    for ranges in (
        [("t", ["x"]), ("x", ["x"])],
        [(one, every) for one in every],
        [("t", every), *((one, every) for one in every)],
    ):
        parts = [{"id": name, "type": "Range", "ranges": held} for name, held in ranges]
        file = SimpleUploadedFile("m.json", json.dumps({**MANIFEST, "structures": parts}).encode())
        assert signed(alice).post("/c/afl/runs/arrangement/", {"file": file}).status_code == 302
