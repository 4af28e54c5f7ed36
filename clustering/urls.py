"""Addresses of the desk. Slugs of collections stand below /c/, so that they never meet another word."""

from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import URLPattern, URLResolver, include, path

from clustering.api import v1
from clustering.views.collections import closing, collection_settings, collections, dashboard, people, removing
from clustering.views.desk import (
    changes,
    describing,
    desk,
    pages,
    plain_list,
    print_sheet,
    restricted,
    searching,
    table,
)
from clustering.views.export import downloads, export_settings
from clustering.views.history import history, restoring
from clustering.views.iiif import iiif, scans
from clustering.views.intake import intake, tus, uploads
from clustering.views.people import (
    filters,
    forgotten,
    key_help,
    language,
    metrics,
    notifications,
    passwords,
    sign_in,
    tokens,
    tour,
)
from clustering.views.queue import accept, around, audit, queue, queue_list
from clustering.views.runs import arranging, jobs, learning, outcome, previewing, runs
from clustering.views.staff import assigning, workers
from clustering.views.staff import jobs as staff_jobs
from clustering.views.staff import people as staff_people

SHOWN = "iiif/<slug:slug>/images/<path:identifier>/full/<str:size>/<int:rotation>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", collections.collections, name="collections"),
    path("notifications/", notifications.notifications, name="notifications"),
    path("notifications/<int:pk>/", notifications.notification, name="notification"),
    path("places/", collections.places, name="places"),
    path("filters/", filters.filters, name="filters"),
    path("my-work/", people.my_work, name="my-work"),
    path("staff/jobs/", staff_jobs.jobs, name="staff-jobs"),
    path("staff/jobs/again/", staff_jobs.again, name="staff-jobs-again"),
    path("staff/jobs/cancel/", staff_jobs.cancel_waiting, name="staff-jobs-cancel"),
    path("staff/jobs/now/", staff_jobs.now, name="staff-jobs-now"),
    path("staff/process/", staff_jobs.process, name="staff-process"),
    path("staff/assign/", assigning.assign_many, name="staff-assign"),
    path("staff/people/", staff_people.people, name="staff-people"),
    path("staff/people/<int:pk>/reset/", staff_people.reset, name="staff-reset"),
    path("staff/workers/", workers.workers, name="staff-workers"),
    path("welcome/<uidb64>/<token>/", passwords.ChoosePassword.as_view(), name="choose-password"),
    path("assignments/<int:pk>/", people.assignment, name="assignment"),
    path("c/<slug:slug>/people/", people.people, name="collection-people"),
    path("new/", intake.new_collection, name="new-collection"),
    path("new/short-name/", intake.short_name, name="short-name"),
    path("new/folders/", intake.folders, name="intake-folders"),
    path("c/<slug:slug>/add/", intake.add_scans, name="add-scans"),
    path("uploads/<uuid:key>/", uploads.upload, name="upload"),
    path("uploads/<uuid:key>/files/", tus.upload_files, name="upload-files"),
    path("uploads/<uuid:key>/files/<int:pk>/", tus.upload_file, name="upload-file"),
    path("uploads/<uuid:key>/finish/", uploads.finish, name="upload-finish"),
    path("uploads/<uuid:key>/abandon/", uploads.abandon, name="upload-abandon"),
    path("dashboard/", dashboard.all_dashboard, name="all-dashboard"),
    path("c/<slug:slug>/dashboard/", dashboard.dashboard, name="dashboard"),
    path("c/<slug:slug>/dashboard/map/", dashboard.dashboard_map, name="dashboard-map"),
    path("sign-in/", sign_in.SignIn.as_view(), name="login"),
    path("sign-in/here/", sign_in.sign_in_here, name="sign-in-here"),
    path("password/", passwords.OwnPassword.as_view(), name="own-password"),
    path("forgot-password/", forgotten.forgot_password, name="forgot-password"),
    path("sign-out/", LogoutView.as_view(), name="logout"),
    path("api/v1/", include((v1.urlpatterns, "api"), namespace=v1.NAMESPACE)),
    path("metrics", metrics.metrics, name="metrics"),
    path("tour/", tour.tour, name="tour"),
    path("dates/", describing.written_date, name="written-date"),
    path("keys/", key_help.key_help, name="keys"),
    path("keys/mine/", key_help.my_keys, name="my-keys"),
    path("language/", language.language, name="language"),
    path("language/<slug:code>/<slug:digest>/", language.Catalog.as_view(), name="catalog"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/<int:pk>/revoke/", tokens.revoke, name="revoke-token"),
    path("c/<slug:slug>/", desk.desk, name="desk"),
    path("c/<slug:slug>/index/", desk.desk_index, name="desk-index"),
    path("c/<slug:slug>/pages/", desk.desk_pages, name="desk-pages"),
    path("c/<slug:slug>/find/", desk.find_page, name="desk-find"),
    path("c/<slug:slug>/changes/", changes.changes, name="desk-changes"),
    path("c/<slug:slug>/terms/", describing.terms, name="desk-terms"),
    path("c/<slug:slug>/suggest/<int:pk>/", describing.suggest, name="suggest"),
    path("c/<slug:slug>/queue/", queue.queue, name="queue"),
    path("c/<slug:slug>/queue/seams/", queue.queue_seams, name="queue-seams"),
    path("c/<slug:slug>/queue/around/<int:position>/", around.queue_around, name="queue-around"),
    path("c/<slug:slug>/queue/alike/", queue.queue_alike, name="queue-alike"),
    path("c/<slug:slug>/queue/list/", queue_list.queue_list, name="queue-list"),
    path("c/<slug:slug>/accept/", accept.accept, name="accept"),
    path("c/<slug:slug>/audit/", audit.audit, name="audit"),
    path("c/<slug:slug>/table/", table.table, name="table"),
    path("c/<slug:slug>/table/check/", table.check, name="table-check"),
    path("c/<slug:slug>/print/", print_sheet.print_sheet, name="print-sheet"),
    path("c/<slug:slug>/list/", plain_list.plain_list, name="plain-list"),
    path("c/<slug:slug>/list/act/", plain_list.act, name="plain-act"),
    path("c/<slug:slug>/panel/<int:position>/", pages.page_panel, name="page-panel"),
    path("c/<slug:slug>/seams/<int:position>/", pages.seam, name="seam"),
    path("c/<slug:slug>/runs/", runs.runs, name="runs"),
    path("c/<slug:slug>/runs/publish/", runs.publish, name="publish-run"),
    path("c/<slug:slug>/runs/arrangement/", arranging.arrangement, name="upload-arrangement"),
    path("c/<slug:slug>/runs/<int:pk>/preview/", previewing.preview, name="preview-run"),
    path("c/<slug:slug>/restricted/", restricted.restricted, name="restricted"),
    path("c/<slug:slug>/restricted/likely/", restricted.likely, name="likely-personal"),
    path("c/<slug:slug>/found/<slug:which>/", outcome.pages_with, name="found"),
    path("c/<slug:slug>/learning/", learning.learning, name="learning"),
    path("c/<slug:slug>/history/", history.history, name="history"),
    path("c/<slug:slug>/history/<int:sequence>/", history.act, name="history-act"),
    path("c/<slug:slug>/history/<int:sequence>/undo/", history.undo_or_redo, name="history-undo"),
    path("c/<slug:slug>/history/<int:sequence>/restore/", restoring.restore, name="history-restore"),
    path("c/<slug:slug>/settings/description/", collection_settings.description_template, name="description-template"),
    path("c/<slug:slug>/settings/", collection_settings.collection_settings, name="collection-settings"),
    path("c/<slug:slug>/archive/", removing.archive, name="archive-collection"),
    path("c/<slug:slug>/delete/", removing.delete, name="delete-collection"),
    path("staff/deleted/", removing.deleted, name="deleted-collections"),
    path("c/<slug:slug>/close/", closing.close, name="close-collection"),
    path("c/<slug:slug>/search/", searching.search, name="search"),
    path("search/", searching.search_everywhere, name="search-all"),
    path("c/<slug:slug>/documents/<int:number>/", desk.document, name="document"),
    path("c/<slug:slug>/export/", downloads.downloads, name="downloads"),
    path("c/<slug:slug>/export/settings/", export_settings.export_settings_page, name="export-settings"),
    path("c/<slug:slug>/export/<slug:key>/", downloads.download, name="download"),
    path("c/<slug:slug>/export/<slug:key>/launch/", downloads.launch, name="launch-export"),
    path("iiif/<slug:slug>/collection.json", iiif.iiif_collection, name="iiif-collection"),
    path("iiif/<slug:slug>/<int:number>/manifest.json", iiif.iiif_manifest, name="iiif-manifest"),
    path("iiif/<slug:slug>/thumbnails/<path:identifier>", iiif.iiif_thumbnail, name="iiif-thumbnail"),
    *(
        path(
            f"iiif/<slug:slug>/images/<path:identifier>/full/<str:size>/<int:rotation>/default.{suffix}",
            iiif.iiif_shown,
        )
        for suffix in ("jpg", "webp")
    ),
    path("iiif/<slug:slug>/images/<path:identifier>", iiif.iiif_image, name="iiif-image"),
    path("pages/<int:pk>/", pages.page, name="page"),
    path("pages/<int:pk>/show/", restricted.show, name="show-page"),
    path("pages/<int:pk>/similar/", pages.similar, name="similar"),
    path("scans/<int:pk>/<str:size>/<str:digest>/", scans.scan, name="scan"),
    path("jobs/<int:pk>/", jobs.job, name="job"),
    path("jobs/<int:pk>/progress/", jobs.progress, name="job-progress"),
    path("jobs/<int:pk>/file/", jobs.export, name="job-file"),
    path("jobs/<int:pk>/cancel/", jobs.cancel, name="job-cancel"),
    path("jobs/<int:pk>/again/", jobs.again, name="job-again"),
    path("jobs/<int:pk>/now/", jobs.now, name="job-now"),
    path("jobs/<int:pk>/agree/", jobs.agree, name="job-agree"),
]
