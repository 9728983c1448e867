"""Addresses of the figures."""

from darvoza.office.accounts.guard import open_page, page
from darvoza.office.accounts.permissions import Permission
from darvoza.office.insight import audit, public, studies, views

app_name = "insight"

urlpatterns = [
    page("", views.figures, name="figures", needs=Permission.FIGURES_READ),
    page("again/", views.again, name="again", needs=Permission.FIGURES_READ),
    page("cases/", views.cases, name="cases", needs=Permission.FIGURES_READ),
    page("posts/", studies.posts, name="posts", needs=Permission.FIGURES_READ),
    page("frontier/", studies.frontier, name="frontier", needs=Permission.FIGURES_READ),
    page("score/", studies.score, name="score", needs=Permission.DECISION_READ),
    open_page("selection/", public.selection, name="selection"),
    page("draws/", audit.draws, name="draws", needs=Permission.JOURNAL_READ),
    page("draws/verified/", audit.verified, name="verified", needs=Permission.JOURNAL_READ),
    page("draws/<path:declaration_id>/", audit.replay, name="replay", needs=Permission.JOURNAL_READ),
    page("export/", views.export, name="export", needs=Permission.FIGURES_READ),
]
