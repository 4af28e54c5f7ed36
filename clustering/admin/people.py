"""People and their roles, in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group as Role
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _lazy

from clustering.admin.staff import KeyedAdmin
from clustering.models import User

admin.site.unregister(Role)
Role._meta.verbose_name = _lazy("role")
Role._meta.verbose_name_plural = _lazy("roles")


class RoleFilter(admin.RelatedFieldListFilter):
    """Site roles, under the name that the site uses."""

    def __init__(self, *given: Any, **more: Any) -> None:
        """As Django has it."""
        super().__init__(*given, **more)
        self.title = _lazy("role")


def _without(nested: list[Any], start: str) -> list[Any]:
    lines = [line for line in nested if isinstance(line, list) or not str(line).startswith(start)]
    return [_without(line, start) if isinstance(line, list) else line for line in lines]


@admin.register(User)
class PersonAdmin(KeyedAdmin, UserAdmin):  # type: ignore[type-arg] # it takes none at run time
    """Accounts, as Django has them; when they signed in and began is read only."""

    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    list_filter = ("is_staff", "is_superuser", "is_active", ("groups", RoleFilter))

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Send what the field showed as well, to tell what this person changed from what someone else did since."""
        return super().formfield_for_dbfield(db_field, request, show_hidden_initial=True, **options)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's own
        """Write only the fields changed in the form, so that changes by others since are kept."""
        if not change:
            super().save_model(request, obj, form, change)
            return
        own = {field.name for field in User._meta.concrete_fields}
        obj.save(update_fields=[name for name in form.changed_data if name in own])

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, Any, Any]:
        """Count log entries instead of listing them, since they are stored as data that people can't read."""
        nested, counts, forbidden, protected = super().get_deleted_objects(objs, request)
        return _without(nested, f"{capfirst(LogEntry._meta.verbose_name)}: "), counts, forbidden, protected

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Call roles what the desk calls them."""
        if db_field.name == "groups":
            words = _lazy("What this account may do in every collection that names nobody.")
            options.update(label=_lazy("Roles"), help_text=words)
        return super().formfield_for_manytomany(db_field, request, **options)


@admin.register(Role)
class RoleAdmin(KeyedAdmin, GroupAdmin):
    """Viewers and archivists, as Django has them."""
