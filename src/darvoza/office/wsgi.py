"""The office as an application for a web server."""

from django.core.wsgi import get_wsgi_application

from darvoza.office.catalogues import compile_catalogues

compile_catalogues()
application = get_wsgi_application()
