"""`manage.py up`: everything that one machine needs, in one terminal."""

from __future__ import annotations

import json
import os
import secrets
from argparse import ArgumentParser, ArgumentTypeError
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group as Role
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils.text import slugify

from clustering.access import ARCHIVISTS
from clustering.jobs.sweeping import sweep
from clustering.management.base import DeskCommand
from clustering.models import Collection, Job, User
from clustering.samples.fonts import MissingFont, require_all
from hhreview import processes
from hhreview.keeping import Keeper
from hhreview.local import data_folder
from hhreview.schema import made_by_another_version
from hhreview.servers.private import make_private_folders
from hhreview.servers.starting import ServerFailed, ServerPaths

_FOLDERS_THAT_SAY_NOTHING = {"images", "scans", "pages", "jpg", "jpeg", "tif", "tiff"}
_SAMPLE_DOCUMENTS = 40


class Command(DeskCommand):
    """Run embedded servers unless a URL is set, migrations, the web server, and workers, until Ctrl-C."""

    help = (
        "Start hhreview on this machine: database, broker, workers, and web server. Ctrl-C stops everything it started."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add arguments."""
        parser.add_argument("--host", default="127.0.0.1", help="Address to listen on; default 127.0.0.1.")
        parser.add_argument("--port", type=int, default=8000, help="Port; default 8000.")
        parser.add_argument("--demo", action="store_true", help="Create a login and load a sample collection.")
        parser.add_argument("--scans", type=_folder, help="Load and process this folder instead of the sample.")
        parser.add_argument("--once", action="store_true", help="Stop when everything is loaded, for scripts.")

    def handle(self, **options: Any) -> None:
        """Run until Ctrl-C."""
        paths = ServerPaths(data_folder())
        url = processes.address(options["host"], options["port"])
        try:
            make_private_folders(paths)
            with processes.only_set(paths, url):
                processes.clear_orphans(paths)
                processes.require_free_port(options["host"], options["port"])
                foreign = made_by_another_version()
                if foreign:
                    raise ServerFailed(foreign)
                call_command("migrate", verbosity=0)
                self._run(paths, url, options)
        except ServerFailed as failure:
            raise CommandError(str(failure)) from failure
        except KeyboardInterrupt:
            self.stdout.write("\nStopped.")

    def _run(self, paths: ServerPaths, url: str, options: dict[str, Any]) -> None:
        keeper = Keeper(
            processes.servers(paths),
            processes.children(paths, options["host"], options["port"]),
            tell=self._tell,
            sweep=sweep,
            patience=settings.PATIENCE_SECONDS,
            sweep_seconds=settings.SWEEP_SECONDS,
        )
        with keeper:
            keeper.wait_for_web(url)
            keeper.watch()
            log_in = _demo_log_in(paths) if options["demo"] else ""
            self.stdout.write(f"hhreview answers at {url}{log_in}\nLogs are in {paths.logs}. Ctrl-C stops everything.")
            if options["scans"]:
                self._load(options["scans"])
            elif options["demo"]:
                self._load_sample(paths)
            if options["demo"] or options["scans"]:
                self.stdout.write(self.style.SUCCESS(f"Ready: {url}{log_in}"))
            if not options["once"]:
                keeper.wait()

    def _tell(self, text: str) -> None:
        with suppress(OSError):  # the terminal may be gone; the processes continue
            self.stderr.write(f"{datetime.now():%H:%M:%S} {text}")

    def _load(self, folder: Path, title: str = "") -> None:
        slug = _slug_of(folder)
        busy = Job.objects.active().filter(collection__slug=slug).first()
        if busy is not None:
            # From an interrupted start; the workers resume it automatically.
            self.stdout.write(
                f"{busy.get_kind_display()} continues where it stopped. The job’s page shows its progress."
            )
            return
        call_command("import_pages", slug, str(folder), **({"title": title} if title else {}))
        collection = Collection.objects.get(slug=slug)
        if collection.groups.exists() and not collection.pages.filter(group__isnull=True).exists():
            self.stdout.write(f"{collection.title} already has a proposal.")
            return
        call_command("process", slug)

    def _load_sample(self, paths: ServerPaths) -> None:
        if Collection.objects.exists():
            return
        folder = paths.data / "sample"
        if not (folder / "truth.csv").exists():
            try:
                require_all()
            except MissingFont as missing:
                self.stdout.write(f"The sample collection can’t be drawn. {missing}")
                return
            self.stdout.write("Drawing a sample collection…")
            call_command("make_sample", str(folder), documents=_SAMPLE_DOCUMENTS, seed=1)
        self._load(folder, title="Sample collection")


def _folder(text: str) -> Path:
    folder = Path(text)
    if not folder.is_dir():
        raise ArgumentTypeError(f"{folder} is not a folder. Name the folder that has the scans.")
    return folder


def _slug_of(folder: Path) -> str:
    """Return the name of the folder, or of its parent if that is meaningless (afl-cio/images is afl-cio)."""
    named = folder.resolve()
    if named.name.lower() in _FOLDERS_THAT_SAY_NOTHING and named.parent.name:
        named = named.parent
    return slugify(named.name) or "collection"


def _demo_log_in(paths: ServerPaths) -> str:
    """Return the log-in line of this data folder's own demo account, whose password is made once and kept beside the
    data."""
    file = paths.data / "demo_login.json"
    if file.exists():
        account = json.loads(file.read_text(encoding="utf-8"))
    else:
        account = {"name": "demo", "password": secrets.token_urlsafe(9)}
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
            json.dump(account, handle)
    user, made = User.objects.get_or_create(username=account["name"], defaults={"is_staff": True, "is_superuser": True})
    if made:
        user.set_password(account["password"])
        user.save(update_fields=["password"])
        user.groups.add(Role.objects.get(name=ARCHIVISTS))
    return f"\n    name      {account['name']}\n    password  {account['password']}\n"
