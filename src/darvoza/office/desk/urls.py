"""Addresses of the desk."""

from darvoza.office.accounts.guard import page
from darvoza.office.accounts.permissions import Permission
from darvoza.office.desk import photo_views, result_views, views

app_name = "desk"

urlpatterns = [
    page("", views.queue, name="queue", needs=Permission.QUEUE_READ),
    page("blank-act.pdf", views.blank, name="blank", needs=Permission.QUEUE_READ),
    page(
        "refer/<path:declaration_id>/",
        views.refer,
        name="refer",
        needs=Permission.ORDER_WORK,
        form_on="registry:declaration",
    ),
    page("<path:order_id>/claim/", views.claim, name="claim", needs=Permission.ORDER_WORK),
    page("<path:order_id>/give-back/", views.give_back, name="give_back", needs=Permission.ORDER_WORK),
    page("<path:order_id>/result/", views.result, name="result", needs=Permission.ORDER_WORK),
    page("<path:order_id>/correct/", result_views.correct, name="correct", needs=Permission.ORDER_WORK),
    page("<path:order_id>/act.pdf", result_views.act, name="act", needs=Permission.QUEUE_READ),
    page("<path:order_id>/act-<int:number>.pdf", result_views.act, name="act_of", needs=Permission.QUEUE_READ),
    page("<path:order_id>/photos/", photo_views.add, name="photos", needs=Permission.ORDER_WORK),
    page("<path:order_id>/photos/<int:number>/", photo_views.show, name="photo", needs=Permission.QUEUE_READ),
    page("<path:order_id>/photos/<int:number>/small/", photo_views.small, name="small", needs=Permission.QUEUE_READ),
    page("<path:order_id>/draft/", views.draft, name="draft", needs=Permission.ORDER_WORK),
    page("<path:order_id>/depart/", views.depart, name="depart", needs=Permission.QUEUE_READ),
    page("<path:order_id>/settle/", views.settle, name="settle", needs=Permission.OVERRIDE_LOWER),
    # the last address: a reference may hold slashes
    page("<path:order_id>/", views.order, name="order", needs=Permission.QUEUE_READ),
]
