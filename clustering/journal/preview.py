"""Preview what an act would change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from clustering.journal.workspace import Snapshot
from clustering.models import Edit


@dataclass(frozen=True, slots=True)
class Previewed:
    """What the act would change, as in its Edit."""

    before: Snapshot
    after: Snapshot


def preview(act: Callable[[], Edit]) -> Previewed:
    """Do the act, roll it back, and return what it changed.

    Takes as long as the act; other acts on the collection wait. Raises what the act raises.
    """
    with transaction.atomic():
        edit = act()
        changes = Previewed(before=Snapshot.from_json(edit.before), after=Snapshot.from_json(edit.after))
        transaction.set_rollback(True)
    return changes
