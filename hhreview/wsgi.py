"""The WSGI entry point: `gunicorn hhreview.wsgi`."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hhreview.settings")

application = get_wsgi_application()
