"""Let the first command migrate the embedded database, so that people needn't know about migrations."""

from __future__ import annotations

import sys

from hhreview import layout, local
from hhreview.servers.starting import ServerFailed, ServerPaths

ABOUT_MIGRATIONS = frozenset(
    {"migrate", "makemigrations", "showmigrations", "sqlmigrate", "squashmigrations", "optimizemigration", "inspectdb"}
)


OURS = "clustering"
"""The application whose migrations are ours."""
_FORGET = "run `make clean-data`" if layout.CHECKOUT else "run `hhreview forget_data`"


def bring_up_to_date(paths: ServerPaths, command: str) -> None:
    """Run the migrations that the embedded database lacks, one process at a time.

    A database that DATABASE_URL names is its operator's: it is left as it is.
    """
    if command in ABOUT_MIGRATIONS or not local.embedded("DATABASE_URL"):
        return
    import django
    from django.core.management import call_command

    django.setup()
    foreign = made_by_another_version()
    if foreign:
        raise ServerFailed(foreign)
    if not _lacking():
        return
    with local.alone(paths):
        if _lacking():  # else another command was first
            sys.stderr.write("Preparing the database…\n")
            call_command("migrate", verbosity=0, interactive=False)


def made_by_another_version() -> str:
    """Return what to do about a database whose migrations this version does not know, or "" if it knows all.

    Those of development versions were replaced by one first migration; a newer version has more.
    """
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.recorder import MigrationRecorder

    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    applied = MigrationRecorder(connection).applied_migrations()
    unknown = [name for app, name in sorted({*applied} - {*loader.disk_migrations}) if app == OURS]
    if not unknown:
        return ""
    empty = (
        f"{_FORGET}, then start again with an empty one"
        if local.embedded("DATABASE_URL")
        else "name an empty database in DATABASE_URL"
    )
    return (
        f"This database was made by another version of hhreview: it has the migration {unknown[-1]}, which this "
        f"version does not know. To keep the data, run that version. If you don’t need the data, {empty}."
    )


def _lacking() -> bool:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
