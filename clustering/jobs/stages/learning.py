"""Learning as a job: a collection's decisions become new weights, which are used if they are better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from clustering.jobs.slices import LEARNING, JobStopped, Slice, Stage
from clustering.models import Collection, Job, LearnedWeights, User
from clustering.selectors.ground_truth import constraints_for
from clustering.wording import say, say_n

if TYPE_CHECKING:
    from clustering.engine.family import Family
    from clustering.engine.labeled import LabeledStream
    from clustering.engine.learning import Learned
    from clustering.engine.segmentation import Cut


def family_of(collection: Collection) -> tuple[Family, LearnedWeights | None]:
    """Return the family that a proposal of this collection starts with, and its row.

    The collection's own, or else the pooled one, or else the shipped one (no row).
    """
    from clustering.engine.family import Family, shipped_family

    current = LearnedWeights.objects.filter(state=LearnedWeights.State.CURRENT)
    row = current.filter(collection=collection).first() or current.filter(collection=None).first()
    return (Family.from_json(row.weights).sized_like(shipped_family()), row) if row else (shipped_family(), None)


def prior_of(collection: Collection) -> Family:
    """Return the family that a collection's own is compared with: the pooled one, or else the shipped one.

    Never one that was fitted on the documents of the comparison: its own earlier version, or a pooled one that used
    them.
    """
    from clustering.engine.family import Family, shipped_family

    pooled = _current(None).exclude(truth__collections__contains=[collection.slug]).first()
    return Family.from_json(pooled.weights).sized_like(shipped_family()) if pooled else shipped_family()


def truth_stream(collection: Collection) -> LabeledStream:
    """Return the evidence of a collection with people's decisions about seams: confirmed groups and explicit
    answers."""
    from clustering.engine.labeled import decided_stream
    from clustering.engine.seaming import SeamStream
    from clustering.jobs.records import page_records

    pages, records = page_records(collection, encoder=settings.ENCODER)
    cut = _decided(collection, [page.pk for page in pages])
    _, evidence = SeamStream(records).gathered(cut.pages)
    return decided_stream(evidence, cut.constraints)


def _decided(collection: Collection, page_ids: Sequence[int]) -> Cut:
    from clustering.engine.segmentation import cut_out

    return cut_out(len(page_ids), constraints_for(collection, page_ids).decided())


def _starts(collection: Collection) -> tuple[str, ...]:
    """Return only the marks of `truth_stream`, which is fast: evidence of a large collection takes minutes."""
    from clustering.engine.labeled import decided_starts

    cut = _decided(collection, list(collection.pages.in_scan_order().values_list("pk", flat=True)))
    return decided_starts(len(cut.pages), cut.constraints)


def learn(collection: Collection, *, actor: User | None, job: Job | None = None) -> LearnedWeights:
    """Fit, test, and store a version, which is used from then on if it is better. Raises TooLittle."""
    from clustering.engine.learning import learn as learn_from
    from clustering.engine.learning import require_enough

    require_enough([_starts(collection)])
    prior = prior_of(collection)
    number = _next_number(collection)
    version = collection.version
    stream = truth_stream(collection)
    learned = learn_from([stream], prior=prior, name=f"{collection.slug} {number}")
    answers, groups = collection.answers.count(), collection.groups.filter(state="confirmed").count()
    truth = {"seams": int(stream.known.sum()), "groups": groups, "answers": answers}
    return _keep(collection, learned, number, prior, truth=truth, edits=version, actor=actor, job=job)


def learn_pooled(*, actor: User | None) -> LearnedWeights:
    """Do the same with the decisions of all collections together, each tested by what the others teach.

    Raises TooLittle if fewer than two collections have decided seams.
    """
    from clustering.engine.family import shipped_family
    from clustering.engine.labeled import known_seams
    from clustering.engine.learning import TooLittle
    from clustering.engine.learning import learn as learn_from

    taught = (
        Collection.objects.filter(deleted=None)
        .filter(Q(groups__state="confirmed") | Q(answers__isnull=False))
        .distinct()
    )
    decided = [collection for collection in taught.order_by("pk") if known_seams(_starts(collection)).any()]
    if len(decided) < 2:
        raise TooLittle(
            say_n(
                "%(count)s collection has decided seams. A pooled model needs at least two. Confirm documents in "
                "another collection first.",
                "%(count)s collections have decided seams. A pooled model needs at least two. Confirm documents in "
                "another collection first.",
                len(decided),
            )
        )
    streams = {collection: truth_stream(collection) for collection in decided}
    number = _next_number(None)
    prior = shipped_family()
    learned = learn_from(list(streams.values()), prior=prior, name=f"pooled {number}")
    truth = {
        "seams": sum(int(stream.known.sum()) for stream in streams.values()),
        "collections": [collection.slug for collection in streams],
    }
    return _keep(None, learned, number, prior, truth=truth, edits=0, actor=actor, job=None)


def go_back(collection: Collection | None, row: LearnedWeights | None, *, actor: User | None) -> None:
    """Use an earlier version again, even a rejected one, or none of this collection's own (None).

    Who did it and when is stored with the version in use, or with the one that was. Raises ValueError for a version of
    another collection.
    """
    if row is not None and row.collection != collection:
        raise ValueError(say("Version %(version)s belongs to another collection.", version=row.name))
    choice = {"chosen_by": actor, "chosen_at": timezone.now()}
    with transaction.atomic():
        _current(collection).update(state=LearnedWeights.State.SUPERSEDED, **choice)
        if row is not None:
            LearnedWeights.objects.filter(pk=row.pk).update(state=LearnedWeights.State.CURRENT, **choice)


def _current(collection: Collection | None) -> QuerySet[LearnedWeights]:
    return LearnedWeights.objects.filter(collection=collection, state=LearnedWeights.State.CURRENT)


def _next_number(collection: Collection | None) -> int:
    newest = LearnedWeights.objects.filter(collection=collection).aggregate(newest=Max("number"))["newest"]
    return (newest or 0) + 1


def _keep(
    collection: Collection | None, learned: Learned, number: int, prior: Family, *, truth: Mapping[str, object],
    edits: int, actor: User | None, job: Job | None,
) -> LearnedWeights:  # fmt: skip
    state = LearnedWeights.State.CURRENT if learned.is_better else LearnedWeights.State.REFUSED
    with transaction.atomic():
        if learned.is_better:
            _current(collection).update(state=LearnedWeights.State.SUPERSEDED)
        return LearnedWeights.objects.create(
            collection=collection, number=number, state=state, weights=learned.family.to_json(), prior=prior.name,
            edits=edits, truth=dict(truth), before=learned.before.to_json(), after=learned.after.to_json(),
            verdict=learned.verdict, job=job, actor=actor,
        )  # fmt: skip


def begin(job: Job) -> int:
    """Return 1 until the job has a version, then 0."""
    return int(not job.learned_weights.exists())


def advance(current: Slice) -> bool:
    """Learn, as one piece of work."""
    from clustering.engine.learning import TooLittle

    job = current.job
    if job.learned_weights.exists():
        return False
    job.result = {**job.result, "version": job.collection.version}
    job.save(update_fields=["result"])
    try:
        with transaction.atomic():
            row = learn(job.collection, actor=job.actor, job=job)
            current.hold()
    except TooLittle as error:
        raise JobStopped(str(error)) from error
    job.result = {**job.result, "learned": row.pk}
    job.save(update_fields=["result"])
    return False


STAGE = Stage(Job.Stage.LEARNING, LEARNING, begin, advance)
