"""Where hhreview was started from: a checkout, or the wheel. Their folders and their command lines differ."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHECKOUT = (ROOT / "manage.py").is_file()
SITE = ROOT if CHECKOUT else ROOT / "hhreview"
"""Where `templates` and `static` are."""
COMMAND = "manage.py" if CHECKOUT else "hhreview"
"""What people type before the name of a command."""


def install(extra: str) -> str:
    """Return the command that installs an optional part of hhreview."""
    if CHECKOUT and extra in {"embedded", "samples"}:
        return "make install"
    return f"pip install -e '.[{extra}]'" if CHECKOUT else f"pip install 'hhreview[{extra}]'"
