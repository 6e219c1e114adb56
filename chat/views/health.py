"""Whether the process lives, and whether it can serve."""

from http import HTTPStatus

from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from chat import supervisor
from chat.database import in_database
from chat.live.answers import answers
from chat.upstream import get_upstream


async def healthz(request: HttpRequest) -> HttpResponse:
    """Alive."""
    return HttpResponse("ok", content_type="text/plain")


async def readyz(request: HttpRequest) -> HttpResponse:
    """Ready, degraded (what is missing can be done without for a while) or not ready (503)."""
    needed = {
        "database": await in_database(_database_answers),
        "accepting": not supervisor.current().draining,
    }
    wanted = {"log": answers.shared_log_answers, "model": await get_upstream().reachable()}
    state = "ready" if all(wanted.values()) else "degraded"
    if not all(needed.values()):
        state = "unready"
    status = HTTPStatus.SERVICE_UNAVAILABLE if state == "unready" else HTTPStatus.OK
    return JsonResponse({"state": state, **needed, **wanted}, status=status)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        return False
    return True
