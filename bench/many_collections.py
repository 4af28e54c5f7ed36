"""The front page of an archive with thousands of collections: its server time and its size.

    python bench/many_collections.py [--collections 5000] [--pages 40] [--json]

bench/desk.py prints the same keys beside its own: front_page_ms_N is the slowest of the kinds of requests that the page
answers (plain, search, filters, sorts), each the median of repeats; front_page_kb_N the size of the largest answer.
front_page_cpu_ms_N is what a request costs the processor, web process and database together, on average: the rest of
the time it waits for a core.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.acts import own_database, timed

PAGES = 40
PAGES_A_GROUP = 4
REPEATS = 7
REQUESTS = ("/", "/?q=union+12", "/?status=unprocessed", "/?mine=1", "/?status=review&sort=activity",
            "/?sort=activity", "/?sort=pages", "/?page=77")  # fmt: skip

_FILL = (
    "TRUNCATE clustering_collection CASCADE",
    """
    INSERT INTO clustering_collection (slug, title, identifier, note, ocr_language, settings, version, reordered,
        redrafted, next_group_number, created, closed)
    SELECT 'org-' || n, 'Union of organization ' || n, 'HH' || lpad(n::text, 6, '0'), '', '', '{{}}', 1, 0, 0,
        {groups} + 1, now() - n * interval '1 hour', CASE WHEN n %% 20 = 7 THEN now() END
    FROM generate_series(1, {count}) AS n
    """,
    """
    INSERT INTO clustering_group (collection_id, number, state, edited, title, kind, date, language, note, details,
        draft, accepted_drafts, awaits_draft, flagged, flag_note, first_position, page_count, version, created, updated,
        confirmed_at)
    SELECT c.id, n, said.state, said.state <> 'proposed', '', '', '', '', '', '{{}}',
        '{{"title": {{"value": "To all members of the council", "confidence": 0.8, "evidence": "page 1, line 3"}}}}',
        '{{}}', false, false, '', {size} * (n - 1) + 1, {size}, 1, now(), now(),
        CASE WHEN said.state = 'confirmed' THEN now() END
    FROM clustering_collection c CROSS JOIN generate_series(1, {groups}) AS n CROSS JOIN LATERAL (
        SELECT CASE WHEN c.id %% 5 = 1 OR (c.id %% 5 = 2 AND n %% 2 = 0) THEN 'confirmed' ELSE 'proposed' END AS state
    ) AS said
    WHERE c.id %% 5 <> 0
    """,
    """
    INSERT INTO clustering_page (collection_id, position, identifier, pid, label, filename, sha256, size_bytes,
        media_type, width, height, role, restricted, restricted_reason, group_id, group_order)
    SELECT c.id, p, c.slug || '_' || p, '', '', c.slug || '_' || p || '.jpg', lpad(p::text, 64, '0'), 1000,
        'image/jpeg', 930, 1200, '', false, '', g.id, CASE WHEN g.id IS NULL THEN NULL ELSE (p - 1) %% {size} + 1 END
    FROM clustering_collection c CROSS JOIN generate_series(1, {pages}) AS p
    LEFT JOIN clustering_group g ON g.collection_id = c.id AND g.number = (p - 1) / {size} + 1
    """,
    """
    INSERT INTO clustering_run (collection_id, method, settings, encoder, model, state, group_count, page_count,
        seconds, warnings, strays, weighing, created, published)
    SELECT id, 'seams', '{{}}', '', '', 'ready', {groups}, {pages}, 1, '[]', '[]', '{{}}', now(), now()
    FROM clustering_collection WHERE id %% 5 <> 0
    """,
    """
    INSERT INTO clustering_seamscore (run_id, page_id, probability, boundary, evidence)
    SELECT r.id, p.id, CASE WHEN p.id %% 8 = 0 THEN 0.5 WHEN p.position %% {size} = 0 THEN 0.97 ELSE 0.02 END,
        p.position %% {size} = 0, jsonb_build_array(repeat('evidence ', 40))
    FROM clustering_run r JOIN clustering_page p ON p.collection_id = r.collection_id AND p.position < {pages}
    """,
    """
    INSERT INTO clustering_edit (collection_id, sequence, act_id, actor_id, verb, summary, before, after, groups,
        pages, undone, created)
    SELECT c.id, n, gen_random_uuid(), {actor}, 'confirm', 'Confirmed a document of 4 pages.', '[]', '[]',
        ARRAY[g.id], '{{}}', false, now() - c.id * interval '1 minute'
    FROM clustering_collection c JOIN clustering_group g ON g.collection_id = c.id AND g.number = 1
        CROSS JOIN generate_series(1, 5) AS n
    """,
    """
    INSERT INTO clustering_job (collection_id, kind, params, state, stage, slices, lapses, priority, done, total,
        error, result)
    SELECT id, 'process', '{{}}', CASE WHEN id %% 50 = 3 THEN 'running' ELSE 'done' END, '', 0, 0, 0, 0, 0, '', '{{}}'
    FROM clustering_collection
    """,
    """
    INSERT INTO clustering_assignment (collection_id, person_id, due, note, created)
    SELECT id, {actor}, '2030-01-01', '', now() FROM clustering_collection WHERE id %% 4 = 0
    """,
    """
    INSERT INTO clustering_collectionrole (collection_id, person_id, role)
    SELECT id, {actor}, 'edit' FROM clustering_collection WHERE id %% 3 = 0
    """,
)


def fill(count: int, *, pages: int, actor: int) -> None:
    """Replace all collections of the bench's own database by so many: a fifth without a proposal, the others
    proposed, in review and done."""
    from django.db import connection

    size = {"groups": pages // PAGES_A_GROUP, "size": PAGES_A_GROUP}
    with connection.cursor() as cursor:
        for statement in _FILL:
            cursor.execute(statement.format(count=count, pages=pages, actor=actor, **size), ())


def front_page(client: Any, actor: Any, *, count: int = 5000, pages: int = PAGES) -> dict[str, float]:
    """front_page_ms_N_collections and front_page_kb_N_collections."""
    from django.db import connection

    fill(count, pages=pages, actor=actor.pk)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    times, sizes = [], []
    for path in REQUESTS:  # so that nothing is loaded by a request that is measured
        client.get(path)
    began = cpu_seconds()
    for path in REQUESTS:
        answer = client.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} was answered {answer.status_code}.")
        times.append(statistics.median(timed(partial(client.get, path)) for _ in range(REPEATS)))
        sizes.append(len(answer.content) / 1000)
        print(f"{path:34} {times[-1]:6.1f} ms {sizes[-1]:6.1f} kB", file=sys.stderr)
    each = 1000 * (cpu_seconds() - began) / (len(REQUESTS) * (REPEATS + 1))
    name = f"{count}_collections"
    return {
        f"front_page_ms_{name}": max(times),
        f"front_page_cpu_ms_{name}": each,
        f"front_page_kb_{name}": max(sizes),
    }


def cpu_seconds() -> float:
    """Of this process, and of the database's process that answers it."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    fields = Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()
    return time.process_time() + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measures, prints, and with --json one object as the last line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--collections", type=int, default=5000)
    parser.add_argument("--pages", type=int, default=PAGES)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with own_database():
        from django.conf import settings
        from django.test import Client

        from clustering.models import User

        settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
        actor = User.objects.create_user("alice", is_staff=True)
        client = Client()
        client.force_login(actor)
        figures = front_page(client, actor, count=options.collections, pages=options.pages)
    for name, value in figures.items():
        print(f"{name:34} {value:10.1f}")
    if options.json:
        print(json.dumps({name: round(value, 2) for name, value in figures.items()}))


if __name__ == "__main__":
    main()
