"""The only writers of desk state, a file per verb. Every verb returns the Edit it made.

Every module in this folder is imported, so that its verbs and acts are known (`ACTS`).
"""

from importlib import import_module
from pkgutil import iter_modules

from clustering.actions.answer import answer_seam, answer_seams
from clustering.actions.base import ACTS, Act, Scope
from clustering.actions.close import close_collection, reopen_collection
from clustering.actions.confirm import confirm_groups, unconfirm_groups
from clustering.actions.describe import accept_group_drafts, describe_groups
from clustering.actions.flag import flag_group, unflag_group
from clustering.actions.mark import mark_pages
from clustering.actions.merge import merge_groups
from clustering.actions.move import move_pages
from clustering.actions.publish import publish_run
from clustering.actions.reorder import reorder_pages
from clustering.actions.restore import restore_collection, restore_group
from clustering.actions.restrict import restrict_pages
from clustering.actions.rotate import rotate_pages
from clustering.actions.split import split_group
from clustering.actions.undo import last_act, next_redo, redo_edit, undo_edit
from clustering.journal.errors import ActError, Refused, StaleVersion

__all__ = [
    "ACTS",
    "Act",
    "ActError",
    "Refused",
    "Scope",
    "StaleVersion",
    "accept_group_drafts",
    "answer_seam",
    "answer_seams",
    "close_collection",
    "confirm_groups",
    "describe_groups",
    "flag_group",
    "last_act",
    "mark_pages",
    "merge_groups",
    "move_pages",
    "next_redo",
    "publish_run",
    "redo_edit",
    "reopen_collection",
    "reorder_pages",
    "restore_collection",
    "restore_group",
    "restrict_pages",
    "rotate_pages",
    "split_group",
    "unconfirm_groups",
    "undo_edit",
    "unflag_group",
]

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
