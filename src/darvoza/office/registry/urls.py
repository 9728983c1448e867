"""Addresses of the register."""

from darvoza.office.accounts.guard import page
from darvoza.office.accounts.permissions import Permission
from darvoza.office.registry import views

app_name = "registry"

urlpatterns = [
    page("", views.declarations, name="declarations", needs=Permission.DECLARATION_READ),
    page("<path:declaration_id>/", views.declaration, name="declaration", needs=Permission.DECLARATION_READ),
]
