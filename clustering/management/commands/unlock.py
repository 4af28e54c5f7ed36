"""`manage.py unlock`: an account that is locked after failed sign-ins, by the operator."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from clustering.accounts.braking import unlock_account
from clustering.management.base import DeskCommand


class Command(DeskCommand):
    """Unlock accounts if no one can do it in the admin."""

    help = "Let a person sign in again immediately after too many wrong passwords."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose account."""
        parser.add_argument("account", help="The person’s username.")

    def handle(self, **options: Any) -> None:
        """Unlock it, and say so."""
        account = options["account"]
        if unlock_account(account, by="the operator"):
            self.stdout.write(f"{account} can sign in again.")
        else:
            self.stdout.write(f"{account} is not locked: it has no recent failed sign-ins.")
