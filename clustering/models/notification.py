"""Notifications, shown at the bell and sent by mail if it is set up."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _lazy

from clustering.wording import SentenceField


class Notification(models.Model):
    """A notification for one person. unread -> read; mail: none, or waiting -> sent, given up after a day."""

    class Kind(models.TextChoices):
        """What it is about."""

        MENTION = "mention", _lazy("Mentioned")
        ASSIGNED = "assigned", _lazy("Assigned")
        JOB = "job", _lazy("Job")
        DUE = "due", _lazy("Due")
        ACCOUNT = "account", _lazy("Account")

    class Mail(models.TextChoices):
        """Whether it is sent by mail."""

        NONE = "", _lazy("no mail")
        WAITING = "waiting", _lazy("waiting")
        SENT = "sent", _lazy("sent")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    collection = models.ForeignKey("clustering.Collection", models.CASCADE, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    message = models.JSONField(help_text="The sentence as data (`wording.as_data`).")
    quote = SentenceField(blank=True, default="", help_text="What the other person wrote, or why the job failed.")
    address = models.CharField(max_length=500, blank=True, default="", help_text="Address that it links to.")
    key = models.CharField(max_length=100, null=True, blank=True, help_text="Is sent once per key.")  # noqa: DJ001 - many have none
    created = models.DateTimeField(db_default=Now(), editable=False)
    read = models.DateTimeField(null=True, blank=True)
    mail = models.CharField(max_length=10, choices=Mail.choices, default=Mail.NONE, blank=True)
    mail_tried = models.DateTimeField(null=True, blank=True)
    mail_problem = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "key"], name="notification_told_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["mention", "assigned", "job", "due", "account"]),
                name="notification_kind_is_known",
            ),
            models.CheckConstraint(condition=Q(mail__in=["", "waiting", "sent"]), name="notification_mail_is_known"),
        ]
        indexes = [
            # The number at the bell, shown on every page of the site.
            models.Index(fields=["person"], condition=Q(read__isnull=True), name="notification_unread"),
            # Mail that the sweep tries again.
            models.Index(fields=["mail_tried"], condition=Q(mail="waiting"), name="notification_to_mail"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.person_id}"
