"""What a web service said when it was recognised, so that nobody need ask for it again."""

from __future__ import annotations

from typing import Final

from posture_scan.sdk import HttpResponse, Net, Service

FRONT_LIMIT: Final = 16_384
"""Bytes of the front page that are read where it has to be asked for."""
UNAUTHORISED: Final = 401
_WINDOWS_LOGON: Final = ("negotiate", "ntlm", "kerberos", "credssp")


def heard(service: Service) -> HttpResponse | None:
    """Return what discovery heard when it asked for ``/``; None where that was no sound answer."""
    answer = HttpResponse.heard(service.greeting)
    return None if answer is None or answer.failed else answer


def front_of(service: Service, net: Net) -> HttpResponse:
    """Return the front page: what was heard of it already, or the answer to one request."""
    return heard(service) or net.http(service, "/", follow=0, limit=FRONT_LIMIT)


def server_of(answer: HttpResponse) -> str:
    """Return the web server's name for itself, in lower case."""
    return answer.header("server").lower()


def asks_windows_logon(answer: HttpResponse, *more: str) -> bool:
    """Tell whether it answers 401 and offers a Windows logon (RFC 4559), or one of ``more``."""
    if answer.status != UNAUTHORISED:
        return False
    offers = [value.lower() for name, value in answer.headers if name == "www-authenticate"]
    return any(offer.startswith((*_WINDOWS_LOGON, *more)) for offer in offers)
