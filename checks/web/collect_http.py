"""What a web service answers to the request for its front page: where it leads, its headers.

What discovery heard already is used where it settles everything; otherwise the page is asked for
once, and at most two steps of redirects within the same service are followed. Nothing of the page
itself is kept, and of cookies no value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from posture_scan.checks.web.leads import REDIRECTS, Goal, Leads, goal, plain, refresh_goal
from posture_scan.checks.web.page import (
    PAGE_LIMIT,
    asks_password,
    head_of,
    is_page,
    lists_files,
    may_list_files,
    metas,
    text_of,
)
from posture_scan.checks.web.policy import policies

from posture_scan.sdk import (
    HANDSHAKE,
    AttemptError,
    Facts,
    HttpResponse,
    Net,
    Service,
    collector,
    printable,
)

MOST_STEPS: Final = 2
"""Redirects within one service that are followed."""
_TELLING: Final = (*range(200, 400), 401, 403, 404)
"""Statuses of an answer to the request itself, not to something that was misunderstood."""
_HSTS_LIMIT: Final = 512
_POLICY_LIMIT: Final = 8192
_MOST_POLICIES: Final = 10
_MOST_COOKIES: Final = 50
_CSP: Final = "content-security-policy"


@dataclass(frozen=True)
class CookieSeen:
    """A cookie by its name and flags; its value is never kept."""

    name: str
    secure: bool = False
    http_only: bool = False
    same_site: str = ""
    whole_host: bool = False
    """Bound to this very host and all of it: ``Path=/`` and no ``Domain``."""


@dataclass(frozen=True)
class WebAnswer(Facts):
    """What a web service answered when its front page was asked for."""

    tls: bool
    name: str
    """The scoped name it was asked for; empty where the service has an address only."""
    status: int
    """Of the last answer."""
    leads: Leads = Leads.NOWHERE
    """Where the last answer leads."""
    failed: bool = False
    """The answer that would settle it did not come: the server failed, or it broke off."""
    page: bool = False
    """Whether it is a page for people: status 200, in HTML."""
    content: bool = False
    """Whether it shows anything at all."""
    logon: bool = False
    """Whether it asks for a password, in the page or before it (401)."""
    head_read: bool = False
    """Whether the head of the page was read to its end."""
    lists_files: bool = False
    hsts: tuple[str, ...] = ()
    """Strict-Transport-Security of each answer under ``name``: the first such header of each."""
    cookies: tuple[CookieSeen, ...] = ()
    csp: tuple[str, ...] = ()
    """Policies that are enforced, as far as they are about scripts and frames."""
    csp_in_page: tuple[str, ...] = ()
    csp_cut: bool = False
    """There are more policies, or longer ones, than are kept."""
    csp_report_only: bool = False
    frame_options: tuple[str, ...] = ()
    content_type_options: str = ""


@dataclass(frozen=True)
class _Step:
    host: str
    answer: HttpResponse
    goal: Goal | None


@collector(on=Service("http"), intrusiveness=HANDSHAKE, max_connections=1 + MOST_STEPS)
def web_answer(service: Service, net: Net) -> WebAnswer:
    """Look at the front page under the service's first name, and where it leads."""
    name = service.names[0] if service.names else ""
    steps, lost = _visit(service, net, name or service.address)
    last = steps[-1]
    answer = last.answer
    page = is_page(answer)
    text = text_of(answer) if answer.body else ""
    head, head_read = head_of(text)
    leads = last.goal.kind(service) if last.goal else _refreshed(head, service, last.host)
    in_page = tuple(metas(head, _CSP)) if page else ()
    csp, csp_in_page = policies(_all(answer, _CSP)), policies(in_page)
    broken = answer.truncated and not answer.body and answer.status not in REDIRECTS
    return WebAnswer(
        tls=service.tls,
        name=name,
        status=answer.status,
        leads=leads,
        failed=lost or answer.failed or broken,
        page=page,
        content=bool(answer.body.strip()),
        logon=answer.status == 401 or asks_password(text),  # noqa: PLR2004 -- "Unauthorized"
        head_read=head_read or not answer.truncated,
        lists_files=page and lists_files(answer.title, text),
        hsts=_hsts(steps, name),
        cookies=_cookies(steps),
        csp=_kept(csp),
        csp_in_page=_kept(csp_in_page),
        csp_cut=_kept(csp) != csp or _kept(csp_in_page) != csp_in_page,
        csp_report_only=bool(answer.header(f"{_CSP}-report-only")),
        frame_options=tuple(printable(v) for v in _all(answer, "x-frame-options"))[:10],
        content_type_options=printable(answer.header("x-content-type-options")),
    )


def _visit(service: Service, net: Net, host: str) -> tuple[list[_Step], bool]:
    """Return the answers in order, and whether the next one did not come.

    Raises:
        AttemptError: there was no answer at all.
    """
    answer = _front(service, net, host)
    steps = [_Step(host, answer, goal(answer, service, host, "/"))]
    while len(steps) <= MOST_STEPS:
        following = steps[-1].goal
        if following is None or not following.stays(service):
            break
        host, path = following.host, following.path
        try:
            answer = net.http(service, path, name=host, follow=0, limit=PAGE_LIMIT)
        except AttemptError:
            return steps, True
        steps.append(_Step(host, answer, goal(answer, service, host, path)))
    return steps, False


def _front(service: Service, net: Net, host: str) -> HttpResponse:
    heard = HttpResponse.heard(service.greeting)
    if heard is not None and heard.status not in _TELLING:
        heard = None
    if heard is not None and _settles(heard, service, host):
        return heard
    try:
        return net.http(service, "/", follow=0, limit=PAGE_LIMIT)
    except AttemptError:
        if heard is None:
            raise
        return heard


def _settles(heard: HttpResponse, service: Service, host: str) -> bool:
    """Tell whether the first bytes of an answer are all that has to be known of it.

    Discovery names the host without its port: a redirect to this host on another port may mean
    this one. The head of a page has to be there, and the list, where it may be one of files.
    """
    following = goal(heard, service, host, "/")
    if following is not None:
        kind = following.kind(service)
        same = Leads.HTTPS_HERE if service.tls else Leads.HTTP_HERE
        return kind is not same or following.stays(service)
    if not heard.truncated:
        return True
    if not is_page(heard):
        return bool(heard.body)
    whole_head = head_of(text_of(heard))[1]
    return whole_head and not may_list_files(heard.title)


def _refreshed(head: str, service: Service, host: str) -> Leads:
    """Where a plain page sends its visitor by itself, if it is encrypted there."""
    found = [refresh_goal(content, service, host) for content in metas(head, "refresh")]
    kinds = [each.kind(service) for each in found if each and each.scheme == "https"]
    return kinds[0] if kinds and not service.tls else Leads.NOWHERE


def _all(answer: HttpResponse, header: str) -> tuple[str, ...]:
    return tuple(value for name, value in answer.headers if name == header)


def _hsts(steps: list[_Step], name: str) -> tuple[str, ...]:
    """Browsers take it for the name they asked, and of several headers the first (RFC 6797 8.1)."""
    own = [step.answer for step in steps if plain(step.host) == plain(name)]
    found = (_all(answer, "strict-transport-security")[:1] for answer in own)
    return tuple(printable(value, _HSTS_LIMIT) for values in found for value in values)


def _cookies(steps: list[_Step]) -> tuple[CookieSeen, ...]:
    """Each cookie as it was set last, but for those that are set to be removed."""
    found = {
        printable(cookie.name): CookieSeen(
            printable(cookie.name),
            cookie.secure,
            cookie.http_only,
            cookie.same_site,
            cookie.path == "/" and not cookie.domain,
        )
        for step in steps
        for cookie in step.answer.cookie_flags
        if not cookie.removed
    }
    return tuple(found.values())[:_MOST_COOKIES]


def _kept(found: tuple[str, ...]) -> tuple[str, ...]:
    short = [printable(policy, _POLICY_LIMIT) for policy in found if len(policy) <= _POLICY_LIMIT]
    return tuple(short[:_MOST_POLICIES])
