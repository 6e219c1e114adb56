"""The search: a page of its own, and what was found alone for the dialog."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chat import search as searching


@require_safe
@login_required
@never_cache
def search(request: HttpRequest) -> HttpResponse:
    """What one finds in one's own conversations with the words `q`, after the key `before`."""
    query = request.GET.get("q", "")[: searching.QUERY_CHARACTERS]
    before = request.GET.get("before", "")
    found = searching.search(request.user, query, before)
    context = {"query": query, "before": before, "found": found}
    whole = not request.htmx  # type: ignore[attr-defined]
    template = "chat/search/page.html" if whole else "chat/search/results.html"
    return render(request, template, context)
