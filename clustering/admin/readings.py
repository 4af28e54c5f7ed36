"""What can only be read: runs, seams, groups, pages, edits, problems."""

from __future__ import annotations

from django.contrib import admin

from clustering.admin.staff import CollectionFilter, ReadOnlyAdmin
from clustering.models import ApiToken, Edit, Group, JobProblem, Opinion, Page, Run, SeamScore


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    """Proposals, side by side."""

    list_display = ["__str__", "collection", "method", "encoder", "group_count", "page_count", "state", "created"]
    list_filter = [("collection", CollectionFilter), "method", "state"]
    list_select_related = ["collection"]
    search_fields = ["collection__title", "collection__slug", "method", "=id"]


@admin.register(SeamScore)
class SeamScoreAdmin(ReadOnlyAdmin):
    """What a run thinks of single seams."""

    list_display = ["run", "page", "probability", "boundary"]
    list_filter = ["boundary"]
    list_select_related = ["run", "page"]
    search_fields = ["page__identifier", "=run__id"]


@admin.register(Opinion)
class OpinionAdmin(ReadOnlyAdmin):
    """Answers of a language model, with their cost."""

    list_display = ["page", "collection", "kind", "model", "answer", "sent", "received", "cost", "reused", "created"]
    list_filter = [("collection", CollectionFilter), "kind", "model", "reused"]
    list_select_related = ["page", "collection"]
    search_fields = ["page__identifier", "collection__title", "collection__slug"]


@admin.register(Group)
class GroupAdmin(ReadOnlyAdmin):
    """Groups at the desk; they are edited there."""

    list_display = ["__str__", "collection", "number", "state", "page_count", "first_position", "confirmed_by"]
    list_filter = [("collection", CollectionFilter), "state", "flagged"]
    list_select_related = ["collection", "confirmed_by"]
    search_fields = ["title", "note", "=number", "collection__title", "collection__slug"]


@admin.register(Page)
class PageAdmin(ReadOnlyAdmin):
    """Pages with their files' facts."""

    list_display = ["identifier", "position", "collection", "filename", "width", "height", "media_type"]
    list_filter = [("collection", CollectionFilter), "media_type", "role"]
    list_select_related = ["collection"]
    search_fields = ["identifier", "pid", "filename", "collection__title", "collection__slug"]


@admin.register(Edit)
class EditAdmin(ReadOnlyAdmin):
    """Changes to documents."""

    list_display = ["summary", "collection", "verb", "actor", "created", "undone"]
    list_filter = [("collection", CollectionFilter), "verb", "undone"]
    list_select_related = ["collection", "actor"]
    search_fields = ["summary", "collection__title", "collection__slug"]


@admin.register(JobProblem)
class ProblemAdmin(ReadOnlyAdmin):
    """What went wrong with single pages and files."""

    list_display = ["message", "filename", "job", "is_warning", "created"]
    list_filter = ["is_warning", "job__kind", ("job__collection", CollectionFilter)]
    list_select_related = ["job__collection"]
    search_fields = ["filename", "message", "=job__id", "job__collection__title", "job__collection__slug"]


@admin.register(ApiToken)
class TokenAdmin(ReadOnlyAdmin):
    """Who has tokens of the API, and when they were used; each person makes and revokes their own."""

    list_display = ["name", "start", "user", "scope", "created", "last_used", "expires", "revoked"]
    list_filter = ["scope", "user"]
    list_select_related = ["user"]
    search_fields = ["name", "user__username"]
    exclude = ["digest"]
