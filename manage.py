#!/usr/bin/env python3
"""The command line of hhreview: `manage.py help` lists what it can do."""

from __future__ import annotations

import sys

if __name__ == "__main__":
    try:
        import django  # noqa: F401
    except ImportError:
        sys.exit("Django is not installed here. Run `make install`, then use .venv/bin/python manage.py.")
    from hhreview.command import main

    main()
