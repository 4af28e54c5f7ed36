"""The command line of hhreview: `manage.py` in a checkout, `hhreview` from the wheel."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from importlib.metadata import version
from types import FrameType

import django
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.management import ManagementUtility, execute_from_command_line
from django.db import InterfaceError, OperationalError, ProgrammingError

from clustering.engine.kept_memory import use_one_arena
from hhreview import layout, local, schema
from hhreview.loading import loading
from hhreview.servers.starting import NO_ROOM, ServerFailed, disk_full, has_no_room

_BEHIND = {"42P01", "42703"}
"""PostgreSQL's codes for a table and a column that are not there: migrations were not run."""
_DISK_FULL = "53100"
_SETTINGS = "hhreview.settings"


def main() -> None:
    """Run one management command, with the embedded servers up if no URL names others."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", _SETTINGS)
    if sys.argv[1:] in (["--version"], ["version"]):
        sys.stdout.write(f"{version('hhreview')}\n")
        return
    _require_own_settings(os.environ["DJANGO_SETTINGS_MODULE"])
    use_one_arena()
    _end_as_by_ctrl_c()
    try:
        with local.servers_for_command(sys.argv, _check_arguments) as paths:
            if paths is not None:
                schema.bring_up_to_date(paths, sys.argv[1])
            _load()
            execute_from_command_line(sys.argv)
    except ServerFailed as failure:
        sys.exit(str(failure))
    except ImproperlyConfigured as error:
        sys.exit(f"hhreview can’t start. {error}")
    except ProgrammingError as error:
        if getattr(error.__cause__, "sqlstate", "") not in _BEHIND:
            raise
        sys.exit(f"The database is not up to date with this version. Run `{layout.COMMAND} migrate`, then try again.")
    except (OperationalError, InterfaceError) as error:
        if getattr(error.__cause__, "sqlstate", "") == _DISK_FULL:
            sys.exit(_database_full())
        sys.exit(f"The database does not answer: {str(error).strip()}\nCheck it, then try again.")
    except BrokenPipeError:  # whoever read the output has had enough, such as `head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is still buffered would raise again
        sys.exit(1)
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        sys.exit(_no_room_to_write())
    except KeyboardInterrupt:
        sys.exit("Stopped.")


def _end_as_by_ctrl_c() -> None:
    """Let a command that is terminated, or whose terminal is closed, remove unfinished files."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) == signal.SIG_DFL:  # nohup has it ignored
            signal.signal(number, stop)


def _require_own_settings(named: str) -> None:
    """Refuse the settings of another Django project, which some shells name for every program. Exits."""
    if named == _SETTINGS:
        return
    with suppress(Exception):  # whatever another project's settings do
        if hasattr(import_module(named), "EMBEDDED_DATABASE"):
            return
    sys.exit(
        f"DJANGO_SETTINGS_MODULE is {named!r}, which is another project’s. Unset it (`unset DJANGO_SETTINGS_MODULE`), "
        "then try again."
    )


def _load() -> None:
    """Load the program. Wrong settings are reported by the code that needs them."""
    if not apps.ready:
        with loading(), suppress(ImproperlyConfigured):
            django.setup()


def _check_arguments(argv: Sequence[str]) -> None:
    """Read the arguments as the command will. Exits, as the command would, if there is none or they don't fit it."""
    utility = ManagementUtility([*argv])
    _load()
    if not apps.ready:
        return  # as on a full disk: the servers know better what to say of it
    command = utility.fetch_command(argv[1])
    # Otherwise its parser raises where it would print how to use it. The stubs don't know the attribute.
    command._called_from_command_line = True  # type: ignore[attr-defined]
    command.create_parser(utility.prog_name, argv[1]).parse_args([*argv[2:]])


def _database_full() -> str:
    if local.embedded("DATABASE_URL"):
        return disk_full(local.data_folder())
    return "The database’s disk is full. Free up space on the database server, then try again."


def _no_room_to_write() -> str:
    """Return what to do if a file couldn't be written, since the system doesn't say which."""
    data = local.data_folder()
    if has_no_room(data):
        return disk_full(data)
    return "The disk that this command writes to is full. Free up space on it, or name a folder on another disk."
