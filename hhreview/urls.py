"""Addresses: the admin for staff, the desk for everybody else."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from clustering.admin.passwords import password_change

handler400 = "hhreview.error_pages.bad_request"
handler500 = "hhreview.error_pages.server_error"

urlpatterns = [
    path("admin/password_change/", admin.site.admin_view(password_change, cacheable=True)),
    path("admin/", admin.site.urls),
    path("", include("clustering.urls")),
]
