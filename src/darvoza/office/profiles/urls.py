"""Addresses of the profiles."""

from darvoza.office.accounts.guard import page
from darvoza.office.accounts.permissions import Permission
from darvoza.office.profiles.views import editing, reading, review, trying

app_name = "profiles"

urlpatterns = [
    page("", reading.library, name="library", needs=Permission.PROFILE_READ),
    page("new/", editing.new, name="new", needs=Permission.PROFILE_DRAFT),
    page("check/", editing.check, name="check", needs=Permission.PROFILE_DRAFT),
    page("figures/", trying.all_figures, name="figures", needs=Permission.PROFILE_DRAFT),
    page("search/", trying.ask, name="search", needs=Permission.PROFILE_READ),
    page("search/keep/", trying.keep, name="keep", needs=Permission.PROFILE_DRAFT),
    page("of/<str:code>/", reading.life, name="life", needs=Permission.PROFILE_READ),
    page("of/<str:code>/<int:number>/", reading.version, name="version", needs=Permission.PROFILE_READ),
    page("of/<str:code>/roll-back/", review.roll_back, name="roll_back", needs=Permission.PROFILE_APPROVE),
    page("of/<str:code>/call-off/", review.call_off, name="call_off", needs=Permission.PROFILE_APPROVE),
    page("of/<str:code>/<int:number>/edit/", editing.edit, name="edit", needs=Permission.PROFILE_DRAFT),
    page("of/<str:code>/<int:number>/begin/", review.begin, name="begin", needs=Permission.PROFILE_DRAFT),
    page("of/<str:code>/<int:number>/backtest/", trying.backtest, name="backtest", needs=Permission.PROFILE_DRAFT),
    page("of/<str:code>/<int:number>/shadow/", trying.run_in_shadow, name="shadow", needs=Permission.PROFILE_DRAFT),
    page("of/<str:code>/<int:number>/submit/", review.submit, name="submit", needs=Permission.PROFILE_DRAFT),
    page("of/<str:code>/<int:number>/take-back/", review.take_back, name="take_back", needs=Permission.PROFILE_DRAFT),
    page("of/<str:code>/<int:number>/discard/", review.discard, name="discard", needs=Permission.PROFILE_DRAFT),
    page("of/<str:code>/<int:number>/answer/", review.answer, name="answer", needs=Permission.PROFILE_APPROVE),
]
