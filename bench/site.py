"""What people wait for in an archive of this size: the list of collections, search, the first view, and an act."""

from __future__ import annotations

import statistics
from functools import partial
from typing import Any

from bench.acts import make_run, p95, timed
from bench.desk import act_times, first_view, read_pages

REPEATS = 9
ACTS = 20
TEXTS = 20_000
"""Pages with text, in as many collections as have them; the cost of a search grows with these."""
FRONT_PAGES = ("/", "/?q=c1", "/?sort=pages", "/?sort=activity")
SEARCHES = ("/search/?q=council", "/search/?q=minutes+meeting", "/search/?q=strike+wages+1968")


def site_figures(*, texts: int = TEXTS) -> dict[str, float]:
    """Return the server time of whole requests over everything in the database; collection c0 is the open one."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client

    from clustering.actions import publish_run
    from clustering.models import Collection, Reading, User

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    actor = User.objects.filter(username="alice").first() or User.objects.create_user("alice", is_staff=True)
    client = Client()
    client.force_login(actor)
    large: Any = Collection.objects.get(slug="c0")
    for collection in Collection.objects.order_by("pk"):
        if Reading.objects.count() >= texts and collection != large:
            break
        if not Reading.objects.filter(page__collection=collection).exists():
            read_pages(collection)
    publish_run(make_run(large), actor=actor)
    large.refresh_from_db()
    large.page_count_now = large.pages.count()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    front = [_median(client, path) for path in FRONT_PAGES]
    search = [_median(client, path) for path in SEARCHES]
    view = first_view(large, client, repeats=REPEATS)
    times = act_times(large, client, repeats=ACTS)
    return {
        "front_page_ms": max(front),
        "search_ms": max(search),
        "first_view_ms": view,
        "act_p95_ms": p95([each for verb in ("split", "merge", "move") for each in times[verb]]),
        "pages_with_text": Reading.objects.count(),
    }


def _median(client: Any, path: str) -> float:
    answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} was answered {answer.status_code}.")
    return statistics.median(timed(partial(client.get, path)) for _ in range(REPEATS))
