"""Pages as PDF, made on the server: what is printed looks the same everywhere, and needs no browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string

SHEETS = ("css/app.css", "css/sheet.css")


def pdf(template: str, context: dict[str, Any], request: Any = None) -> bytes:
    """The template as A4; it finds ``on_paper`` in its context."""
    return as_pdf(render_to_string(template, {**context, "on_paper": True}, request))


def as_pdf(page: str) -> bytes:
    """An HTML page as A4. It may show what lies in its own text (``data:`` addresses, SVG); nothing else is fetched, from
    no disk and no network, whatever the text says."""
    from weasyprint import CSS, HTML
    from weasyprint.urls import URLFetcher

    only_within = URLFetcher(allowed_protocols=["data"], allow_redirects=False)
    style = [CSS(string=_sheet(name), url_fetcher=only_within) for name in SHEETS]
    html = HTML(string=page, base_url="about:blank", url_fetcher=only_within)
    document: bytes = html.write_pdf(stylesheets=style)
    return document


def pdf_response(name: str, document: bytes) -> HttpResponse:
    """Kept by nobody on the way."""
    response = HttpResponse(document, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _sheet(name: str) -> str:
    return (Path(settings.BASE_DIR) / "static" / name).read_text(encoding="utf-8")
