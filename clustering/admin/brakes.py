"""Failed sign-ins, and how to unlock accounts and addresses."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from clustering.accounts.braking import unlock
from clustering.admin.staff import ReadOnlyAdmin
from clustering.models import Brake


@admin.register(Brake)
class BrakeAdmin(ReadOnlyAdmin):
    """Accounts and addresses with recent failed sign-ins, and until when they are locked."""

    list_display = ["who", "kind", "failed", "locked_until", "counted"]
    list_filter = ["kind"]
    search_fields = ["account", "address"]
    ordering = ["-counted"]
    actions = ["unlock"]

    @admin.display(description=_lazy("account and address"), ordering="account")
    def who(self, brake: Brake) -> str:
        """Return the account as typed, and the address."""
        return str(brake)

    @admin.display(description=_lazy("failed tries"))
    def failed(self, brake: Brake) -> str:
        """Those that are remembered, of how many."""
        return _("%(done)s of %(total)s") % {"done": round(brake.level_at(timezone.now())), "total": brake.most}

    @admin.display(description=_lazy("locked until"), empty_value=_lazy("not locked"))  # type: ignore[call-overload, untyped-decorator] # a lazy text does
    def locked_until(self, brake: Brake) -> datetime | None:
        """When the next try is free."""
        return brake.closed_until(timezone.now())

    @admin.action(description=_lazy("Unlock the selected accounts and addresses"), permissions=["view"])
    def unlock(self, request: HttpRequest, chosen: QuerySet[Any]) -> None:
        """Forget the failed tries."""
        brakes = list(chosen)
        unlock(brakes, by=request.user.get_username())
        message = ngettext("%d entry is unlocked.", "%d entries are unlocked.", len(brakes)) % len(brakes)
        self.message_user(request, _("%(said)s Signing in works again at once.") % {"said": message}, messages.SUCCESS)
