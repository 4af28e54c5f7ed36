"""The admin, for staff: collections and their jobs; everything that was computed or edited is there to read only."""

from django.apps import apps
from django.contrib import admin
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _lazy

from clustering.admin.brakes import BrakeAdmin
from clustering.admin.collections import CollectionAdmin
from clustering.admin.jobs import JobAdmin
from clustering.admin.passwords import StaffSignInForm
from clustering.admin.people import PersonAdmin, RoleAdmin
from clustering.admin.readings import (
    EditAdmin,
    GroupAdmin,
    OpinionAdmin,
    PageAdmin,
    ProblemAdmin,
    RunAdmin,
    SeamScoreAdmin,
    TokenAdmin,
)
from clustering.admin.teams import TeamAdmin

__all__ = [
    "BrakeAdmin",
    "CollectionAdmin",
    "EditAdmin",
    "GroupAdmin",
    "JobAdmin",
    "OpinionAdmin",
    "PageAdmin",
    "PersonAdmin",
    "ProblemAdmin",
    "RoleAdmin",
    "RunAdmin",
    "SeamScoreAdmin",
    "TeamAdmin",
    "TokenAdmin",
]

admin.site.site_header = _lazy("hhreview administration")
admin.site.site_title = "hhreview"
admin.site.login_form = StaffSignInForm
admin.site.enable_nav_sidebar = False  # the bar on top and the first page lead everywhere, and lists need the width
admin.site.index_title = _lazy("Collections and jobs")


def _tell_names() -> None:
    """Tell the names of rows and fields, and the hints on fields, in the language of now; `manage.py messages` collects
    those that the admin shows."""
    for model in apps.get_app_config("clustering").get_models():
        if "verbose_name_plural" not in model._meta.original_attrs and isinstance(model._meta.verbose_name, str):
            model._meta.verbose_name_plural = f"{model._meta.verbose_name}s"
        for named in (model._meta, *model._meta.fields, *model._meta.many_to_many):
            for name in ("verbose_name", "verbose_name_plural", "help_text"):
                words = getattr(named, name, "")
                if words and not isinstance(words, Promise):
                    setattr(named, name, _lazy(words))


_tell_names()
