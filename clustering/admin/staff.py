"""Who may do what in the admin: staff look at all and start jobs; rows that record what happened never change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from clustering.access import may_launch

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin  # it takes no type argument at run time


class StaffAdmin(ModelAdmin):
    """Staff need no permission of their own for each model: being staff is the role."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Staff see it on the index."""
        return may_launch(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Staff may look."""
        return may_launch(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody deletes here: what archivists confirmed hangs on these rows."""
        return False


class ReadOnlyAdmin(StaffAdmin):
    """Rows that nobody writes by hand."""

    actions: Sequence[str] | None = None
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False
