"""Addresses of operations; none of them asks for a session."""

from darvoza.office.accounts.guard import open_page
from darvoza.office.operations import views
from darvoza.office.operations.alive import LIVE, live

app_name = "operations"

urlpatterns = [
    open_page(LIVE, live, name="live"),
    open_page("health/ready", views.ready, name="ready"),
    open_page("metrics", views.counted, name="metrics"),
]
