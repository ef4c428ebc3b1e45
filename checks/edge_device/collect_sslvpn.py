"""SSL-VPN gateways and other edge devices behind a web service: product and version.

At most twelve requests, one for an ordinary site: the front page, where it points to, then only
what the marks seen so far call for. Three facts come of it and never one: what is exposed, which
product, and whether its version can be read. A version that cannot be read is said to be unread.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Final

from posture_scan.checks.edge_device.fingerprint import (
    FAVICON,
    Ask,
    Page,
    Sight,
    Verdict,
    certificate_names,
    makers,
)
from posture_scan.checks.edge_device.naming import (
    Choice,
    Device,
    choose,
    device_of,
    read_version,
    to_ask,
    verdicts,
)

from posture_scan.sdk import (
    HANDSHAKE,
    Attempt,
    AttemptError,
    HttpResponse,
    Net,
    ProductNamed,
    Service,
    collector,
)

REQUEST_LIMIT: Final = 12
NEVER: Final = (
    "/api/v2/cmdb", "/remote/fgt_lang", "/api/v1/totp", "/api/v1/license", "/oauth/idp",
    "/vpn/../", "/clients/mycrl", "/ssl-vpn/hipreport", "/php/ztp_gate", "/+cscot+/",
    "/webui/logoutconfirm", "/mgmt/tm", "/api/sonicos", "/portal/info.jsp",
)  # fmt: skip
"""Paths that are the first step of a known attack or look like one: not even by redirect."""

_LOCATION: Final = re.compile(
    r"(?:(https?)://([^/:?#]+)(?::(\d{1,5}))?)?(/[^/?#][^?#\s]*)(?:[?#].*)?"
)
_ELSEWHERE: Final = re.compile(r"(?:(https?):)?//([^/:?#]+)(?::(\d{1,5}))?", re.IGNORECASE)
_REDIRECTS: Final = (301, 302, 303, 307, 308)
_TIRED: Final = frozenset({Attempt.TIMEOUT, Attempt.REFUSED, Attempt.LIMIT_REACHED})
_BUSY: Final = (429, 503)
_FORBIDDEN: Final = 403
_BROKEN: Final = 500
_STEPS: Final = 3
_BARE_BODY: Final = 200
_ERROR: Final = 400
_ICON_LIMIT: Final = 65_536


@dataclass(frozen=True)
class EdgeFront(ProductNamed):
    """What stands behind a service, as far as it says so itself.

    The fields of its own are those of a VPN gateway; ``device`` is whatever can be managed here,
    the gateway itself included.
    """

    product: str = ""
    """Id in the product data; empty for everything that is no VPN gateway."""
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
    device: Device | None = None
    conflict: tuple[str, ...] = ()
    """Titles of several devices whose marks were all here: a honeypot, or a joke."""

    @property
    def names_product(self) -> bool:
        """Whether a gateway or another device was named."""
        return bool(self.product or self.device)


@dataclass
class _Look:
    """The requests made so far and what they brought."""

    service: Service
    net: Net
    pages: list[Page] = field(default_factory=list)
    asked: set[tuple[str, str]] = field(default_factory=set)
    names: tuple[str, ...] = ()
    complete: bool = True
    weary: bool = False
    """The service is busy or left a request unanswered: it is asked nothing more."""

    def ask(self, ask: Ask) -> None:
        """Make one request; the answer is kept."""
        self.asked.add((ask.method, ask.path))
        answer = self.net.http(
            self.service, ask.path, method=ask.method, headers=dict(ask.headers) or None,
            body=ask.body.encode(), follow=0, limit=ask.limit,
        )  # fmt: skip
        self.pages.append(Page(ask.path, answer, _location(answer, self.service)))
        broken = answer.truncated and len(answer.body) < ask.limit
        self.weary = self.weary or broken or answer.status in _BUSY
        if ask.path != FAVICON:  # an icon only ever adds to what the pages say
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
            if (ask.method, ask.path) in self.asked:
                continue
            if self.weary or len(self.pages) >= REQUEST_LIMIT:
                self.complete = every = False
                continue
            try:
                self.ask(ask)
            except AttemptError as error:
                self.complete = every = False
                self.weary = error.attempt in _TIRED
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

    @property
    def sight(self) -> Sight:
        """All that is known so far."""
        return Sight(tuple(self.pages), self.names, port=self.service.port)


@collector(on=Service("http"), intrusiveness=HANDSHAKE, max_connections=REQUEST_LIMIT + 1)
def edge_front(service: Service, net: Net) -> EdgeFront:
    """Read the front page and go on only where something hints at an edge device."""
    look = _Look(service, net)
    look.ask(Ask("/"))
    look.follow()
    if service.tls:
        look.read_certificate()
    found = verdicts(look.sight)
    if not found and service.tls and _is_bare(look.pages[-1].answer):
        found = _knock(look)
    elif not found and _is_shut(look.pages[-1].answer):
        look.ask_more((Ask(FAVICON, limit=_ICON_LIMIT),))
    # Whoever is let in nowhere has not seen what stands there.
    look.complete = look.complete and not all(_is_shut(page.answer) for page in look.pages)
    for verdict in to_ask(found):
        look.ask_more(tuple(ask for ask in verdict.maker.asks if not ask.version))
    found = verdicts(look.sight)
    if not any(v.strength for v in found) and any(_would_settle(v) for v in found[:2]):
        look.ask_more((Ask(FAVICON, limit=_ICON_LIMIT),))
    return _conclude(look)


def _knock(look: _Look) -> list[Verdict]:
    """Where the front page says nothing: the icon, then the usual logon pages."""
    look.ask_more((Ask(FAVICON, limit=_ICON_LIMIT),))
    if not verdicts(look.sight):
        look.ask_more(tuple(ask for maker in makers() for ask in maker.asks if ask.well_known))
    found: list[Verdict] = verdicts(look.sight)
    return found


def _would_settle(verdict: Verdict) -> bool:
    """Tell whether the icon could be the mark that is missing."""
    return any(mark.where == "favicon" for mark in verdict.maker.marks)


def _conclude(look: _Look) -> EdgeFront:
    choice = choose(verdicts(look.sight))
    for verdict in choice.named:
        look.ask_more(tuple(ask for ask in verdict.maker.asks if ask.version))
    if choice.named:
        # The answer to the version request may show an imitation: judge again, and name
        # nothing that can be imitated where that answer did not come.
        choice = choose([v for v in verdicts(look.sight) if look.complete or not _imitated(v)])
    blank = EdgeFront(
        complete=look.complete and not choice.conflict, requests=len(look.pages),
        conflict=choice.conflict,
    )  # fmt: skip
    return _filled(blank, choice, look.sight)


def _filled(blank: EdgeFront, choice: Choice, sight: Sight) -> EdgeFront:
    device = device_of(choice.device, sight) if choice.device else None
    if choice.vpn is None:
        return replace(blank, device=device)
    best = choice.vpn
    version, state, day = read_version(best.maker, sight)
    return replace(
        blank, product=best.maker.product, title=best.maker.title, strength=best.strength,
        vpn_page=best.vpn, marks=best.marks, version=version, version_state=state,
        hint_date=day, settle=best.maker.settle,
        device=device_of(best, sight) if best.admin else device,
    )  # fmt: skip


def _imitated(verdict: Verdict) -> bool:
    """Tell whether a page that was not seen could have shown an imitation."""
    return any(veto.where != "certificate" for veto in verdict.maker.vetoes)


def _location(answer: HttpResponse, service: Service) -> str:
    """Return the path a redirect leads to on this very service, or an empty string."""
    found = _LOCATION.fullmatch(answer.header("location"))
    if found is None:
        return ""
    scheme, host, port, path = found.groups()
    own = host is None or host in {service.address, *service.names}
    return str(path) if own and _same_service(scheme, port, service) else ""


def _same_service(scheme: str | None, port: str | None, service: Service) -> bool:
    if scheme is None:
        return True
    secure = scheme.lower() == "https"
    usual = 443 if secure else 80
    # Devices behind a forwarded port often leave it out of their redirects: that is still them.
    return secure == service.tls and int(port or usual) in {service.port, usual}


def _leads_on(answer: HttpResponse, service: Service) -> bool:
    """Tell whether a redirect points to another page of this service, which was not seen."""
    goal = answer.header("location")
    if answer.status not in _REDIRECTS or not goal:
        return False
    found = _ELSEWHERE.match(goal)
    if found is None:
        return True
    scheme, host, port = found.groups()
    own = host.lower() in {service.address, *service.names}
    return own and _same_service(scheme, port, service)


def _padded(answer: HttpResponse) -> bool:
    """Tell whether a page fills what is read of it before it comes to its title."""
    return answer.truncated and b"<title" not in answer.body.lower()


def _may_follow(path: str) -> bool:
    """A redirect's path comes from the other side: nothing that looks like an attack."""
    return bool(path) and ".." not in path and not path.lower().startswith(NEVER)


def _is_shut(answer: HttpResponse) -> bool:
    """Tell whether a page is kept from us, by a rule or by a fault."""
    return answer.status == _FORBIDDEN or answer.status in _BUSY or answer.status >= _BROKEN


def _is_bare(answer: HttpResponse) -> bool:
    return answer.status >= _ERROR or len(answer.body) < _BARE_BODY
