"""Share links: made, opened, taken back. The token is in no address, no log and no table."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from seoulcctv.roles import CASE_WORKERS, role_of

from .live import record
from .models import AccessLog, Case, CaseEvent, ShareLink
from .models.case import CaseError
from .services import lock_case

TOKEN_BYTES = 24
LONGEST_H = 72
MOST_LINKS = 20


@transaction.atomic
def make_link(case: Case, by: Any, link: ShareLink, hours: int) -> tuple[ShareLink, str, str]:
    """The link, its token and its passcode, neither of which can be seen again. CaseError."""
    case = lock_case(case.pk)
    if role_of(by) not in CASE_WORKERS:
        raise CaseError(_("Only operators and supervisors share a case."))
    if case.status != Case.Status.AUTHORISED:
        raise CaseError(_("Only an approved case that runs can be shared by a link."))
    if case.links.usable().count() >= MOST_LINKS:
        raise CaseError(_("There are too many links already; take one back first."))
    token, passcode = secrets.token_urlsafe(TOKEN_BYTES), f"{secrets.randbelow(10**6):06d}"
    link.case, link.created_by = case, by
    link.token_hash, link.passcode_hash = hash_of(token), make_password(passcode)
    link.expires_at = timezone.now() + timedelta(hours=min(hours, LONGEST_H))
    link.save()
    record(case, CaseEvent.Kind.LINK_MADE, by, link=link.pk)
    return link, token, passcode


@transaction.atomic
def revoke_link(link: ShareLink, by: Any) -> None:
    """Open pages close at once. Twice changes nothing."""
    case = lock_case(link.case_id)
    if role_of(by) not in CASE_WORKERS:
        raise CaseError(_("Only operators and supervisors share a case."))
    if ShareLink.objects.filter(pk=link.pk, revoked_at__isnull=True).update(revoked_at=timezone.now()):
        record(case, CaseEvent.Kind.LINK_REVOKED, by, link=link.pk)


def with_openings(links: Iterable[ShareLink], most: int = 5) -> list[ShareLink]:
    """Each with ``openings``: when and from where it was opened latest, out of the access log."""
    found = list(links)
    cases = {link.case_id for link in found}
    rows = AccessLog.objects.filter(case__in=cases, action=AccessLog.Action.SHARE_VIEWED).order_by("-pk")[:1000]
    by_link: dict[str, list[AccessLog]] = {}
    for row in rows:
        by_link.setdefault(row.subject.split(":")[0], []).append(row)
    for link in found:
        link.openings = by_link.get(f"link {link.pk}", [])[:most]  # type: ignore[attr-defined]
    return found


def hash_of(token: str) -> str:
    """Under which a token is looked up."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_link(token: str, passcode: str) -> ShareLink | None:
    """The link, with one view more; None for whatever is wrong, which is not told."""
    link = ShareLink.objects.usable().select_related("case").filter(token_hash=hash_of(token)).first()
    if link is None:
        make_password(passcode)  # takes as long as a look at a right one
        return None
    rows = ShareLink.objects.filter(pk=link.pk)
    if not check_password(passcode, link.passcode_hash):
        rows.update(wrong_passcodes=F("wrong_passcodes") + 1)
        return None
    rows.update(views=F("views") + 1, viewed_at=timezone.now(), wrong_passcodes=0)
    return link
