"""What people changed about a collection: settings, roles, assignments. The admin shows it as its history."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.admin.models import CHANGE, LogEntry

from clustering.models import Collection, User
from clustering.sentences import from_text, to_text
from clustering.wording import translated


def log_change(collections: Sequence[Collection], sentence: str, *, actor: User) -> None:
    """Keep one entry a collection, for readers of every language."""
    LogEntry.objects.log_actions(
        actor.pk,
        collections,
        CHANGE,
        to_text(sentence),
        single_object=len(collections) == 1,  # type: ignore[call-overload] # a flag that says how many there are
    )


def message_of(entry: LogEntry) -> str:
    """Return what an entry says, in the language of now; what Django wrote itself it words itself."""
    sentence = from_text(entry.change_message)
    return entry.get_change_message() if sentence == entry.change_message else translated(sentence)
