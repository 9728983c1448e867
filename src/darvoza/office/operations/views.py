"""Addresses that machines ask: is the office ready, what has it counted. Whether the process lives: `alive`."""

import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from darvoza.office.operations.exposition import exposition
from darvoza.office.operations.probes import Health, worst
from darvoza.office.operations.queries import metrics, readiness

FORMAT = "text/plain; version=0.0.4; charset=utf-8"


@require_GET
def ready(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's name
    """Say whether a declaration could be decided and kept now; to anybody only which probe failed, and not why."""
    findings = readiness(settings.HOME, timezone.now())
    well = worst(findings) is not Health.FAILED
    told = {finding.probe: finding.health.value for finding in findings}
    return JsonResponse({"ready": well, "probes": told}, status=200 if well else 503)


@require_GET
def counted(request: HttpRequest) -> HttpResponse:
    """Give the metrics to whoever holds their token; without a token in the settings to nobody."""
    kept = settings.METRICS_TOKEN
    sent = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not kept or not secrets.compare_digest(sent.encode(), kept.encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Bearer realm="metrics"'})
    return HttpResponse(exposition(metrics(settings.HOME, timezone.now())), content_type=FORMAT)
