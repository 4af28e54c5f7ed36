"""Start training in collections set to train after a number of corrections."""

from __future__ import annotations

from django.db.models import Max

from clustering.jobs.launching import AlreadyActive, launch_job
from clustering.models import VERBS, Collection, Job


def launch_retraining() -> int:
    """Start a learn job for each collection with enough corrections; return how many started."""
    started = 0
    for collection in Collection.objects.filter(closed=None, deleted=None, settings__has_key="learn_every"):
        every = collection.read_settings().learn_every
        if not every:
            continue
        since = _learned_until(collection)
        teaching = [verb for verb in VERBS.values() if verb.teaches]
        taught = collection.edits.filter(sequence__gt=since, verb__in=teaching, actor__isnull=False, undone=False)
        if taught.count() < every:
            continue
        try:
            launch_job(collection, kind=Job.Kind.LEARN, actor=None, params={"by_itself": True})
        except AlreadyActive:
            continue
        started += 1
    return started


def _learned_until(collection: Collection) -> int:
    """Return the collection's version at the last attempt to learn, successful or not."""
    tried = collection.jobs.filter(kind=Job.Kind.LEARN).order_by("-pk").values_list("result", flat=True).first() or {}
    kept = collection.learned_weights.aggregate(newest=Max("edits"))["newest"] or 0
    return max(int(tried.get("version", 0)), kept)
