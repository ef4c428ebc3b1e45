"""From marks to a name: which maker a service's marks come to, and which version it shows.

Marks of many makers at once are a honeypot's or a joker's, and name nobody.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import Final

from posture_scan.checks.edge_device.fingerprint import (
    STRONG,
    VPN,
    WEAK,
    Maker,
    Sight,
    Verdict,
    VersionRule,
    makers,
    texts,
    weigh,
)

_MANY: Final = 3
"""So many makers with strong marks on one service are one too many, whatever their roles."""
_GZIP: Final = b"\x1f\x8b\x08\x08"
_GZIP_HEADER: Final = 8
_FIRST_YEAR, _LAST_YEAR = 2010, 2040


@dataclass(frozen=True)
class Device:
    """A device that shows itself: what it is, whether it lets one log on, which version."""

    product: str
    """Id in the product data; empty where only the kind of device is known."""
    title: str
    kind: str
    strength: str
    """``strong`` or ``weak``."""
    admin_page: bool = False
    """Whether a page or login that it is managed through answered."""
    marks: tuple[str, ...] = ()
    version: str = ""
    version_state: str = "not_readable"
    """``read``, ``branch``, ``date_hint`` or ``not_readable``."""
    hint_date: str = ""
    settle: str = ""


@dataclass(frozen=True)
class Choice:
    """Whom the marks name: at most one gateway and one device; or nobody, in conflict."""

    vpn: Verdict | None = None
    device: Verdict | None = None
    conflict: tuple[str, ...] = ()
    """Titles of the makers whose marks contradict each other."""

    @property
    def named(self) -> tuple[Verdict, ...]:
        """Those that are named."""
        return tuple(verdict for verdict in (self.vpn, self.device) if verdict)


def verdicts(sight: Sight) -> list[Verdict]:
    """Judge every maker; those without any mark are left out, the surest come first."""
    found = (weigh(maker, sight) for maker in makers())
    return sorted((verdict for verdict in found if verdict.marks), key=_weight, reverse=True)


def _weight(verdict: Verdict) -> tuple[int, bool, int]:
    rank = ("", WEAK, STRONG).index(verdict.strength)
    return rank, bool(verdict.maker.product), verdict.weight


def choose(found: list[Verdict]) -> Choice:
    """Pick the gateway and the device that the marks name, unless they contradict each other."""
    named = [verdict for verdict in found if verdict.strength]
    strong = [verdict for verdict in named if verdict.strength == STRONG]
    specific = [verdict for verdict in strong or named if verdict.maker.product]
    hidden = _hidden_gateways(found)
    named = specific or named[:1]
    gateways = [verdict for verdict in named if verdict.maker.role == VPN]
    devices = [verdict for verdict in named if verdict.maker.role != VPN]
    beside = not gateways or all(verdict.maker.behind for verdict in devices)
    if len(named) >= _MANY or max(len(gateways), len(devices)) > 1 or not beside:
        return Choice(conflict=tuple(verdict.maker.title for verdict in named))
    if hidden and not gateways:
        shown = {verdict.maker.title: None for verdict in (*named, *hidden)}
        return Choice(conflict=tuple(shown))
    return Choice(next(iter(gateways), None), next(iter(devices), None))


def _hidden_gateways(found: list[Verdict]) -> list[Verdict]:
    """Return the VPN front pages that another's mark would hide, a certificate's name say.

    Anybody may put a sibling's name into a certificate. So where the page lets people into the
    network, that mark makes the matter unclear; it does not make the gateway disappear.
    """
    return [
        verdict for verdict in found
        if verdict.vpn and verdict.maker.role == VPN
        and (verdict.vetoed or verdict.strength == WEAK)
    ]  # fmt: skip


def to_ask(found: list[Verdict]) -> list[Verdict]:
    """Pick the makers whose pages are asked for: the surest, else the first two.

    A device that is sure does not spare a gateway the question: its mark may be put there so
    that nobody asks.
    """
    askers = [verdict for verdict in found if verdict.maker.asks]
    if not found or found[0].strength != STRONG:
        return askers[:2]
    surest = found[0]
    gateways = [verdict for verdict in askers if verdict.maker.role == VPN]
    return [surest, *(gateways[:2] if surest.maker.role != VPN else ())]


def device_of(verdict: Verdict, sight: Sight) -> Device:
    """Say what a named device is and which version it shows."""
    maker = verdict.maker
    version, state, day = read_version(maker, sight)
    return Device(
        maker.product, maker.title, maker.kind, verdict.strength, verdict.admin, verdict.marks,
        version, state, day, maker.settle,
    )  # fmt: skip


def read_version(maker: Maker, sight: Sight) -> tuple[str, str, str]:
    """Return version, state and day of the build, as far as the maker's rules find them."""
    for rule in maker.versions:
        found = _by_build_time(rule, sight) if rule.where == "gzip_time" else _by_text(rule, sight)
        if found:
            return found
    return "", "not_readable", ""


def _by_text(rule: VersionRule, sight: Sight) -> tuple[str, str, str] | None:
    for text in texts(sight, rule.where, rule.path):
        match = rule.pattern.search(text)
        if match and rule.state == "date_hint":
            return "", "date_hint", _day(int(match[1], 16))
        if match:
            return " build ".join(part for part in match.groups() if part), rule.state, ""
    return None


def _by_build_time(rule: VersionRule, sight: Sight) -> tuple[str, str, str] | None:
    """Read the time in a gzip header (RFC 1952) and look the build up by it."""
    for page in sight.pages:
        body = page.answer.body
        if page.path == rule.path and len(body) >= _GZIP_HEADER and body.startswith(_GZIP):
            stamp = int.from_bytes(body[4:8], "little")
            version = _builds(rule.builds).get(stamp, "")
            return (version, "read", "") if version else ("", "date_hint", _day(stamp))
    return None


@cache
def _builds(name: str) -> dict[int, str]:
    text = resources.files(__package__).joinpath("makers", "builds", name).read_text("utf-8")
    return {int(stamp): str(version) for stamp, version in tomllib.loads(text)["builds"].items()}


def _day(stamp: int) -> str:
    moment = datetime.fromtimestamp(stamp, UTC)
    return moment.date().isoformat() if _FIRST_YEAR <= moment.year <= _LAST_YEAR else ""
