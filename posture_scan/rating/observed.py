"""What the findings of a report say about one check on one asset, and whether it counts.

A finding becomes evidence only from a vantage the criterion accepts, sure enough and fresh
enough. What does not count is unknown, never fine.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from posture_scan.model.evidence import Asset, Vantage
from posture_scan.model.finding import Finding, Status
from posture_scan.model.scope import Scope
from posture_scan.rating.profile import Machine, Profile

UNOBSERVABLE: Final = frozenset({"udp_mute", "udp_path_unproven"})
"""Reasons of findings that no further look from the same place would settle."""
CLOCK_SLACK: Final = timedelta(days=1)
"""How far ahead of the judging clock an observation or answer may be dated: two computers'
clocks and Japan's nine hours before UTC; beyond that the date is wrong, and proves nothing."""


class Sign(StrEnum):
    """What one finding says to one rule."""

    WEAK = "weak"
    WAIVED = "waived"
    SOUND = "sound"
    ABSENT = "absent"
    UNKNOWN = "unknown"
    UNOBSERVABLE = "unobservable"
    """Unknown by its nature, not for want of looking: no scan from there could tell."""
    UNUSABLE = "unusable"
    """It says something, but not as this rule wants it: vantage, age or confidence."""


@dataclass(frozen=True)
class Reading:
    """A finding's sign, with the reason where it is unknown or unusable."""

    finding: Finding
    sign: Sign
    reason: str = ""

    @property
    def reference(self) -> str:
        """``check@asset``, with the port where there is one, and ``/udp`` where it is UDP."""
        udp = "/udp" if self.finding.transport == "udp" else ""
        port = f":{self.finding.port}{udp}" if self.finding.port else ""
        return f"{self.finding.check}@{self.finding.asset}{port}"


class Observed:
    """All findings and assets of a report, indexed, as of one moment."""

    def __init__(
        self,
        profile: Profile,
        findings: Iterable[Finding],
        assets: Iterable[Asset],
        scope: Scope | None,
        now: datetime,
    ) -> None:
        """Index the findings by check and asset."""
        self.profile = profile
        self.scope = scope
        self.now = now
        self.assets: Mapping[str, Asset] = {asset.id: asset for asset in assets}
        self._index: dict[str, dict[str, list[Finding]]] = defaultdict(lambda: defaultdict(list))
        for finding in findings:
            self._index[finding.check][finding.asset].append(finding)
        self._answering = {
            a.id for a in self.assets.values()
            if (a.reached or a.open_ports) and a.kind not in {"domain", "name"}
        }  # fmt: skip

    def readings(self, rule: Machine, check: str, asset: str) -> tuple[Reading, ...]:
        """Return what a check's findings about one asset say to a rule.

        What is unusable is left out where something usable says it better: an inside view
        beside an outside one, a banner's hint beside the device's own export.
        """
        found = [self._read(rule, f) for f in self._index.get(check, {}).get(asset, ())]
        usable = {_place(r.finding) for r in found if r.sign is not Sign.UNUSABLE}
        return tuple(
            reading
            for reading in found
            if reading.sign is not Sign.UNUSABLE
            or not (usable if reading.reason == "vantage" else _place(reading.finding) in usable)
        )

    def tells_of(self, checks: Iterable[str], asset: str = "") -> bool:
        """Tell whether any of these checks was judged, on one asset or at all."""
        found = [self._index.get(check, {}) for check in checks]
        return any(asset in places if asset else places for places in found)

    def strangers(self, rule: Machine, known: Iterable[str]) -> tuple[str, ...]:
        """Return assets outside the rule's own about which some check found a weakness."""
        own = set(known)
        found: set[str] = set()
        for check in rule.checks:
            for asset in self._index.get(check, {}):
                if asset not in own and any(
                    reading.sign in {Sign.WEAK, Sign.WAIVED}
                    for reading in self.readings(rule, check, asset)
                ):
                    found.add(asset)
        return tuple(sorted(found))

    def scan_gap(self, asset: Asset | None) -> str:
        """Return why an address does not count as fully scanned, or an empty string."""
        if asset is None or not asset.fully_scanned:
            return "not_fully_scanned"
        if asset.middlebox:
            return "middlebox"
        confirmed = self.scope.nothing_listens if self.scope else ()
        if asset.id in self._answering or {asset.id, asset.address} & set(confirmed):
            return ""
        return "" if self._answering else "nothing_answered"

    def _read(self, rule: Machine, finding: Finding) -> Reading:
        if rule.named_only and finding.values.get("named") is False:
            return Reading(finding, Sign.ABSENT)
        if finding.vantage.value not in rule.vantage:
            return Reading(finding, Sign.UNUSABLE, "vantage")
        if finding.status is Status.ERROR:
            return Reading(finding, Sign.UNKNOWN, "error")
        if finding.status is Status.UNKNOWN:
            by_nature = finding.reason in UNOBSERVABLE
            return Reading(finding, Sign.UNOBSERVABLE if by_nature else Sign.UNKNOWN, "not_seen")
        if finding.status is Status.WAIVED:
            return Reading(finding, Sign.WAIVED, "waived")
        too_old = self._too_old(rule, finding)
        if too_old:
            return Reading(finding, Sign.UNUSABLE, too_old)
        if finding.confidence < (rule.min_confidence or self.profile.evidence.min_confidence):
            return Reading(finding, Sign.UNUSABLE, "low_confidence")
        signs = {Status.PASS: Sign.SOUND, Status.FAIL: Sign.WEAK}
        return Reading(finding, signs.get(finding.status, Sign.ABSENT))

    def _too_old(self, rule: Machine, finding: Finding) -> str:
        seen = finding.observed_at
        if seen is None or seen.tzinfo is None:
            return "undated"
        if seen > self.now + CLOCK_SLACK:
            return "from_the_future"
        on_host = finding.vantage is Vantage.HOST
        usual = self.profile.validity.host_days if on_host else self.profile.validity.report_days
        days = rule.max_age_by_method.get(finding.method.value, rule.max_age_days or usual)
        until = finding.valid_until
        expired = until is not None and until.tzinfo is not None and until < self.now
        return "too_old" if expired or self.now - seen > timedelta(days=days) else ""


def _place(finding: Finding) -> tuple[int, bool]:
    return finding.port, finding.transport == "udp"
