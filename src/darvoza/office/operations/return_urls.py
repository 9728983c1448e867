"""Addresses of what posts brought back that they had done without a line."""

from darvoza.office.accounts.guard import page
from darvoza.office.accounts.permissions import Permission
from darvoza.office.operations import return_views

app_name = "returns"

urlpatterns = [page("", return_views.differences, name="differences", needs=Permission.RETURNS_READ)]
