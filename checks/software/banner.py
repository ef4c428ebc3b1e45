"""Software that a service names: past its support, known to be exploited, missing a fix."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from posture_scan.checks.software.collect import Banner
from posture_scan.checks.software.end_of_life import judge as judge_support
from posture_scan.checks.software.end_of_life import named_homes
from posture_scan.checks.software.known_exploited import judge as judge_exploited
from posture_scan.checks.software.recognise import (
    NO_DISTRIBUTION,
    Software,
    distribution_title,
    products,
    shown,
)
from posture_scan.checks.software.settle import command

from posture_scan.sdk import (
    Context,
    Method,
    ProductData,
    ProductNamed,
    Status,
    Verdict,
    check,
    compare_revision,
    fail,
    newest,
    not_applicable,
    ok,
    unknown,
)

_ORDER: Final = (Status.FAIL, Status.UNKNOWN, Status.PASS, Status.NOT_APPLICABLE)
"""Which of several products' verdicts speaks for the service."""
_OF_THE_PROTOCOL = re.compile(rb"HTTP/\d|RFB \d{3}\.\d{3}\n?\Z|<\?xml |<stream:stream ")
"""Greetings whose number is the protocol's own and says nothing about a product."""
_GATEWAYS: Final = frozenset({"ike", "ike_natt", "ikev1", "l2tp", "openvpn", "openvpn_tcp", "pptp"})
"""Protocols that announce no software by their nature; ``gateway.*`` asks what stands behind."""
_LOOKS_LIKE_A_VERSION = re.compile(r"\d\.\d")


@check(needs=Banner, absent=Status.PASS, beside=ProductNamed)
def outdated(seen: Banner, context: Context) -> Verdict:
    """A service runs software whose support has ended."""
    data, today = context.products, context.now.date()
    elsewhere = _judged_elsewhere(seen, context)
    return elsewhere or _of_all(seen, lambda software: judge_support(software, data, today))


@check(needs=Banner, absent=Status.PASS, beside=ProductNamed)
def known_exploited(seen: Banner, context: Context) -> Verdict:
    """A service runs a version with a flaw that is known to be exploited."""
    data, today = context.products, context.now.date()
    elsewhere = _judged_elsewhere(seen, context)
    return elsewhere or _of_all(seen, lambda software: judge_exploited(software, data, today))


def _judged_elsewhere(seen: Banner, context: Context) -> Verdict | None:
    """A service that announces nothing is left to the checks of the product it is."""
    if seen.software:
        return None
    if any(getattr(facts, "names_product", False) for facts in context.beside):
        return not_applicable("judged_by_its_product", method=Method.PROTOCOL_HANDSHAKE)
    if context.service.protocol in _GATEWAYS:
        return not_applicable("judged_as_a_gateway", method=Method.PROTOCOL_HANDSHAKE)
    return None


@check(needs=Banner)
def missing_fix(seen: Banner, context: Context) -> Verdict:
    """A distribution's package revision shows that a published security fix is missing."""
    data = context.products
    listed = [item for item in seen.software if _has_fixes(item, data)]
    if not listed:
        return not_applicable("not_listed")
    return min((_fixes(item, data) for item in listed), key=_rank)


@check(needs=Banner)
def version_disclosed(seen: Banner) -> Verdict:
    """A service tells its version although the protocol does not ask for it."""
    with_version = [item for item in seen.software if item.version]
    freely = [i for i in with_version if not products()[i.product].required_by_protocol]
    if freely:
        names = ", ".join(f"{products()[i.product].title} {i.version}" for i in freely)
        method = Method.PROTOCOL_HANDSHAKE
        return fail("shown", actual=freely[0].shown, method=method, software=names)
    if with_version:
        return not_applicable("required_by_protocol", product=with_version[0].product)
    return _without_version(seen)


def _without_version(seen: Banner) -> Verdict:
    formal = bool(seen.headers) or _OF_THE_PROTOCOL.match(seen.greeting) is not None
    text = "" if formal else seen.greeting.decode("latin-1")
    texts = [text, *(header.value for header in seen.headers)]
    readable = [item for item in texts if item and item.isascii() and shown(item)]
    web = bool(seen.page) or seen.greeting.startswith(b"HTTP/")
    if not readable and not web:
        return not_applicable("no_banner")
    if any(_LOOKS_LIKE_A_VERSION.search(item) for item in readable) and not seen.software:
        return unknown("not_recognised", actual=shown(readable[0]))
    return ok("not_shown", method=Method.PROTOCOL_HANDSHAKE)


def _of_all(seen: Banner, judge: Callable[[Software], Verdict]) -> Verdict:
    """One service may name several products: the worst verdict speaks for it."""
    if not seen.software:
        return unknown("product_not_identified")
    return min((judge(item) for item in seen.software), key=_rank)


def _rank(verdict: Verdict) -> tuple[int, bool, bool]:
    """Worst first: of failures the surer one, of passes the less sure, then what names a flaw."""
    sure = verdict.method is Method.VERSION_WITH_PATCH_LEVEL
    names_a_flaw = any(name == "cve" for name, _ in verdict.values)
    second = sure != (verdict.status is Status.FAIL)
    return _ORDER.index(verdict.status), second, not names_a_flaw


def _has_fixes(software: Software, data: ProductData) -> bool:
    known = data.product(software.product)
    return known is not None and bool(known.fixes)


def _fixes(software: Software, data: ProductData) -> Verdict:
    about = {
        "product": products()[software.product].title,
        "shown": software.shown,
        "as_of": data.as_of.isoformat(),
    }
    if not software.revision or software.distribution in NO_DISTRIBUTION:
        look = command(software, named_homes(software, data), data)
        return unknown("revision_not_visible", actual=software.shown, command=look, **about)
    homes = named_homes(software, data)
    known = data.fixes(software.product, homes[0]) if len(homes) == 1 else {}
    if not known:
        return not_applicable("no_fixes_listed", **about)
    name = homes[0].distribution
    missing = [c for c, fix in known.items() if compare_revision(name, software.revision, fix) < 0]
    named = f"{distribution_title(name)} {homes[0].release}"
    about |= {"distribution": named, "revision": software.revision}
    if missing:
        fixed = newest((known[cve] for cve in missing), name)
        return fail(
            "fix_missing", actual=software.revision, expected=fixed, cve=", ".join(missing),
            method=Method.VERSION_WITH_PATCH_LEVEL, **about,
        )  # fmt: skip
    return ok(
        "fixes_present", actual=software.revision, cve=", ".join(known),
        method=Method.VERSION_WITH_PATCH_LEVEL, **about,
    )  # fmt: skip
