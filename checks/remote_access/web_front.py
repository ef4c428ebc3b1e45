"""What a web service said when it was recognised, so that nobody need ask for it again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from posture_scan.sdk import HttpResponse, Net, Service

FRONT_LIMIT: Final = 16_384
"""Bytes of the front page that are read where it has to be asked for."""
UNAUTHORISED: Final = 401
_TROUBLED: Final = frozenset({429, *range(500, 600)})
"""Too busy or failed (RFC 9110 section 15.6): what it is must be asked again."""

_STATUS: Final = re.compile(rb"HTTP/1\.[01] (\d{3})")
_TITLE: Final = re.compile(rb"<title[^>]{0,200}>([^<]{0,300})</title", re.IGNORECASE)
_END: Final = b"\r\n\r\n"
_WINDOWS_LOGON: Final = ("negotiate", "ntlm", "kerberos", "credssp")


@dataclass(frozen=True)
class Front:
    """The answer to a request for ``/``: all of its head, the beginning of its body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def server(self) -> str:
        """The header ``Server``, in lower case."""
        return next((value.lower() for name, value in self.headers if name == "server"), "")

    @property
    def title(self) -> str:
        """The page's title, as far as it was read."""
        return title_of(self.body)


def heard(service: Service) -> Front | None:
    """Return what discovery heard when it asked for ``/``; None without a whole, sound head."""
    head, end, body = service.greeting.partition(_END)
    status = _STATUS.match(head)
    if status is None or not end or int(status[1]) in _TROUBLED:
        return None
    fields = (line.partition(":") for line in head.decode("latin-1").split("\r\n")[1:])
    headers = tuple((name.strip().lower(), value.strip()) for name, colon, value in fields if colon)
    return Front(int(status[1]), headers, body)


def front_of(service: Service, net: Net) -> Front:
    """Return the front page: what was heard of it already, or the answer to one request."""
    known = heard(service)
    if known is not None:
        return known
    answer = net.http(service, "/", follow=0, limit=FRONT_LIMIT)
    return Front(answer.status, answer.headers, answer.body)


def title_of(body: bytes) -> str:
    """Return the title that a page gives itself, or an empty string."""
    found = _TITLE.search(body)
    return found[1].decode("utf-8", "replace").strip() if found else ""


def asks_windows_logon(answer: Front | HttpResponse, *more: str) -> bool:
    """Tell whether it answers 401 and offers a Windows logon (RFC 4559), or one of ``more``."""
    if answer.status != UNAUTHORISED:
        return False
    offers = [value.lower() for name, value in answer.headers if name == "www-authenticate"]
    return any(offer.startswith((*_WINDOWS_LOGON, *more)) for offer in offers)
