"""The WSGI entry point: hhreview/web.py serves it, and any other WSGI server may."""

from __future__ import annotations

import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from hhreview.loading import loading

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hhreview.settings")

# What the program is made of is loaded now, and stays: no request has to load it, or to look through it for garbage.
# That was half of the time in which the desk gets 15,000 groups.
with loading():
    application = get_wsgi_application()
    import_module(settings.ROOT_URLCONF)
