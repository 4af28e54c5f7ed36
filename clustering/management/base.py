"""What all commands share."""

from __future__ import annotations

from django.core.checks import Tags
from django.core.management.base import BaseCommand


class DeskCommand(BaseCommand):
    """A command that looks at this machine first, and loads none of the pages of the desk for it."""

    # Addresses, templates and the admin are the developer's to check: they cost more than many a command.
    requires_system_checks = [Tags.models, Tags.security]
