"""Compare a source with a collection that has pages: new pages and their places, replaced, renamed, missing ones.

A first import needs no comparison. A later one is compared first, by names and contents only, and nothing changes. If
there is something to decide, the job ends with a plan in its result (`Plan`), and a person agrees to the parts of it
that the next import will carry out (`agreed`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from clustering.jobs.params import ImportParams, params_of
from clustering.jobs.slices import DEFAULT, Slice, Stage
from clustering.jobs.sourcing import listing_of, open_reader
from clustering.jobs.stages.taking import Gathered, fingerprint, parts_of, sheets_of
from clustering.jobs.threads import thread_count
from clustering.models import Collection, Job
from clustering.sources.contract import ScanFile, SourceReader

FILES_A_CHUNK = 64


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do to existing pages. Each list has what people read and what the import needs."""

    insert: list[dict[str, Any]] = field(default_factory=list)
    """New pages before existing ones: {identifier, name, after}; `after` is the identifier before it, or empty."""
    append: int = 0
    """New pages after all others."""
    replace: list[dict[str, Any]] = field(default_factory=list)
    """Pages with new content: {page, position, old, name, sha256}."""
    rename: list[dict[str, Any]] = field(default_factory=list)
    """Pages whose content has another name: {page, position, old, name, identifier, pid}."""
    missing: list[dict[str, Any]] = field(default_factory=list)
    """Pages that the source doesn't have: {page, position, name}."""
    same: int = 0
    unreadable: int = 0
    """Unreadable files; importing them reports why."""

    @property
    def asks(self) -> bool:
        """Whether there is something to decide."""
        return bool(self.insert or self.replace or self.rename or self.missing)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """One page that a source would give."""

    name: str
    identifier: str
    pid: str
    sha256: str | None
    """Empty if only fetching it would tell, None if unreadable."""


def plan_of(job: Job) -> Plan | None:
    """Return the plan that a job ended with, None if it has none."""
    plan = job.result.get("plan")
    return Plan(**plan) if plan else None


def waits(job: Job) -> bool:
    """Whether a person has to decide before anything is imported."""
    plan = plan_of(job)
    return plan is not None and (plan.asks or params_of(job, ImportParams).ask == "only")


def begin(job: Job) -> int:
    """Count the files to compare; 0 if that isn't requested, or there is nothing to compare with."""
    if not params_of(job, ImportParams).ask or not job.collection.pages.exists():
        return 0
    return len(listing_of(open_reader(job), job.collection).files)


def advance(current: Slice) -> bool:
    """Compare files until the slice's time is up; True if some are left."""
    job = current.job
    reader = open_reader(job)
    listing = listing_of(reader, job.collection)
    ledger = _Ledger(job)
    known_prints = ledger.read()
    left = [file for file in listing.files if file.name not in known_prints]
    with ThreadPoolExecutor(thread_count(), thread_name_prefix="compare") as pool:
        while left and current.has_time:
            chunk, left = left[:FILES_A_CHUNK], left[FILES_A_CHUNK:]
            ledger.add({file.name: list(_prints(reader, file, pool)) for file in chunk})
            current.report(len(listing.files) - len(left), len(listing.files))
    if left:
        return True
    known_prints = ledger.read()
    prints = [one for file in listing.files for one in known_prints[file.name]]
    job.result = {**job.result, "plan": asdict(make_plan(job.collection, prints))}
    current.keep_result()
    ledger.forget()
    return False


STAGE = Stage(Job.Stage.COMPARING, DEFAULT, begin, advance)


def _prints(reader: SourceReader, file: ScanFile, pool: ThreadPoolExecutor) -> Iterator[Fingerprint]:
    """Yield the pages that one file would give. Files on a server are not fetched for this."""
    if file.address:
        before = reader.taken(file.name) or [(file.identifier, "")]
        yield from (Fingerprint(file.name, identifier, file.pid, sha256) for identifier, sha256 in before)
        return
    sheets = sheets_of(file.path)
    if not sheets:
        prints = fingerprint(file)
        yield Fingerprint(file.name, file.identifier, file.pid, None if prints.refusal else prints.sha256)
        return
    first = 0
    while first < len(sheets):
        with parts_of(Gathered(file, sheets=sheets), first, pool) as parts:
            for part in parts:
                sha256 = None if part.taken is not None else fingerprint(part.file).sha256
                yield Fingerprint(part.file.name, part.file.identifier, "", sha256)
            first += len(parts)


def make_plan(collection: Collection, prints: list[Fingerprint]) -> Plan:
    """Compare what a source would give with the pages of a collection.

    A page is the same if content and identifier are; or renamed if its content exists under another identifier; or
    replaced if its identifier exists with other content. If nothing of the source is in the collection, no page is
    missing: it is another part of the collection.
    """
    rows = collection.pages.order_by("position").values("pk", "position", "identifier", "filename", "sha256")
    pages: list[dict[str, Any]] = [dict(row) for row in rows]
    met = _meet(pages, [one for one in prints if one.sha256 is not None])
    plan = Plan(
        same=sum(kind == "same" for _, kind in met.values()),
        unreadable=sum(one.sha256 is None for one in prints),
    )
    by_page = {page["pk"]: (one, kind) for one, (page, kind) in met.items()}
    for page in pages:
        one, kind = by_page.get(page["pk"], (None, "missing"))
        about = {"page": page["pk"], "position": page["position"]}
        if one is None:
            if met:
                plan.missing.append({**about, "name": page["filename"]})
        elif kind == "replace":
            plan.replace.append({**about, "old": page["filename"], "name": one.name, "sha256": one.sha256})
        elif kind == "rename":
            plan.rename.append(
                {**about, "old": page["filename"], "name": one.name, "identifier": one.identifier, "pid": one.pid}
            )
    last = max((index for index, one in enumerate(prints) if one in met), default=-1)
    after, appended = "", 0
    for index, one in enumerate(prints):
        if one.sha256 is None:
            continue
        if one not in met and index < last:
            plan.insert.append({"identifier": one.identifier, "name": one.name, "after": after})
        appended += one not in met and index > last
        after = one.identifier
    return Plan(**{**asdict(plan), "append": appended})


def _meet(pages: list[dict[str, Any]], prints: list[Fingerprint]) -> dict[Fingerprint, tuple[dict[str, Any], str]]:
    """Yield each page that matches something in the source, and how: same, rename, or replace."""
    met: dict[Fingerprint, tuple[dict[str, Any], str]] = {}
    left = {page["pk"]: page for page in pages}
    by_identifier = {page["identifier"]: page for page in pages}

    def meet(one: Fingerprint, page: dict[str, Any], kind: str) -> None:
        met[one] = (page, kind)
        del left[page["pk"]]

    for one in prints:
        page = by_identifier.get(one.identifier)
        if page is not None and page["pk"] in left and one.sha256 in ("", page["sha256"]):
            meet(one, page, "same")
    by_content: dict[str, list[dict[str, Any]]] = {}
    for page in left.values():
        by_content.setdefault(page["sha256"], []).append(page)
    for one in prints:
        if one not in met and one.sha256 and by_content.get(one.sha256):
            meet(one, by_content[one.sha256].pop(0), "rename")
    for one in prints:
        page = by_identifier.get(one.identifier)
        if one not in met and page is not None and page["pk"] in left:
            meet(one, page, "replace")
    return met


class _Ledger:
    """Results kept on disk, so that a killed job can continue. Anything lost is compared again."""

    def __init__(self, job: Job) -> None:
        self.path = Path(settings.CACHE_ROOT) / "compared" / f"{job.pk}.jsonl"

    def read(self) -> dict[str, list[Fingerprint]]:
        """Return the pages of each file, by name."""
        by_name: dict[str, list[Fingerprint]] = {}
        try:
            lines = self.path.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return by_name
        for line in lines:
            try:
                name, prints = json.loads(line)
            except ValueError:
                continue  # cut off when the machine stopped
            by_name[name] = [Fingerprint(*one) for one in prints]
        return by_name

    def add(self, by_name: dict[str, list[Fingerprint]]) -> None:
        """Store more results."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as ledger:
            for name, prints in by_name.items():
                facts = [[one.name, one.identifier, one.pid, one.sha256] for one in prints]
                ledger.write(json.dumps([name, facts]) + "\n")

    def forget(self) -> None:
        """Delete the results."""
        self.path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of change, as people read it."""

    kind: str
    title: str
    rows: list[str]
    more: int = 0
    """Number of rows that are not shown."""
    is_usual: bool = True
    """Whether most people will want it."""


MOST_ROWS = 50


def sections(plan: Plan) -> list[Section]:
    """Return what has to be decided, in words."""
    titled = [
        ("insert", "Insert {n} new page{s} in scan order", [_inserted(item) for item in plan.insert]),
        ("replace", "Replace {n} scan{s}", [f"{item['name']} (page {item['position']})" for item in plan.replace]),
        (
            "rename",
            "Rename {n} page{s}",
            [f"{item['old']} (page {item['position']}) to {item['name']}" for item in plan.rename],
        ),
        (
            "missing",
            "Mark {n} missing page{s} as “not a document”",
            [f"{item['name']} (page {item['position']})" for item in plan.missing],
        ),
    ]
    return [
        Section(
            kind,
            title.format(n=f"{len(rows):,}", s="" if len(rows) == 1 else "s"),
            rows[:MOST_ROWS],
            max(0, len(rows) - MOST_ROWS),
            kind != "missing",
        )
        for kind, title, rows in titled
        if rows
    ]


def _inserted(item: dict[str, Any]) -> str:
    return f"{item['name']}, after {item['after']}" if item["after"] else f"{item['name']}, at the beginning"


def unasked(plan: Plan) -> str:
    """Return a sentence on what happens in any case."""
    same = "1 page is unchanged" if plan.same == 1 else f"{plan.same:,} pages are unchanged"
    new = "1 new page goes to the end" if plan.append == 1 else f"{plan.append:,} new pages go to the end"
    parts = [same, *([new] if plan.append else [])]
    if plan.unreadable:
        parts.append("1 file can’t be read" if plan.unreadable == 1 else f"{plan.unreadable:,} files can’t be read")
    return f"{', '.join(parts)}."
