"""The archive that the pictures show: people, their work, and collections in every state, around one that is processed.

`python docs/scene.py SLUG GUEST PASSWORD` fills the database that the environment names. Nobody here exists.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hhreview.settings")

LONG = (
    "Central Valley Committee to Defend the Rights of Farm Workers, Dock Workers, and Cannery Workers: "
    "Correspondence, Minutes, and Printed Ephemera"
)
PEOPLE = (
    ("ruth", "Ruth", "Lindqvist", "archivists"),
    ("m.alvarez", "María", "Álvarez", "archivists"),
    ("tobias", "Tobias", "Oyelaran", "archivists"),
    ("jo.park", "Jo", "Park", "viewers"),
    ("sam", "Sam", "Okafor", "staff"),
    ("intern.spring", "", "", ""),
)
"""Username, first name, last name, role."""
OTHERS = (
    ("cv-committee", LONG, "HH018977", 61, 0.0),
    ("sane-policy", "Citizens for a Sane Nuclear Policy, Rhode Island", "HH011204", 48, 0.0),
    ("strike-equality", "Women’s Strike for Equality, Providence Chapter", "HH020018", 57, 1.0),
    ("bay-freethinkers", "Bay State Freethinkers", "HH004410", 33, 1.0),
    ("tenants-union", "Tenants’ Union of the East Side", "HH013377", 44, 0.0),
    ("harbor-press-test", "Harbor Press, test import", "", 12, 0.0),
)
"""Short name, title, collection ID, pages, share of the documents that are confirmed."""
UNPROCESSED = (
    ("veterans-peace", "Veterans for Peace Newsletters", "HH016102", 0),
    ("young-review", "Young Americans Review", "HH021855", 61),
    ("grange", "State Grange Bulletins", "HH002261", 52),
)


def main(slug: str, guest: str, password: str) -> None:
    """Fill the database around the collection with this short name, and print where to find what, as JSON.

    `guest` is who gets the password.
    """
    import django

    django.setup()
    from django.db import transaction

    from clustering.accounts.tokens import make_token
    from clustering.models import Collection, User

    collection = Collection.objects.get(slug=slug)
    with transaction.atomic():
        people = make_people()
        people["demo"] = User.objects.get(username="demo")
        User.objects.filter(username="demo").update(
            first_name="Dana", last_name="Whitcomb", email="dana@archive.example"
        )
        people["demo"].refresh_from_db()
        review(collection, people)
        others = make_others(collection)
        make_jobs(others, people)
        hand_out(collection, others, people)
        end(others, people)
        spot_check(others["tenants-union"], people["demo"])
        make_token(people["demo"], name="Nightly catalog update", scope="read", days=365)
        people[guest].set_password(password)
        people[guest].save(update_fields=["password"])
        half = half_an_upload(others["veterans-peace"], people["demo"])
    sys.stdout.write(json.dumps({**facts(collection, people), "upload": str(half.key)}))


def make_people() -> dict[str, Any]:
    """Accounts by their usernames, and two teams."""
    from clustering.accounts.inviting import invite
    from clustering.models import Team

    made = {
        name: invite(name, first_name=first, last_name=last, email=f"{name}@archive.example", role=role)
        for name, first, last, role in PEOPLE
    }
    Team.objects.create(name="Ephemera").members.set([made["ruth"], made["m.alvarez"]])
    Team.objects.create(name="Spring interns").members.set([made["intern.spring"]])
    return made


def review(collection: Any, people: dict[str, Any]) -> None:
    """Work on the processed collection as archivists do: describe, flag, comment, restrict, correct."""
    from clustering.actions.confirm import confirm_groups
    from clustering.actions.describe import describe_groups
    from clustering.actions.flag import flag_group
    from clustering.actions.restrict import restrict_pages
    from clustering.actions.split import split_group
    from clustering.actions.text import LineChange, correct_text
    from clustering.teamwork.commenting import write_comment
    from clustering.teamwork.saved_filters import save_filter

    groups = list(collection.groups.order_by("first_position"))
    ruth, maria, demo = people["ruth"], people["m.alvarez"], people["demo"]
    long = next(group for group in groups[4:] if group.page_count > 3)
    facts = {
        "title": "To all members: report of the negotiating committee on the autumn contract, with the replies of the "
        "packing houses and a call for the general meeting",
        "date": "c. 1964",
        "creators": [{"label": "United Farm Workers Organizing Committee"}],
        "subjects": [{"label": "Labor unions", "uri": "http://id.loc.gov/authorities/subjects/sh85073762"}],
        "box": "Box 4, folder 12",
    }
    describe_groups(collection.pk, {groups[1].pk: facts}, actor=maria)
    confirm_groups(groups[5:8], actor=ruth)
    flag_group(groups[3], note="Is the second page part of the letter?", actor=ruth)
    split_group(long, before=long.pages.order_by("position")[2], actor=maria)
    pages = {page.position: page for page in collection.pages.all()}
    asked = write_comment(pages[4], "Same typewriter as the letter before. @demo, do we keep them apart?", actor=ruth)
    write_comment(asked.page, "Yes: the dates differ by a year.", actor=demo)
    last = max(pages)
    restrict_pages([pages[last], pages[last - 1]], ("Names a donor who asked for privacy", None), actor=ruth)
    correct_text(
        pages[9], [LineChange(text="Member no. 14, born May 4, 1921, tel. (401) 555-0134, dues paid.")], actor=maria
    )
    save_filter("Letters without a date", f"/c/{collection.slug}/?show=undated", shared=True, owner=ruth)
    save_filter("Mine, by activity", "/?mine=1&sort=activity", shared=False, owner=demo)


def make_others(model: Any) -> dict[str, Any]:
    """Make collections with the pages of the processed one, and return them by their short names."""
    from clustering.models import Collection

    made = {}
    for slug, title, identifier, pages, confirmed in OTHERS:
        made[slug] = Collection.objects.create(slug=slug, title=title, identifier=identifier)
        copy_documents(model, made[slug], pages=pages, confirmed=confirmed)
    for slug, title, identifier, pages in UNPROCESSED:
        made[slug] = Collection.objects.create(slug=slug, title=title, identifier=identifier)
        copy_pages(model, made[slug], pages=pages)
    return made


def copy_pages(model: Any, other: Any, *, pages: int) -> dict[int, Any]:
    """Give a collection the first pages of the model, and return them by position."""
    from clustering.models import Page

    rows = list(model.pages.filter(position__lte=pages).order_by("position"))
    for row in rows:
        row.pk, row.collection, row.group, row.group_order = None, other, None, None
        row.restricted, row.restricted_reason = False, ""
    Page.objects.bulk_create(rows)
    return {page.position: page for page in other.pages.all()}


def copy_documents(model: Any, other: Any, *, pages: int, confirmed: float) -> None:
    """Do the same with the documents, their proposal, and the places to check."""
    from django.utils import timezone

    from clustering.models import Group, Run, SeamScore

    rows = copy_pages(model, other, pages=pages)
    run = Run.objects.filter(collection=model, method="seams").latest("pk")
    scores = list(SeamScore.objects.filter(run=run, page__position__lt=pages).select_related("page"))
    run.pk, run.collection, run.job = None, other, None
    run.save(force_insert=True)
    for score in scores:
        score.run, score.page, score.pk = run, rows[score.page.position], None
    SeamScore.objects.bulk_create(scores)
    documents = [one for one in model.groups.order_by("first_position") if one.first_position <= pages]
    for number, group in enumerate(documents, start=1):
        places = [at for at in group.pages.order_by("group_order").values_list("position", flat=True) if at in rows]
        done = number <= confirmed * len(documents)
        made = Group.objects.create(
            collection=other,
            number=number,
            title=group.shown_title if done else "",
            state=Group.State.CONFIRMED if done else Group.State.PROPOSED,
            confirmed_at=timezone.now() if done else None,
            draft=group.draft,
            confidence=group.confidence,
            run=run,
            first_position=places[0],
            page_count=len(places),
        )
        for order, position in enumerate(places, start=1):
            rows[position].group, rows[position].group_order = made, order
    other.pages.bulk_update(rows.values(), ["group", "group_order"])
    type(other).objects.filter(pk=other.pk).update(next_group_number=len(documents) + 1)


def make_jobs(others: dict[str, Any], people: dict[str, Any]) -> None:
    """One that runs, one that waits for the night, one that failed, and one that was canceled. No worker takes them."""
    from django.utils import timezone

    from clustering.models import Job
    from clustering.wording import say

    now = timezone.now()
    sam = people["sam"]
    running = {"state": "running", "stage": "embed-and-read", "started": now - timedelta(minutes=4)}
    process = {"kind": "process", "actor": sam}
    Job.objects.create(
        collection=others["sane-policy"],
        **process,
        **running,
        stage_started=now - timedelta(minutes=3),
        done=31,
        total=48,
    )
    Job.objects.create(collection=others["grange"], **process, priority=Job.Priority.NIGHT)
    ended = {"started": now - timedelta(hours=3), "finished": now - timedelta(hours=2)}
    Job.objects.create(
        collection=others["young-review"],
        **process,
        **ended,
        state="failed",
        done=19,
        total=61,
        error=say(
            "The disk of the media store “%(disk)s” is full. Free up space, then start the job again.",
            disk="/srv/media",
        ),
    )
    Job.objects.create(collection=others["cv-committee"], **process, **ended, state="done", done=61, total=61)
    Job.objects.create(collection=others["veterans-peace"], kind="import", actor=sam, **ended, state="cancelled")


def hand_out(collection: Any, others: dict[str, Any], people: dict[str, Any]) -> None:
    """Give work to people: on time, late, and done."""
    from django.utils import timezone

    from clustering.models import Team
    from clustering.teamwork.teams import assign, finish, give_role

    today = timezone.localdate()
    demo, ruth, sam = people["demo"], people["ruth"], people["sam"]
    team = Team.objects.get(name="Ephemera")
    assign([collection], demo, actor=sam, due=today + timedelta(days=9), pages=(1, 30), note="Start with the letters.")
    assign([others["cv-committee"]], team, actor=sam, due=today - timedelta(days=2))
    assign([others["tenants-union"]], demo, actor=ruth, due=today + timedelta(days=1))
    finish(assign([others["strike-equality"]], demo, actor=sam)[0], actor=demo)
    give_role([others["tenants-union"]], demo, role="manage", actor=sam)
    give_role([others["tenants-union"]], team, role="edit", actor=sam)
    give_role([others["tenants-union"]], people["jo.park"], role="see", actor=sam)


def spot_check(collection: Any, person: Any) -> None:
    """Confirm in bulk what is sure enough, and check the first of the sample."""
    from clustering.actions.accept import BulkConsent, accept_many, acceptable
    from clustering.models import AuditSample
    from clustering.quality import judge_sample

    collection.refresh_from_db()
    wanted = BulkConsent(0.5, acceptable(collection, threshold=0.5).count(), collection.version)
    accept_many(collection, wanted, actor=person, sample=6)
    judge_sample(AuditSample.objects.filter(collection=collection).earliest("place"), verdict="right", actor=person)


def half_an_upload(collection: Any, person: Any) -> Any:
    """Leave scans on their way, of which half are there."""
    from clustering.models import Upload, UploadedFile

    made = Upload.objects.create(collection=collection, owner=person)
    for number in range(1, 13):
        here = 48_000_000 if number < 7 else 21_000_000 if number == 7 else 0
        name = f"HH016102/HH016102_{number:04}.tif"
        UploadedFile.objects.create(upload=made, name=name, size=48_000_000, received=here)
    return made


def facts(collection: Any, people: dict[str, Any]) -> dict[str, Any]:
    """Return what addresses are made of, and the page that nobody should see."""
    from django.template.loader import render_to_string

    from clustering.accounts.inviting import password_link
    from clustering.models import Edit, Job

    def job(slug: str) -> int:
        return int(Job.objects.filter(collection__slug=slug).latest("pk").pk)

    return {
        "page": collection.pages.get(position=4).pk,
        "collection": collection.pk,
        "person": people["ruth"].pk,
        "run": collection.runs.latest("pk").pk,
        "edit": Edit.objects.filter(collection=collection, verb="split").latest("sequence").sequence,
        "earlier": Edit.objects.filter(collection=collection, verb="confirm").earliest("sequence").sequence,
        "processed": collection.runs.latest("pk").job_id,
        "imported": Job.objects.filter(collection=collection, kind="import").latest("pk").pk,
        "running": job("sane-policy"),
        "failed": job("young-review"),
        "link": password_link(people["intern.spring"]),
        "broken": render_to_string("500.html", {"address": "/", "form": []}),
    }


def end(others: dict[str, Any], people: dict[str, Any]) -> None:
    """Close, archive, and delete what is finished."""
    from clustering.actions.close import close_collection
    from clustering.removing import archive, delete

    close_collection(others["strike-equality"], actor=people["ruth"])
    archive(others["bay-freethinkers"], actor=people["sam"])
    delete(others["harbor-press-test"], actor=people["sam"])


if __name__ == "__main__":
    main(*sys.argv[1:])
