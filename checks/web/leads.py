"""Where an answer leads: to an encrypted address or not, on this host or elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from posture_scan.sdk import HttpResponse, Service

REDIRECTS: Final = (301, 302, 303, 307, 308)
DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,20}):")
_HOST: Final = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[^:\[\]]{1,255})(?::(\d{1,5})?)?")
_REFRESH: Final = re.compile(
    r"""\s*[\d.]{1,10}\s*[;,]\s*url\s*=\s*["']?([^"'\s>]{1,2048})""", re.IGNORECASE
)


class Leads(StrEnum):
    """Where a redirect leads: only the kind, never the address itself."""

    NOWHERE = ""
    HTTPS_HERE = "https_here"
    HTTPS_ELSEWHERE = "https_elsewhere"
    """Encrypted, under a name that is not known to be served from this address."""
    HTTP_HERE = "http_here"
    HTTP_ELSEWHERE = "http_elsewhere"
    ASTRAY = "astray"
    """To no web address at all."""


@dataclass(frozen=True)
class Goal:
    """One address that an answer leads to."""

    scheme: str
    host: str
    port: int
    path: str

    def kind(self, service: Service) -> Leads:
        """Say where it is, seen from this service."""
        if self.scheme not in DEFAULT_PORTS or not self.host:
            return Leads.ASTRAY
        here = self.host in known(service)
        if self.scheme == "https":
            return Leads.HTTPS_HERE if here else Leads.HTTPS_ELSEWHERE
        return Leads.HTTP_HERE if here else Leads.HTTP_ELSEWHERE

    def stays(self, service: Service) -> bool:
        """Tell whether this very service is the one to ask next."""
        scheme = "https" if service.tls else "http"
        place = (self.scheme, self.port) == (scheme, service.port)
        return place and self.host in known(service)


def known(service: Service) -> set[str]:
    """The names this service is known under, and its address."""
    return {plain(name) for name in (*service.names, service.address) if name}


def goal(answer: HttpResponse, service: Service, host: str, path: str) -> Goal | None:
    """Read where a redirect leads, from the page at ``path`` under ``host``."""
    location = answer.header("location")
    if answer.status not in REDIRECTS or not location:
        return None
    return resolve(location, service, host, path)


def refresh_goal(content: str, service: Service, host: str) -> Goal | None:
    """Read where a page sends its visitor by itself (``<meta http-equiv="refresh">``)."""
    found = _REFRESH.match(content)
    return resolve(found[1], service, host, "/") if found else None


def resolve(location: str, service: Service, host: str, path: str) -> Goal:
    """Join a reference with the address it was found at (RFC 3986 5.2, as browsers do it)."""
    shown = location.strip().replace("\\", "/").partition("#")[0]
    scheme = "https" if service.tls else "http"
    absolute = _SCHEME.match(shown)
    if absolute:
        scheme, shown = absolute[1].lower(), shown[absolute.end() :]
    if shown.startswith("//"):
        rest = shown[2:]
        size = min((at for sign in "/?" if (at := rest.find(sign)) >= 0), default=len(rest))
        found, port = _authority(rest[:size])
        where = rest[size:]
        return Goal(scheme, found, port or DEFAULT_PORTS.get(scheme, 0), _rooted(where))
    if absolute:
        return Goal(scheme, "", 0, "/")
    return Goal(scheme, plain(host), service.port, _joined(path, shown))


def _authority(text: str) -> tuple[str, int]:
    found = _HOST.fullmatch(text)
    return (plain(found[1]), int(found[2] or 0)) if found else ("", 0)


def plain(host: str) -> str:
    """Return a host as it is compared: lower case, no brackets, no dot at its end."""
    return host.strip("[]").rstrip(".").lower()


def _rooted(where: str) -> str:
    return where if where.startswith("/") else f"/{where}"


def _joined(path: str, reference: str) -> str:
    before = path.partition("?")[0]
    if reference.startswith("/"):
        return reference
    if not reference or reference.startswith("?"):
        return before + reference
    return f"{before.rpartition('/')[0]}/{reference}"
