"""Runs: the engine groups the whole stream, and the result is stored completely or not at all."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.db import connection, models, transaction

from clustering.engine.collection_model import packed
from clustering.engine.records import Proposal, Report, SeamFact
from clustering.jobs.records import records_of
from clustering.jobs.stages.learning import family_of
from clustering.jobs.stages.noting import known_of
from clustering.models import Collection, Job, Page, Run, RunFeatures, RunGroup, RunMembership, SeamScore, User
from clustering.sentences import plain_data, to_text


@dataclass(frozen=True, slots=True)
class Computed:
    """A proposal with its pages, before it is stored."""

    collection: Collection
    pages: Sequence[Page]
    proposal: Proposal
    method: str
    encoder: str
    seconds: float


def compute(
    collection: Collection,
    *,
    method: str,
    settings: Mapping[str, Any],
    encoder: str,
    documents: int | None,
    report: Report | None = None,
    job: Job | None = None,
) -> Computed:
    """Group the stream under people's decisions; `documents` is the expected number of documents.

    What workers noted before for `job` is used (`stages.noting`).

    Raises NotReady or ValueError with a sentence if the method can't work with these pages.
    """
    from clustering.engine.proposing import propose
    from clustering.engine.segmentation import cut_out
    from clustering.selectors.ground_truth import constraints_for

    started = time.monotonic()
    pages = list(collection.pages.in_scan_order().defer("created", "paper"))
    constraints = replace(constraints_for(collection, [page.pk for page in pages]), count=documents)
    removed = [pages[at].pk for group in cut_out(len(pages), constraints.hardened()).removed for at in group]
    known = known_of(job, collection.pages.exclude(pk__in=removed)) if job else None
    records = records_of(collection, pages, encoder=encoder, noted=known.notes if known else ())
    proposal = propose(
        method,
        records,
        settings=settings,
        constraints=constraints,
        report=report,
        family=family_of(collection)[0],
        known=known,
    )
    return Computed(collection, pages, proposal, method, encoder, time.monotonic() - started)


def keep(computed: Computed, *, job: Job | None, actor: User | None) -> Run:
    """Write a run with all its groups, memberships, and seams in one transaction; return it, ready."""
    proposal, pages = computed.proposal, computed.pages
    with transaction.atomic():
        run = Run.objects.create(
            collection=computed.collection,
            method=computed.method,
            settings=dict(proposal.settings),
            encoder=computed.encoder,
            model=proposal.model,
            state=Run.State.READY,
            group_count=len(proposal.groups),
            page_count=len(pages),
            seconds=round(computed.seconds, 3),
            warnings=list(proposal.warnings),
            weighing=_weighing(proposal, pages),
            strays=[
                {**asdict(s), "page": pages[s.page].pk, "sentence": plain_data(s.sentence)} for s in proposal.strays
            ],
            job=job,
            actor=actor,
        )
        for model, names, rows in _rows(run, pages, proposal):
            _copy(model, names, rows)
        if proposal.features is not None:
            RunFeatures.objects.create(run=run, data=packed(proposal.features, [page.pk for page in pages]))
    return run


Rows = tuple[type[models.Model], str, Iterator[tuple[Any, ...]]]
"""A table, its columns, and what goes into them."""


def _rows(run: Run, pages: Sequence[Page], proposal: Proposal) -> Iterator[Rows]:
    yield (
        RunGroup,
        "run_id, index, probability, draft, order_reason",
        (
            (
                run.pk,
                index,
                group.probability,
                json.dumps(group.draft.to_json() if group.draft else {}),
                to_text(group.order_reason),
            )
            for index, group in enumerate(proposal.groups)
        ),
    )
    yield (
        RunMembership,
        "run_id, page_id, group_index, group_order",
        (
            (run.pk, pages[page].pk, index, order)
            for index, group in enumerate(proposal.groups)
            for order, page in enumerate(group.pages, start=1)
        ),
    )
    yield (
        SeamScore,
        "run_id, page_id, probability, boundary, evidence, log_odds",
        (
            (
                run.pk,
                pages[seam.index].pk,
                min(max(float(seam.probability), 0.0), 1.0),
                bool(seam.boundary),
                json.dumps([_stored(fact) for fact in seam.facts]),
                seam.log_odds,
            )
            for seam in proposal.seams
        ),
    )


def _copy(model: type[models.Model], names: str, rows: Iterator[tuple[Any, ...]]) -> None:
    """Write rows with COPY: of an INSERT, PostgreSQL's driver escapes every sign of the evidence several times."""
    with connection.cursor() as cursor, cursor.copy(f'COPY "{model._meta.db_table}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)


def _weighing(proposal: Proposal, pages: Sequence[Page]) -> dict[str, Any]:
    """Return it as stored: anchors by position, since pages may come or go; {} if a part can't be decoded again."""
    weighing = proposal.weighing
    if weighing is None:
        return {}
    anchors = [pages[seam].position for seam in weighing.anchors]
    return {"anchors": anchors, "offset": weighing.offset}


def _stored(fact: SeamFact) -> dict[str, Any]:
    """Return a fact as JSON, with its sentence as data."""
    return {
        "family": fact.family,
        "name": fact.name,
        "value": fact.value,
        "sentence": plain_data(fact.sentence),
        "contribution": fact.contribution,
    }
