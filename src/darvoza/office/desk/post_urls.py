"""Addresses of a post, for its supervisor."""

from darvoza.office.accounts.guard import page
from darvoza.office.accounts.permissions import Permission
from darvoza.office.desk import post_views

app_name = "post"

urlpatterns = [
    page("", post_views.today, name="today", needs=Permission.ORDER_ASSIGN),
    page("roster/", post_views.roster, name="roster", needs=Permission.ORDER_ASSIGN),
    page("assign/", post_views.assign, name="assign", needs=Permission.ORDER_ASSIGN),
    page(
        "take-back/<path:order_id>/",
        post_views.take_back,
        name="take_back",
        needs=Permission.ORDER_ASSIGN,
        form_on="desk:order",
    ),
    page("late/", post_views.late, name="late", needs=Permission.ORDER_ASSIGN),
    page("overrides/", post_views.overrides, name="overrides", needs=Permission.ORDER_ASSIGN),
]
