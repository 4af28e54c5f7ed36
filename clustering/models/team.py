"""Teams, roles in single collections, and assignments with a due date."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from clustering.models.natural import Natural


class Team(models.Model):
    """People who are given access and work together."""

    name = models.CharField(max_length=100, unique=True)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="teams", blank=True)

    class Meta:
        ordering = [Natural("name")]

    def __str__(self) -> str:
        return self.name


def _one_of_two(name: str) -> models.CheckConstraint:
    one = Q(person__isnull=False, team__isnull=True) | Q(person__isnull=True, team__isnull=False)
    return models.CheckConstraint(condition=one, name=name)


class CollectionRole(models.Model):
    """What one person or team may do in one collection.

    Without any such row, a collection is open to everyone according to their role in the site. With one, only the
    people named (and staff) have access.
    """

    class Role(models.TextChoices):
        SEE = "see", _lazy("See")
        EDIT = "edit", _lazy("Edit")
        MANAGE = "manage", _lazy("Manage")

    collection = models.ForeignKey("clustering.Collection", models.CASCADE, related_name="roles")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="collection_roles"
    )
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="collection_roles")
    role = models.CharField(max_length=10, choices=Role.choices)

    class Meta:
        ordering = ["collection", "pk"]
        constraints = [
            _one_of_two("role_of_a_person_or_a_team"),
            models.UniqueConstraint(fields=["collection", "person"], name="role_one_per_person"),
            models.UniqueConstraint(fields=["collection", "team"], name="role_one_per_team"),
            models.CheckConstraint(condition=Q(role__in=["see", "edit", "manage"]), name="role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.person or self.team}: {self.get_role_display()}"


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Reads of assignments, named for what they return."""

    def open(self) -> AssignmentQuerySet:
        """Return assignments that aren't done."""
        return self.filter(done__isnull=True)

    def of(self, person: int | None) -> AssignmentQuerySet:
        """Return the assignments of a person and of their teams."""
        mine = Team.members.through.objects.filter(user=person).values("team")
        return self.filter(Q(person=person) | Q(team__in=mine))


class Assignment(models.Model):
    """A collection, or a range of its pages, that a person or team is to work on. open -> done.

    While it is open, the person or team may edit the collection.
    """

    collection = models.ForeignKey("clustering.Collection", models.CASCADE, related_name="assignments")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="assignments"
    )
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="assignments")
    first_page = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: the whole collection.")
    last_page = models.PositiveIntegerField(null=True, blank=True)
    due = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created = models.DateTimeField(auto_now_add=True)
    done = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = [F("due").asc(nulls_last=True), "pk"]
        constraints = [
            _one_of_two("assignment_of_a_person_or_a_team"),
            models.CheckConstraint(
                condition=Q(first_page__isnull=True, last_page__isnull=True)
                | Q(first_page__gte=1, last_page__gte=F("first_page")),
                name="assignment_pages_in_order",
            ),
        ]
        indexes = [
            # Open assignments in the collections on the front page, and who may edit a collection.
            models.Index(fields=["collection"], condition=Q(done__isnull=True), name="assignment_open"),
        ]

    def __str__(self) -> str:
        return f"{self.whose}: {self.collection_id}"

    @property
    def whose(self) -> str:
        """The name of the person or team."""
        return self.person.shown_name if self.person else str(self.team)

    @property
    def extent(self) -> str:
        """Which pages, in words; empty for the whole collection."""
        if self.first_page is None:
            return ""
        if self.first_page == self.last_page:
            return _("page %(page)s") % {"page": self.first_page}
        return _("pages %(first)s to %(last)s") % {"first": self.first_page, "last": self.last_page}
