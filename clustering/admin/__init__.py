"""The admin, for staff: collections and their jobs; everything that was computed or edited is there to read only."""

from django.contrib import admin

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

admin.site.site_header = "hhreview administration"
admin.site.site_title = "hhreview"
admin.site.login_form = StaffSignInForm
admin.site.index_title = "Collections and jobs"
