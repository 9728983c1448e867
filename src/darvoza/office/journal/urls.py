"""Addresses of the journal."""

from darvoza.office.accounts.guard import page
from darvoza.office.accounts.permissions import Permission
from darvoza.office.journal import views

app_name = "journal"

urlpatterns = [
    page("", views.entries, name="entries", needs=Permission.JOURNAL_READ),
    page("export/", views.export, name="export", needs=Permission.JOURNAL_READ),
    page("verified/", views.verified, name="verified", needs=Permission.JOURNAL_READ),
]
