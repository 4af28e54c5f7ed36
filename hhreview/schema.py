"""The embedded database is brought up to date by whatever command comes first: nobody has to know about migrations."""

from __future__ import annotations

import sys

from hhreview import local
from hhreview.servers.starting import Places

ABOUT_MIGRATIONS = frozenset(
    {"migrate", "makemigrations", "showmigrations", "sqlmigrate", "squashmigrations", "optimizemigration", "inspectdb"}
)


def bring_up_to_date(places: Places, command: str) -> None:
    """Run the migrations that the embedded database lacks, one process at a time.

    A database that DATABASE_URL names is its operator's: it is left as it is.
    """
    if command in ABOUT_MIGRATIONS or not local.embedded("DATABASE_URL"):
        return
    import django
    from django.core.management import call_command

    django.setup()
    if not _lacking():
        return
    with local.alone(places):
        if _lacking():  # else another command was first
            sys.stderr.write("Preparing the database…\n")
            call_command("migrate", verbosity=0, interactive=False)


def _lacking() -> bool:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
