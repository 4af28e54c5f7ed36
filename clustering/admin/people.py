"""People and their roles, in the admin."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group as Role

from clustering.admin.staff import KeyedAdmin
from clustering.models import User

admin.site.unregister(Role)


@admin.register(User)
class PersonAdmin(KeyedAdmin, UserAdmin):  # type: ignore[type-arg] # it takes none at run time
    """Accounts, as Django has them; when they signed in and began is read only."""

    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")


@admin.register(Role)
class RoleAdmin(KeyedAdmin, GroupAdmin):
    """Viewers and archivists, as Django has them."""
