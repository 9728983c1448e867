"""Pages of photos: add some, see one, large or small."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from darvoza.errors import CaseRefused
from darvoza.office.accounts.guard import person_of
from darvoza.office.desk.pictures.small import MEDIA_TYPE
from darvoza.office.desk.queries import photos as queries
from darvoza.office.desk.refusals import in_words
from darvoza.office.desk.services.photos import add_photo

MOST = 20
"""Photos that are taken at once."""


@require_POST
def add(request: HttpRequest, order_id: str) -> HttpResponse:
    """Take photos; each is kept or refused by itself."""
    person, now = person_of(request), timezone.now()
    sent = request.FILES.getlist("photos")[:MOST]
    kept = 0
    for file in sent:
        try:
            add_photo(person, order_id, file.chunks(), root=settings.PHOTOS, now=now)
        except CaseRefused as refused:
            messages.error(request, in_words(refused))
        else:
            kept += 1
    if kept:
        messages.success(request, _("The photos are kept."))
    elif not sent:
        messages.error(request, _("Choose a photo first."))
    return redirect("desk:order", order_id)


@require_GET
def show(request: HttpRequest, order_id: str, number: int) -> HttpResponse:
    """Hand out one photo."""
    found = queries.photo(person_of(request), order_id, number, root=settings.PHOTOS)
    if found is None:
        raise Http404
    named = {"Content-Disposition": f'inline; filename="{found.name}"'}
    return HttpResponse(found.content, content_type=found.media_type, headers=named)


@require_GET
def small(request: HttpRequest, order_id: str, number: int) -> HttpResponse:
    """Hand out the small picture of one photo."""
    found = queries.small_photo(person_of(request), order_id, number, root=settings.PHOTOS)
    if found is None:
        raise Http404
    return HttpResponse(found, content_type=MEDIA_TYPE)
