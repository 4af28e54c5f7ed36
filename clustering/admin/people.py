"""People and their roles, in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group as Role
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _lazy

from clustering.admin.staff import KeyedAdmin
from clustering.models import User

admin.site.unregister(Role)
Role._meta.verbose_name = _lazy("role")
Role._meta.verbose_name_plural = _lazy("roles")


class RoleFilter(admin.RelatedFieldListFilter):
    """Called what the desk calls them."""

    def __init__(self, *given: Any, **more: Any) -> None:
        """As Django has it."""
        super().__init__(*given, **more)
        self.title = _lazy("role")


@admin.register(User)
class PersonAdmin(KeyedAdmin, UserAdmin):  # type: ignore[type-arg] # it takes none at run time
    """Accounts, as Django has them; when they signed in and began is read only."""

    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    list_filter = ("is_staff", "is_superuser", "is_active", ("groups", RoleFilter))

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Call roles what the desk calls them."""
        if db_field.name == "groups":
            words = _lazy("What this account may do in every collection that names nobody.")
            options.update(label=_lazy("Roles"), help_text=words)
        return super().formfield_for_manytomany(db_field, request, **options)


@admin.register(Role)
class RoleAdmin(KeyedAdmin, GroupAdmin):
    """Viewers and archivists, as Django has them."""
