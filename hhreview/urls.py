"""Addresses: the admin for staff, the desk for everybody else."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

handler400 = "hhreview.error_pages.bad_request"
handler500 = "hhreview.error_pages.server_error"

urlpatterns = [
    path("admin/password_change/", RedirectView.as_view(pattern_name="own-password")),
    path("admin/", admin.site.urls),
    path("", include("clustering.urls")),
]
