"""Web pages: not encrypted, or with less protection for their visitors than browsers offer."""

from __future__ import annotations

from typing import Final

from posture_scan.checks.web.collect_http import CookieSeen, WebAnswer
from posture_scan.checks.web.leads import Leads
from posture_scan.checks.web.policy import (
    SIX_MONTHS,
    Scripts,
    framed_by_anybody,
    max_age,
    no_sniffing,
    scripts,
)

from posture_scan.sdk import Method, Service, Verdict, check, fail, not_applicable, ok, unknown

_NO_PAGE: Final = (*range(200, 300), 403, 404, 410, 421, 426, 451)
"""Statuses that say: there is nothing for you to see here (RFC 9110 15)."""
_ERRORS: Final = range(400, 500)
_TLS: Final = Service("http", tls=True)
_SESSIONS: Final = frozenset(
    {
        "phpsessid", "jsessionid", "asp.net_sessionid", "connect.sid", "laravel_session",
        "ci_session", "sessionid", "_session_id", "cakephp", "cfid", "cftoken",
    }
)  # fmt: skip
_SESSIONS_BEGIN: Final = ("aspsessionid", "wordpress_logged_in_", "wordpress_sec_")
"""How web platforms call the cookie that keeps a visitor logged on, where nobody renames it."""


@check(needs=WebAnswer)
def plaintext(seen: WebAnswer) -> Verdict:
    """A page is shown without encryption instead of leading to https."""
    named = bool(seen.name)
    if seen.tls:
        return not_applicable("encrypted", named=named)
    if seen.failed:
        return unknown("not_read", named=named, status=seen.status)
    if seen.leads is Leads.HTTPS_HERE:
        return ok("leads_to_https", actual="https", expected="https", named=named)
    if seen.leads is Leads.HTTPS_ELSEWHERE:
        return ok("leads_elsewhere", actual="https", expected="https", named=named)
    if seen.leads:
        return unknown("leads_on", actual="http", expected="https", named=named)
    return _shown_in_clear(seen)


def _shown_in_clear(seen: WebAnswer) -> Verdict:
    named = bool(seen.name)
    if seen.logon:
        return fail("logon", actual="http", expected="https", named=named)
    if seen.content and seen.status in range(200, 300):
        return fail("page", actual="http", expected="https", named=named)
    if seen.status in _NO_PAGE:
        # Only the front page was asked for, so this is no proof about all the others.
        return ok("no_page", method=Method.ANALYSIS, named=named, status=seen.status)
    return unknown("not_understood", named=named, status=seen.status)


@check(needs=WebAnswer, on=_TLS)
def no_hsts(seen: WebAnswer) -> Verdict:
    """Browsers are not told to come encrypted only (RFC 6797), or for less than half a year."""
    if not seen.name:
        return not_applicable("no_name", named=False)  # browsers take it for names only (8.1.1)
    ages = [age for header in seen.hsts if (age := max_age(header)) is not None]
    if not ages:
        return _hsts_missing(seen)
    age, wanted = ages[-1], str(SIX_MONTHS)
    if age == 0:
        return fail("switched_off", actual="0", expected=wanted, named=True)
    days = age // 86_400
    if age < SIX_MONTHS:
        return fail("too_short", actual=str(age), expected=wanted, named=True, days=days)
    return ok("long_enough", actual=str(age), expected=wanted, named=True, days=days)


def _hsts_missing(seen: WebAnswer) -> Verdict:
    wanted = str(SIX_MONTHS)
    if seen.hsts:
        return fail("malformed", actual=seen.hsts[-1], expected=wanted, named=True)
    if seen.failed:
        return unknown("not_read", named=True, status=seen.status)
    if seen.status in _ERRORS:
        # nginx and Apache leave such headers off errors unless told ``always``.
        return unknown("error_only", named=True, status=seen.status)
    return fail("missing", actual="none", expected=wanted, named=True)


@check(needs=WebAnswer, on=_TLS)
def insecure_cookie(seen: WebAnswer) -> Verdict:
    """A cookie may leave unencrypted, or a session's may be read by scripts (RFC 6265bis)."""
    named = bool(seen.name)
    open_ones = [one.name for one in seen.cookies if not one.secure]
    if open_ones:
        return fail("no_secure", named=named, cookies=_listed(open_ones))
    broken = [one.name for one in seen.cookies if _breaks_its_word(one)]
    if broken:
        return fail("prefix_broken", named=named, cookies=_listed(broken))
    bare = [one.name for one in seen.cookies if _bare_session(one)]
    if bare:
        return fail("no_http_only", named=named, cookies=_listed(bare))
    if seen.failed:
        return unknown("not_read", named=named, status=seen.status)
    if not seen.cookies:
        return not_applicable("none_set", named=named)
    return ok("protected", named=named, count=len(seen.cookies))


def _listed(names: list[str]) -> str:
    return ", ".join(name or "(no name)" for name in names[:5])


def _breaks_its_word(cookie: CookieSeen) -> bool:
    """Browsers refuse a ``__Host-`` cookie with a Domain or another Path (RFC 6265bis 4.1.3)."""
    return cookie.name.lower().startswith("__host-") and not cookie.whole_host


def _bare_session(cookie: CookieSeen) -> bool:
    name = cookie.name.lower()
    session = name in _SESSIONS or name.startswith(_SESSIONS_BEGIN)
    return session and not cookie.http_only


@check(needs=WebAnswer)
def clickjacking(seen: WebAnswer) -> Verdict:
    """Any site may show the page inside a frame of its own (CSP frame-ancestors)."""
    named = bool(seen.name)
    if not seen.page or seen.failed:
        return _no_page(seen)
    open_to_all = framed_by_anybody(seen.csp, seen.frame_options)
    if open_to_all is False:
        return ok("closed", named=named)
    if seen.csp_cut:
        return unknown("not_read", named=named, status=seen.status)
    if open_to_all:
        return fail("open_to_all", expected="frame-ancestors", named=named)
    return fail("missing", actual="none", expected="frame-ancestors", named=named)


@check(needs=WebAnswer)
def no_nosniff(seen: WebAnswer) -> Verdict:
    """Browsers may guess what kind of file they got (X-Content-Type-Options)."""
    named, said = bool(seen.name), seen.content_type_options
    if not seen.page or seen.failed:
        return _no_page(seen)
    if no_sniffing(said):
        return ok("set", actual="nosniff", expected="nosniff", named=named)
    return fail("missing", actual=said or "none", expected="nosniff", named=named)


@check(needs=WebAnswer)
def no_csp(seen: WebAnswer) -> Verdict:
    """Nothing limits which scripts run in the page (Content-Security-Policy)."""
    named = bool(seen.name)
    if not seen.page or seen.failed:
        return _no_page(seen)
    found = {scripts(policy) for policy in (*seen.csp, *seen.csp_in_page)}
    if Scripts.BOUND in found:
        return ok("bound", named=named)
    if seen.csp_cut or not seen.head_read:
        return unknown("not_read", named=named, status=seen.status)
    if Scripts.INLINE in found:
        return fail("inline", actual="'unsafe-inline'", expected="script-src", named=named)
    if found:
        return fail("no_rule", actual="none", expected="script-src", named=named)
    return _no_policy(seen)


def _no_policy(seen: WebAnswer) -> Verdict:
    named = bool(seen.name)
    if seen.csp_report_only:
        return fail("report_only", actual="report-only", expected="script-src", named=named)
    return fail("missing", actual="none", expected="script-src", named=named)


@check(needs=WebAnswer)
def directory_listing(seen: WebAnswer) -> Verdict:
    """The front page is the list of the server's files."""
    named = bool(seen.name)
    if not seen.page or seen.failed:
        return _no_page(seen)
    if seen.lists_files:
        return fail("listed", named=named)
    if not seen.head_read:
        return unknown("not_read", named=named, status=seen.status)
    return ok("no_listing", named=named)


def _no_page(seen: WebAnswer) -> Verdict:
    """A page that did not come is unknown; an answer that is none has no such question."""
    named = bool(seen.name)
    if seen.failed:
        return unknown("not_read", named=named, status=seen.status)
    return not_applicable("no_page", named=named, status=seen.status)
