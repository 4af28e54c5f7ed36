"""Jobs in the background, and the problems that they met."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from clustering.wording import SentenceField

HEARTBEAT_SECONDS: int = settings.HEARTBEAT_SECONDS
"""Seconds without a heartbeat after which an active job is stuck; slices send one every few seconds."""


class JobQuerySet(models.QuerySet["Job"]):
    """Reads of jobs, named for what they return."""

    def active(self) -> JobQuerySet:
        """Return queued and running jobs."""
        return self.filter(state__in=Job.ACTIVE)

    def stuck(self) -> JobQuerySet:
        """Return active jobs without a recent heartbeat."""
        return self.silent_for(HEARTBEAT_SECONDS)

    def silent_for(self, seconds: float) -> JobQuerySet:
        """Return active jobs without a heartbeat for this long, by the database's clock, which all machines share.

        A heartbeat in the future is from before that clock was set back.
        """
        ahead = Now() + timedelta(seconds=2 * HEARTBEAT_SECONDS)
        return self.active().filter(Q(heartbeat__lt=Now() - timedelta(seconds=seconds)) | Q(heartbeat__gt=ahead))


class Job(models.Model):
    """A job, with its progress. Slices do the work.

    queued --first slice--> running --last slice--> done; queued, running --cancel--> cancelled;
    running --error--> failed. A relaunch is a new job, which continues where the rows end.
    """

    class Kind(models.TextChoices):
        """What it does."""

        IMPORT = "import", _lazy("Import")
        PROCESS = "process", _lazy("Process")
        EMBED = "embed", _lazy("Analyze images")
        READ = "read", _lazy("OCR")
        PROPOSE = "propose", _lazy("Propose")
        LEARN = "learn", _lazy("Train")
        EXPORT = "export", _lazy("Export")
        ASK = "ask", _lazy("Ask a language model")

    class State(models.TextChoices):
        """Its progress."""

        QUEUED = "queued", _lazy("queued")
        RUNNING = "running", _lazy("running")
        DONE = "done", _lazy("done")
        FAILED = "failed", _lazy("failed")
        CANCELLED = "cancelled", _lazy("canceled")

    class Priority(models.IntegerChoices):
        """Order in which workers take pages of jobs."""

        WAITED_FOR = 0, _lazy("someone is waiting")
        NIGHT = 1, _lazy("tonight")

    class Stage(models.TextChoices):
        """Its parts, by the keys that are stored. The labels are for people and may change."""

        LISTING = "list", _lazy("Reading the source")
        COMPARING = "compare", _lazy("Comparing with the collection")
        IMPORTING = "import", _lazy("Importing scans")
        EMBEDDING_AND_READING = "embed-and-read", _lazy("Analyzing images and running OCR")
        EMBEDDING = "embed", _lazy("Analyzing images")
        EMBEDDING_TEXTS = "embed-texts", _lazy("Analyzing text")
        READING = "read", _lazy("Running OCR")
        MATCHING_LEAVES = "match-leaves", _lazy("Comparing pages")
        PROPOSING = "propose", _lazy("Proposing documents")
        PUBLISHING = "publish", _lazy("Applying the proposal")
        DRAFTING = "draft", _lazy("Drafting titles and dates")
        LEARNING = "learn", _lazy("Training on confirmed documents")
        CHECKING_EXPORT = "check-export", _lazy("Checking the export")
        WRITING_EXPORT = "write-export", _lazy("Writing the export")
        ASKING_OF_SEAMS = "ask-seams", _lazy("Asking about places to check")
        ASKING_OF_DOCUMENTS = "ask-documents", _lazy("Asking about documents")

    ACTIVE = (State.QUEUED, State.RUNNING)

    collection = models.ForeignKey("clustering.Collection", models.CASCADE, related_name="jobs")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    stage = models.CharField(max_length=20, choices=Stage.choices, blank=True, help_text="Current stage.")
    slices = models.PositiveIntegerField(
        default=0, help_text="Number of slices finished or given up. Messages for any other slice are void."
    )
    claimed = models.PositiveIntegerField(
        null=True, help_text="Slice that a worker claimed last. If it isn’t the current one, that one is waiting."
    )
    lapses = models.PositiveSmallIntegerField(
        default=0, help_text="How many workers in a row stopped without finishing the current slice."
    )
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.WAITED_FOR)
    served = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When a worker last claimed pages of it. Workers choose the job that has waited longest.",
    )
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    error = SentenceField(blank=True)
    result = models.JSONField(default=dict)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    relaunch_of = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="relaunches")
    created = models.DateTimeField(db_default=Now(), editable=False)
    started = models.DateTimeField(null=True, blank=True)
    stage_started = models.DateTimeField(null=True, blank=True)
    heartbeat = models.DateTimeField(db_default=Now())
    finished = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-created"]
        constraints = [
            models.CheckConstraint(condition=Q(priority__in=[0, 1]), name="job_priority_is_known"),
            models.CheckConstraint(
                condition=Q(kind__in=["import", "process", "embed", "read", "propose", "learn", "export", "ask"]),
                name="job_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running", "done", "failed", "cancelled"]), name="job_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    stage__in=[
                        "",
                        "list",
                        "compare",
                        "import",
                        "embed-and-read",
                        "embed",
                        "embed-texts",
                        "read",
                        "match-leaves",
                        "propose",
                        "publish",
                        "draft",
                        "learn",
                        "check-export",
                        "write-export",
                        "ask-seams",
                        "ask-documents",
                    ]
                ),
                name="job_stage_is_known",
            ),
            models.UniqueConstraint(
                fields=["collection", "kind"],
                condition=Q(state__in=["queued", "running"]),
                name="job_one_active_per_collection_and_kind",
            ),
            models.CheckConstraint(condition=Q(done__lte=F("total")) | Q(total=0), name="job_done_within_total"),
        ]

    def __str__(self) -> str:
        named = {"collection": self.collection, "kind": self.get_kind_display(), "stage": self.get_stage_display()}
        if self.stage and self.state != self.State.DONE:
            return _("%(collection)s: %(kind)s (%(stage)s)") % named
        return _("%(collection)s: %(kind)s") % named

    @property
    def is_active(self) -> bool:
        """Whether it is queued or running."""
        return self.state in self.ACTIVE

    @property
    def rate(self) -> float | None:
        """Units per second in the current stage; None before the first is done."""
        if not self.stage_started or not self.done:
            return None
        until = self.finished or self.heartbeat
        seconds = (until - self.stage_started).total_seconds()
        return self.done / seconds if seconds > 0 else None

    @property
    def seconds_left(self) -> float | None:
        """Seconds to the end of the current stage; None if unknown."""
        rate = self.rate
        return (self.total - self.done) / rate if rate and self.is_active else None


class JobProblem(models.Model):
    """A problem with one page or file, which didn't stop the job."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="problems")
    page = models.ForeignKey("clustering.Page", models.SET_NULL, null=True, blank=True, related_name="+")
    filename = models.CharField(max_length=500, blank=True)
    message = SentenceField(help_text="What happened and what to do.")
    is_warning = models.BooleanField(default=False, help_text="A warning: the page was imported anyway.")
    created = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = "job problem"
        verbose_name_plural = "job problems"
        ordering = ["job", "pk"]

    def __str__(self) -> str:
        return self.message
