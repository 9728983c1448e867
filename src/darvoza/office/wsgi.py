"""The office as an application for a web server."""

import logging

from django.core.wsgi import get_wsgi_application

from darvoza.office.catalogues import ready_catalogues

_lacking = ready_catalogues()
application = get_wsgi_application()
if _lacking:
    logging.getLogger("darvoza.words").warning(_lacking)
