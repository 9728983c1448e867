"""Addresses of two systems side by side."""

from darvoza.office.accounts.guard import page
from darvoza.office.accounts.permissions import Permission
from darvoza.office.operations import beside_views

app_name = "comparisons"

urlpatterns = [
    page("", beside_views.compared, name="compared", needs=Permission.DECISION_READ),
    page("export/", beside_views.export, name="export", needs=Permission.DECISION_READ),
]
