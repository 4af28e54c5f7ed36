#!/usr/bin/env python3
"""The command line of hhreview: `manage.py help` lists what it can do."""

from __future__ import annotations

import os
import sys

_BEHIND = {"42P01", "42703"}
"""PostgreSQL's codes for a table and a column that are not there: migrations were not run."""


def main() -> None:
    """Run one management command, with the embedded servers up where no URL names others."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hhreview.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Django is not installed here. Run `make install`, then use .venv/bin/python manage.py.")
    from django.db import InterfaceError, OperationalError, ProgrammingError

    from hhreview import local, schema
    from hhreview.servers.starting import ServerFailed

    try:
        with local.servers_for_command(sys.argv) as places:
            if places is not None:
                schema.bring_up_to_date(places, sys.argv[1])
            execute_from_command_line(sys.argv)
    except ServerFailed as failure:
        sys.exit(str(failure))
    except ProgrammingError as error:
        if getattr(error.__cause__, "sqlstate", "") not in _BEHIND:
            raise
        sys.exit("The database is not up to date with this version. Run `manage.py migrate`, then this again.")
    except (OperationalError, InterfaceError) as error:
        sys.exit(f"The database does not answer: {str(error).strip()}\nSee to it, then run this again.")
    except KeyboardInterrupt:
        sys.exit("Stopped.")


if __name__ == "__main__":
    main()
