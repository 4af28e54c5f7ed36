"""Start training in collections set to train after a number of corrections."""

from __future__ import annotations

from typing import Any

from django.db.models import BigIntegerField, Count, OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Greatest

from clustering.jobs.launching import AlreadyActive, launch_job
from clustering.models import VERBS, Collection, Edit, Job, LearnedWeights


def launch_retraining() -> int:
    """Start a learn job for each collection with enough corrections; return how many started."""
    started = 0
    for collection in _collections_that_learn():
        every = collection.read_settings().learn_every
        if not every or collection.taught < every:
            continue
        try:
            launch_job(collection, kind=Job.Kind.LEARN, actor=None, params={"by_itself": True})
        except AlreadyActive:
            continue
        started += 1
    return started


def _collections_that_learn() -> QuerySet[Collection, Any]:
    """Return collections that are to train by themselves, with `taught`: corrections since the version at the last
    attempt, successful or not. One query."""
    here = {"collection": OuterRef("pk")}
    version = Cast(KeyTextTransform("version", "result"), BigIntegerField())
    tried = Job.objects.filter(**here, kind=Job.Kind.LEARN).order_by("-pk").values(version=version)
    kept = LearnedWeights.objects.filter(**here).order_by("-edits").values("edits")
    attempts = [Coalesce(Subquery(last[:1], output_field=BigIntegerField()), 0) for last in (tried, kept)]
    teaching = [verb for verb in VERBS.values() if verb.teaches]
    taught = Edit.objects.filter(
        **here, sequence__gt=OuterRef("since"), verb__in=teaching, actor__isnull=False, undone=False
    )
    count = taught.order_by().values("collection").annotate(count=Count("pk")).values("count")
    learning = Collection.objects.filter(closed=None, deleted=None, settings__has_key="learn_every")
    return learning.annotate(since=Greatest(*attempts)).annotate(taught=Coalesce(Subquery(count), 0))
