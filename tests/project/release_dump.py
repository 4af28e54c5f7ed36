"""Write the dump of a release, which later versions have to migrate: `python -m tests.project.release_dump VERSION`.

Run it once, on the commit that is tagged. It works in a folder of its own, which goes afterwards.
"""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from hhreview.servers import as_root, postgres
from hhreview.servers.starting import ServerPaths

RELEASES = Path(__file__).resolve().parent / "releases"
SLUG = "letters"
PASSWORD = "only for the upgrade test"
ACTS = 40


def main() -> None:
    """Import, process, review for a while, dump."""
    version = sys.argv[1]
    with tempfile.TemporaryDirectory(prefix="hhr-") as folder:
        os.environ.update(HHREVIEW_DATA_DIR=f"{folder}/data", DJANGO_SETTINGS_MODULE="hhreview.settings")
        from hhreview import local

        with local.servers() as paths:
            import django
            from django.core.management import call_command

            django.setup()
            call_command("migrate", verbosity=0)
            call_command("make_sample", f"{folder}/scans", documents=4, seed=5, scale=0.5)
            call_command("import_pages", SLUG, f"{folder}/scans")
            call_command("process", SLUG)
            review()
            written = dump(paths, "hhreview", "--inserts")
    # What only psql understands goes, and what a superuser alone may write.
    kept = "\n".join(line for line in written.splitlines() if not line.startswith(("\\", "--", "COMMENT ON EXTENSION")))
    target = RELEASES / f"{version}.sql.gz"
    target.write_bytes(gzip.compress(kept.encode(), mtime=0))
    sys.stdout.write(f"{target}: {target.stat().st_size} bytes\n")


def dump(paths: ServerPaths, database: str, *options: str) -> str:
    """Return what pg_dump writes about a database of the embedded server."""
    account = as_root.postgres_account()
    programs = postgres.programs() if account is None else as_root.programs_for(account, postgres.programs())
    command: list[str | Path] = [
        programs / "pg_dump",
        "-h",
        paths.sockets,
        "-U",
        "postgres",
        "--no-owner",
        *options,
        database,
    ]
    written: str = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return written


def review() -> None:
    """Let two people work on it, so that every kind of row of the desk is there."""
    from django.contrib.auth.models import Group as Role

    from clustering.access import ARCHIVISTS
    from clustering.accounts.tokens import make_token
    from clustering.models import Collection, Preference, User
    from tests.actions.acting import Archivist

    people = [User.objects.create_user(name, password=PASSWORD) for name in ("alice", "bob")]
    for person in people:
        person.groups.add(Role.objects.get(name=ARCHIVISTS))
    collection = Collection.objects.get(slug=SLUG)
    archivist = Archivist(collection, people, seed=1)
    for _ in range(ACTS):
        archivist.act()
    make_token(people[0], name="nightly export", scope="read", days=None)
    Preference.objects.create(user=people[1], keys={"split": "x"})


if __name__ == "__main__":
    main()
