"""SSL-VPN gateways and other edge devices behind a web service: product and version.

At most eight requests: the front page, where it points to, then only what the marks seen so
far call for. Three facts come of it and never one: what is exposed, which product, and
whether its version can be read. A version that cannot be read is said to be unread.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import Final

from posture_scan.checks.edge_device.fingerprint import (
    STRONG,
    WEAK,
    Ask,
    Maker,
    Page,
    Verdict,
    certificate_names,
    makers,
    place,
    weigh,
)

from posture_scan.sdk import HANDSHAKE, AttemptError, Facts, HttpResponse, Net, Service, collector

REQUEST_LIMIT: Final = 8
NEVER: Final = (
    "/api/v2/cmdb", "/remote/fgt_lang", "/api/v1/totp", "/api/v1/license", "/oauth/idp",
    "/vpn/../", "/clients/mycrl", "/ssl-vpn/hipreport", "/php/ztp_gate", "/+cscot+/",
    "/webui/logoutconfirm", "/mgmt/tm", "/api/sonicos", "/portal/info.jsp",
)  # fmt: skip
"""Paths that are the first step of a known attack or look like one: not even by redirect."""

_LOCATION: Final = re.compile(r"(?:(https?)://([^/:?#]+)(?::\d+)?)?(/[^/?#][^?#\s]*)(?:[?#].*)?")
_ELSEWHERE: Final = re.compile(r"(?:(https?):)?//([^/:?#]+)", re.IGNORECASE)
_REDIRECTS: Final = (301, 302, 303, 307, 308)
_STEPS: Final = 3
_BARE_BODY: Final = 200
_ERROR: Final = 400
_GZIP: Final = b"\x1f\x8b\x08\x08"
_GZIP_HEADER: Final = 8
_FIRST_YEAR, _LAST_YEAR = 2010, 2040


@dataclass(frozen=True)
class EdgeFront(Facts):
    """What stands behind a web service, as far as it says so itself."""

    product: str = ""
    """Id in the edge data; empty for everything that is no edge device."""
    title: str = ""
    strength: str = ""
    """``strong`` or ``weak``."""
    vpn_page: bool = False
    marks: tuple[str, ...] = ()
    version: str = ""
    version_state: str = ""
    """``read``, ``branch``, ``date_hint`` or ``not_readable``."""
    hint_date: str = ""
    """Day of the build where only that can be seen."""
    settle: str = ""
    """The device's own command or page that shows its version."""
    complete: bool = True
    """False where a request that might have told more failed."""
    requests: int = 0


@dataclass
class _Look:
    """The requests made so far and what they brought."""

    service: Service
    net: Net
    pages: list[Page] = field(default_factory=list)
    names: tuple[str, ...] = ()
    complete: bool = True

    def ask(self, ask: Ask) -> None:
        """Make one request; the answer is kept."""
        answer = self.net.http(
            self.service, ask.path, method=ask.method, headers=dict(ask.headers) or None,
            body=ask.body.encode(), follow=0, limit=ask.limit,
        )  # fmt: skip
        self.pages.append(Page(ask.path, answer, _location(answer, self.service)))
        self.complete = self.complete and not answer.unread(ask.limit) and not _padded(answer)

    def follow(self) -> None:
        """Go where the front page points to on this very service, a few steps at most."""
        for _ in range(_STEPS):
            target = self.pages[-1].location
            known = {page.path for page in self.pages}
            if not _may_follow(target) or target in known or not self.ask_more((Ask(target),)):
                break
        if _leads_on(self.pages[-1].answer, self.service):
            self.complete = False

    def ask_more(self, asks: tuple[Ask, ...]) -> bool:
        """Make requests that may fail, within the limit, none twice; False when one failed."""
        every = True
        for ask in asks:
            done = any(page.path == ask.path and ask.method == "GET" for page in self.pages)
            if done or len(self.pages) >= REQUEST_LIMIT:
                continue
            try:
                self.ask(ask)
            except AttemptError:
                self.complete = every = False
        return every

    def read_certificate(self) -> None:
        """Take the names of the certificate, where there is one."""
        try:
            with self.net.connect(self.service) as channel:
                channel.start_tls(self.service.names[0] if self.service.names else "")
                chain = channel.peer_chain()
        except AttemptError:
            self.complete = False
            return
        self.names = certificate_names(chain[0]) if chain else ()

    def verdicts(self) -> list[Verdict]:
        """Judge every maker by what is known so far; those without any mark are left out."""
        pages = tuple(self.pages)
        found = (weigh(maker, pages, self.names) for maker in makers())
        return sorted((v for v in found if v.marks), key=_weight, reverse=True)


@collector(on=Service("http"), intrusiveness=HANDSHAKE, max_connections=REQUEST_LIMIT + 1)
def edge_front(service: Service, net: Net) -> EdgeFront:
    """Read the front page and go on only where something hints at an edge device."""
    look = _Look(service, net)
    look.ask(Ask("/"))
    look.follow()
    if service.tls:
        look.read_certificate()
    verdicts = look.verdicts()
    if not verdicts and service.tls and _is_bare(look.pages[-1].answer):
        look.ask_more(tuple(ask for maker in makers() for ask in maker.asks if ask.well_known))
    verdicts = look.verdicts()
    sure = bool(verdicts) and verdicts[0].strength == STRONG
    for verdict in verdicts[: 1 if sure else 2]:
        look.ask_more(tuple(ask for ask in verdict.maker.asks if not ask.version))
    return _conclude(look)


def _weight(verdict: Verdict) -> tuple[int, int]:
    return ("", WEAK, STRONG).index(verdict.strength), len(verdict.marks)


def _conclude(look: _Look) -> EdgeFront:
    named = [verdict for verdict in look.verdicts() if verdict.strength]
    if named:
        look.ask_more(tuple(ask for ask in named[0].maker.asks if ask.version))
        # The answer to the version request may show an imitation: judge again, and name
        # nothing that can be imitated where that answer did not come.
        unsettled = not look.complete and bool(named[0].maker.vetoes)
        named = [] if unsettled else [v for v in look.verdicts() if v.strength]
    if not named:
        return EdgeFront(complete=look.complete, requests=len(look.pages))
    best = named[0]
    version, state, day = _version(best.maker, look.pages)
    return EdgeFront(
        best.maker.product, best.maker.title, best.strength, best.vpn, best.marks,
        version, state, day, best.maker.settle, look.complete, len(look.pages),
    )  # fmt: skip


def _location(answer: HttpResponse, service: Service) -> str:
    """Return the path a redirect leads to on this very service, or an empty string."""
    found = _LOCATION.fullmatch(answer.header("location"))
    if found is None:
        return ""
    scheme, host, path = found.groups()
    own = host is None or host in {service.address, *service.names}
    same = scheme is None or (scheme == "https") == service.tls
    return str(path) if own and same else ""


def _leads_on(answer: HttpResponse, service: Service) -> bool:
    """Tell whether a redirect points to another page of this service, which was not seen."""
    goal = answer.header("location")
    if answer.status not in _REDIRECTS or not goal:
        return False
    found = _ELSEWHERE.match(goal)
    if found is None:
        return True
    scheme, host = found.groups()
    same = scheme is None or (scheme.lower() == "https") == service.tls
    return same and host.lower() in {service.address, *service.names}


def _padded(answer: HttpResponse) -> bool:
    """Tell whether a page fills what is read of it before it comes to its title."""
    return answer.truncated and b"<title" not in answer.body.lower()


def _may_follow(path: str) -> bool:
    """A redirect's path comes from the other side: nothing that looks like an attack."""
    return bool(path) and ".." not in path and not path.lower().startswith(NEVER)


def _is_bare(answer: HttpResponse) -> bool:
    return answer.status >= _ERROR or len(answer.body) < _BARE_BODY


def _version(maker: Maker, pages: list[Page]) -> tuple[str, str, str]:
    for rule in maker.versions:
        for page in pages:
            if rule.path and page.path != rule.path:
                continue
            if rule.where == "gzip_time":
                found = _by_build_time(page.answer.body, rule.builds)
                if found:
                    return found
                continue
            for text in place(page, rule.where):
                match = rule.pattern.search(text)
                if match and rule.state == "date_hint":
                    return "", "date_hint", _day(int(match[1], 16))
                if match:
                    return match[1], rule.state, ""
    return "", "not_readable", ""


def _by_build_time(body: bytes, builds: str) -> tuple[str, str, str] | None:
    """Read the time in a gzip header (RFC 1952) and look the build up by it."""
    if len(body) < _GZIP_HEADER or not body.startswith(_GZIP):
        return None
    stamp = int.from_bytes(body[4:8], "little")
    version = _builds(builds).get(stamp, "")
    return (version, "read", "") if version else ("", "date_hint", _day(stamp))


@cache
def _builds(name: str) -> dict[int, str]:
    text = resources.files(__package__).joinpath("makers", "builds", name).read_text("utf-8")
    return {int(stamp): str(version) for stamp, version in tomllib.loads(text)["builds"].items()}


def _day(stamp: int) -> str:
    moment = datetime.fromtimestamp(stamp, UTC)
    return moment.date().isoformat() if _FIRST_YEAR <= moment.year <= _LAST_YEAR else ""
