"""Permissions in the admin: staff see everything and start jobs; rows that record what happened never change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from clustering.access import may_launch
from clustering.admin_log import message_of
from clustering.models import Collection
from clustering.request_values import whole_numbers

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin  # it takes no type argument at run time


MOST_LINKS = 50
"""Most collections in a list of links: with thousands, the page was slow and useless."""


class KeyedAdmin(ModelAdmin):
    """Its rows are found by their keys. Django's own stops with an error at an address with an empty `_to_field`."""

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return the row; a field without a name means the key."""
        return super().get_object(request, object_id, from_field or None)


class StaffAdmin(KeyedAdmin):
    """Staff need no permission of their own for each model: being staff is the role."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Staff see it on the index."""
        return may_launch(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Staff may look."""
        return may_launch(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Forbid deleting, because confirmed documents depend on these rows."""
        return False

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Return the change in the reader's language."""
        response = super().history_view(request, object_id, extra_context)
        if isinstance(response, TemplateResponse):
            for entry in (response.context_data or {})["action_list"]:
                entry.change_message = message_of(entry)
        return response


class CollectionFilter(admin.RelatedFieldListFilter):
    """A filter with links to all collections if they are few, or else only to the chosen one; search finds the rest."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: ModelAdmin) -> list[Any]:
        """Pairs of id and title: at most MOST_LINKS."""
        first = list(Collection.objects.values_list("pk", "title")[: MOST_LINKS + 1])
        if len(first) <= MOST_LINKS:
            return first
        chosen = whole_numbers(self.lookup_val or [])
        return list(Collection.objects.filter(pk__in=chosen).values_list("pk", "title"))

    def has_output(self) -> bool:
        """Show the filter even if the chosen one is the only choice, so that it can be cleared."""
        return super().has_output() or bool(self.lookup_choices and self.lookup_val)


class ReadOnlyAdmin(StaffAdmin):
    """Rows that are not edited by hand."""

    actions: Sequence[str] | None = None
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False
