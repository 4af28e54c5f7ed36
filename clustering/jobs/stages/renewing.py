"""Carry out what a person agreed to after a comparison: names at the start of an import, places at its end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from clustering.actions.reimport import NewName, insert_pages, mark_missing, rename_pages, replace_scans
from clustering.jobs.params import ImportParams, params_of
from clustering.jobs.slices import JobStopped, Slice
from clustering.jobs.stages.comparing import Plan, plan_of
from clustering.journal.errors import ActError
from clustering.models import Job, Page
from clustering.wording import say

KINDS = ("insert", "replace", "rename", "missing")
MOST_NAMED = 50


def agreeing(preview: Job, kinds: Iterable[str]) -> dict[str, Any]:
    """Return the parameters of the import that carries out these kinds of changes in a plan."""
    wanted = set(kinds)
    params = {key: value for key, value in preview.params.items() if key != "ask"}
    return {**params, "agreed": {"preview": preview.pk, "kinds": [kind for kind in KINDS if kind in wanted]}}


def agreed_plan(job: Job) -> Plan:
    """Return the agreed part of the plan; empty if nobody was asked. Raises JobStopped if the plan is gone."""
    agreed = params_of(job, ImportParams).agreed
    if agreed is None:
        return Plan()
    preview = Job.objects.filter(pk=agreed.preview, collection=job.collection).first()
    plan = plan_of(preview) if preview else None
    if plan is None:
        raise JobStopped(
            say("The approved preview no longer exists. Import the scans again and check the new preview.")
        )
    left_out: dict[str, list[Any]] = {kind: [] for kind in KINDS if kind not in agreed.kinds}
    return Plan(**{**asdict(plan), **left_out})


def contents_of(plan: Plan) -> dict[int, str]:
    """Return the new content of each page to be replaced: page id -> SHA-256."""
    return {item["page"]: item["sha256"] for item in plan.replace}


def rename_agreed(current: Slice, plan: Plan) -> None:
    """Give pages their new names. Raises JobStopped if the collection changed in the meantime."""
    if not plan.rename:
        return
    names = {item["page"]: NewName(item["identifier"], item["name"], item["pid"]) for item in plan.rename}
    try:
        rename_pages(current.job.collection, names, actor=current.job.actor)
    except ActError as error:
        raise _changed(error) from error
    for item in plan.rename[:MOST_NAMED]:
        names_of = {"old": item["old"], "position": item["position"], "new": item["name"]}
        sentence = say("%(old)s (page %(position)s) is now named %(new)s.", **names_of)
        current.problem(sentence, filename=item["name"], is_warning=True)


def replace_agreed(current: Slice, pages: list[Page]) -> None:
    """Give pages their new scans; they are then read and analyzed again. Raises JobStopped."""
    if not pages:
        return
    try:
        replace_scans(current.job.collection, pages, actor=current.job.actor)
    except ActError as error:
        raise _changed(error) from error
    for page in pages:
        sentence = say(
            "%(file)s (page %(position)s) shows the new scan. Process the collection to run OCR on it.",
            file=page.filename,
            position=page.position,
        )
        current.problem(sentence, page=page, is_warning=True)


def settle_agreed(current: Slice, plan: Plan) -> dict[str, int]:
    """Move new pages to their places, and mark missing ones; return how many of each. Raises JobStopped."""
    job = current.job
    pages = dict(job.collection.pages.values_list("identifier", "pk"))
    after: dict[int, int | None] = {}
    for item in plan.insert:
        position = pages.get(item["after"]) if item["after"] else None
        if item["identifier"] in pages and (position is not None or not item["after"]):
            after[pages[item["identifier"]]] = position
    try:
        if after:
            insert_pages(job.collection, after, actor=job.actor)
        missing = [item["page"] for item in plan.missing]
        marked = mark_missing(job.collection, missing, actor=job.actor) if missing else None
    except ActError as error:
        raise _changed(error) from error
    for page in job.collection.pages.filter(pk__in=after).order_by("position")[:MOST_NAMED]:
        sentence = say("%(file)s was inserted as page %(position)s.", file=page.filename, position=page.position)
        current.problem(sentence, page=page, is_warning=True)
    return {"inserted": len(after), "marked": len(marked.pages) if marked else 0}


def _changed(error: ActError) -> JobStopped:
    return JobStopped(
        say("%(why)s Imported pages are kept. Import the scans again and check the new preview.", why=error.message)
    )
