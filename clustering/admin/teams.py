"""Teams, in the admin; roles and assignments are given on each collection's page of people."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _lazy

from clustering.access import may_launch
from clustering.admin.staff import StaffAdmin
from clustering.models import Team


@admin.register(Team)
class TeamAdmin(StaffAdmin):
    """Who is in which team."""

    list_display = ["name", "people"]
    search_fields = ["name", "members__username"]
    filter_horizontal = ["members"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With how many people are in each."""
        return Team.objects.annotate(people_count=Count("members"))

    @admin.display(description=_lazy("People"), ordering="people_count")
    def people(self, team: Any) -> int:
        """How many."""
        count: int = team.people_count
        return count

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Staff make teams."""
        return may_launch(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Staff change them."""
        return may_launch(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let staff delete teams, together with their roles and assignments."""
        return may_launch(request.user)
