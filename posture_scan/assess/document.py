"""From what was observed to the finished report, and whether its findings follow from it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from posture_scan import __version__
from posture_scan.assess.observe import Observed
from posture_scan.assess.tool import TOOL, pack_list
from posture_scan.engine.judge import judge
from posture_scan.engine.pack_set import PackSet
from posture_scan.engine.records import evidence_from_json
from posture_scan.model.answer import Answers
from posture_scan.model.codec import decode
from posture_scan.model.confidence import Method
from posture_scan.model.evidence import Asset, Evidence, PortScan
from posture_scan.model.finding import Finding
from posture_scan.model.product import NO_DATA, ProductData
from posture_scan.model.scope import Scope
from posture_scan.rating.load import load_profile
from posture_scan.rating.profile import Profile
from posture_scan.rating.rate import Rating
from posture_scan.rating.reports import Nouns, Pricing, rate_nouns


@dataclass(frozen=True)
class Terms:
    """By which rules, answers and figures a report is rated."""

    profile: str
    """A built-in profile's id, or the path of a profile file."""
    answers: Answers | None = None
    pricing: Pricing = field(default_factory=Pricing)
    rules: Profile | None = None
    """The profile, where it was read already; many reports are rated by one reading."""


@dataclass(frozen=True)
class Permission:
    """The scope of a run, and the SHA-256 of the file it was read from."""

    scope: Scope
    digest: str = ""


def build(
    observed: Observed,
    permission: Permission,
    packs: PackSet,
    terms: Terms,
    *,
    started_at: datetime,
    finished_at: datetime,
    deselected: Collection[str] = (),
    language: str = "ja",
    products: ProductData = NO_DATA,
    line: str = "",
) -> dict[str, Any]:
    """Judge and rate what was observed and return the report as JSON values."""
    from posture_scan.report.document import LIMITS, build_report

    findings = judge(
        packs, observed.evidence, observed.assets, now=finished_at, deselected=deselected,
        products=products,
    )  # fmt: skip
    rating = rating_of(terms, findings, observed.assets, permission.scope, finished_at)
    rated = rated_members(rating)
    return build_report(
        tool=TOOL,
        scope=permission.scope,
        scope_digest=permission.digest,
        started_at=started_at,
        finished_at=finished_at,
        packs=pack_list(packs),
        product_data=data_used(products),
        assets=observed.assets,
        evidence=observed.evidence,
        findings=findings,
        connections=observed.connections,
        answers=terms.answers,
        criteria=rated["criteria"],
        rating=rated["rating"],
        limits=(*LIMITS, *own_limits(observed.evidence, observed.assets, products)),
        language=language,
        line=line,
        interrupted=observed.interrupted,
        complete=observed.complete,
        out_of_scope=[f"{name} {address}" for name, address in observed.out_of_scope],
    )


def own_limits(
    evidence: Sequence[Evidence], assets: Sequence[Asset], products: ProductData
) -> tuple[str, ...]:
    """Return what this run's report cannot say beside what none can."""
    engines = [item.facts.engine for item in evidence if isinstance(item.facts, PortScan)]
    found = ["nmap_versions"] if any("nmap" in engine for engine in engines) else []
    if any(item.method is Method.DEVICE_EXPORT for item in evidence):
        found.append("device_exports")
    if any(item.method is Method.TENANT_EXPORT for item in evidence):
        found.append("tenant_exports")
    if not _all_different(asset.identity for asset in assets if asset.identity):
        found.append("same_computer")
    if products.origin not in {"", "builtin"}:
        found.append("own_product_data")
    return tuple(found)


def _all_different(names: Iterable[str]) -> bool:
    known = list(names)
    return len(set(known)) == len(known)


def data_used(products: ProductData) -> dict[str, str]:
    """Return what a report says about the product data it was judged by."""
    return {
        "as_of": products.as_of.isoformat(),
        "exploited_as_of": products.exploited_as_of.isoformat(),
        "sha256": products.sha256,
        "origin": products.origin,
    }


def rated_members(rating: Rating) -> dict[str, Any]:
    """Return the ``criteria`` and ``rating`` of a report."""
    groups = {item.id: item.group for item in rating.profile.criteria}
    return {
        "criteria": [
            {**status.to_json(), "group": groups[status.id]} for status in rating.statuses
        ],
        "rating": rating.to_json(),
    }


def rating_of(
    terms: Terms,
    findings: Sequence[Finding],
    assets: Sequence[Asset],
    scope: Scope | None,
    now: datetime,
) -> Rating:
    """Rate findings and answers by a profile."""
    rules = terms.rules or load_profile(terms.profile)
    nouns = Nouns(tuple(findings), tuple(assets), scope, terms.answers)
    return rate_nouns(rules, nouns, terms.answers, terms.pricing, now)


def differences(
    report: Mapping[str, Any],
    evidence: Sequence[Mapping[str, Any]],
    packs: PackSet,
    products: ProductData,
) -> tuple[str, ...] | None:
    """Judge the evidence again and name the findings that do not follow from it.

    Returns None when the program, packs or product data at hand are not those of the report, so
    that nothing can be said; an empty tuple means every finding was worked out again and none
    differs.
    """
    if report["tool"].get("version") != __version__:
        return None
    mine = {(pack["name"], pack["digest"]) for pack in pack_list(packs)}
    theirs = {(pack["name"], pack["digest"]) for pack in report["packs"]}
    if mine != theirs or packs.problems:
        return None
    if report.get("product_data", {}).get("sha256") != products.sha256:
        return None
    records: list[Evidence] = [evidence_from_json(dict(item), packs) for item in evidence]
    assets = [decode(Asset, item) for item in report["assets"]]
    told = [decode(Finding, item) for item in report["findings"]]
    deselected = {item.check for item in told if item.reason == "deselected"}
    now = decode(datetime, report.get("judged_at", report["finished_at"]))
    again = judge(packs, records, assets, now=now, deselected=deselected, products=products)
    odd = set(map(_key, told)) ^ set(map(_key, again))
    return tuple(sorted(f"{check} {asset}" for check, asset, *_ in odd))


def _key(item: Finding) -> tuple[str, str, int, str, str, str]:
    return (
        item.check, item.asset, item.port, item.transport, item.status.value, item.reason,
    )  # fmt: skip
