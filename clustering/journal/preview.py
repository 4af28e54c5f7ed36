"""Foresee: what an act would do, said before it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from clustering.journal.workspace import Snapshot
from clustering.models import Edit


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What the act would change, as its Edit would tell."""

    before: Snapshot
    after: Snapshot


def foresee(act: Callable[[], Edit]) -> Foreseen:
    """Do the act and take it back in one transaction, so that what is foretold is exactly what would be done.

    Costs what the act costs; other acts on the collection wait that long. Raises what the act raises.
    """
    with transaction.atomic():
        edit = act()
        seen = Foreseen(before=Snapshot.from_json(edit.before), after=Snapshot.from_json(edit.after))
        transaction.set_rollback(True)
    return seen
