"""Batches of pages that wait for a worker or are being processed by one."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


def lapsed() -> Q:
    """Return the condition for lapsed leases: those that have ended, and those that end later than any lease can.

    The latter belong to workers that were killed before the database's clock was set back.
    """
    return Q(leased_until__lt=Now()) | Q(leased_until__gt=Now() + timedelta(seconds=2 * settings.HEARTBEAT_SECONDS))


class PageBatchQuerySet(models.QuerySet["PageBatch"]):
    """Reads of batches, named for what they return."""

    def free(self, queue: str, *, night: bool = True) -> PageBatchQuerySet:
        """Return batches of running jobs that a worker of this queue may claim; without `night`, none of night jobs."""
        from clustering.models.job import Job

        free = self.filter(Q(leased_until=None) | lapsed(), queue=queue, job__state=Job.State.RUNNING)
        return free if night else free.exclude(job__priority=Job.Priority.NIGHT)


class PageBatch(models.Model):
    """Pages that one worker processes at a time. Finished batches are deleted, so the table holds only open work.

    A worker claims a batch with a lease and renews it while it works. If the lease lapses, the worker was killed, and
    another may claim the batch. `claims` counts the claims: only the last claimant may write.
    """

    job = models.ForeignKey("clustering.Job", models.CASCADE, related_name="batches")
    stage = models.CharField(max_length=20, help_text="Key of the stage.")
    queue = models.CharField(max_length=20, blank=True, help_text="Empty: processed by the command that runs the job.")
    pages = ArrayField(models.BigIntegerField())
    claims = models.PositiveIntegerField(default=0)
    lapses = models.PositiveSmallIntegerField(default=0, help_text="How many workers stopped while processing it.")
    leased_until = models.DateTimeField(null=True, blank=True)

    objects = PageBatchQuerySet.as_manager()

    class Meta:
        indexes = [
            # Which batch of a job comes next; those that ended a worker come last.
            models.Index(fields=["job", "queue", "lapses", "id"], name="batch_next_of_job"),
        ]

    def __str__(self) -> str:
        return f"{len(self.pages)} pages of job {self.job_id}"

    def lease(self) -> None:
        """Claim the batch, in a transaction that has locked its row."""
        self.claims += 1
        PageBatch.objects.filter(pk=self.pk).update(
            claims=self.claims, lapses=self.lapses, leased_until=Now() + timedelta(seconds=settings.HEARTBEAT_SECONDS)
        )

    def renew(self) -> bool:
        """Extend the lease. Returns False if another worker has the batch, or the job is over."""
        from clustering.models.job import Job

        mine = PageBatch.objects.filter(pk=self.pk, claims=self.claims, job__state=Job.State.RUNNING)
        return bool(mine.update(leased_until=Now() + timedelta(seconds=settings.HEARTBEAT_SECONDS)))

    def release(self) -> None:
        """Release the batch, unless another worker has claimed it since."""
        PageBatch.objects.filter(pk=self.pk, claims=self.claims).update(leased_until=None, claims=F("claims") + 1)
