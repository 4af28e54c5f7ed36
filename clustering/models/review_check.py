"""Review checks: seams in the queue that were decided before, which people answer again without knowing that."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _lazy


class ReviewCheck(models.Model):
    """A decided seam that was shown again in the queue, and the answer, which never changes the desk.

    `expected` is the state of the desk at the time, and `basis` where it came from: an answer, a confirmed group, or a
    group confirmed in bulk. A person may answer the same seam again; the last answer counts.
    """

    class Basis(models.TextChoices):
        """Where the earlier decision came from."""

        ANSWER = "answer", _lazy("answered")
        CONFIRMED = "confirmed", _lazy("confirmed")
        ACCEPTED = "accepted", _lazy("confirmed in bulk")

    collection = models.ForeignKey("clustering.Collection", models.CASCADE, related_name="review_checks")
    first = models.ForeignKey("clustering.Page", models.CASCADE, related_name="+")
    second = models.ForeignKey("clustering.Page", models.CASCADE, related_name="+")
    expected = models.CharField(
        max_length=10, choices=[("same", "same document"), ("different", "different documents")]
    )
    basis = models.CharField(max_length=10, choices=Basis.choices)
    earlier = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who made the earlier decision.",
    )
    verdict = models.CharField(max_length=10, choices=[("same", "same document"), ("different", "different documents")])
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="review_checks")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["collection", "-created"]
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict__in=["same", "different"]), name="review_check_verdict_is_known"
            ),
            models.CheckConstraint(
                condition=Q(expected__in=["same", "different"]), name="review_check_expected_is_known"
            ),
            models.CheckConstraint(
                condition=Q(basis__in=["answer", "confirmed", "accepted"]), name="review_check_basis_is_known"
            ),
            models.UniqueConstraint(fields=["first", "second", "actor"], name="review_check_once_per_person"),
            models.CheckConstraint(condition=~Q(first=F("second")), name="review_check_is_about_two_pages"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}: {self.get_verdict_display()}"

    @property
    def agrees(self) -> bool:
        """Whether both decisions are the same."""
        return self.verdict == self.expected
