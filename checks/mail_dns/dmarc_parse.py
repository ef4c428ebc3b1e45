"""One DMARC record, read as RFC 9989 section 4.7 does and, where older, RFC 7489."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from posture_scan.checks.mail_dns.names import doubled, tags

IS_RECORD: Final = re.compile(r"[vV] *= *DMARC1 *(?:;|\Z)")
"""The version comes first, and its value is written just so."""
POLICIES: Final = ("none", "quarantine", "reject")
WHOLE: Final = 100


@dataclass(frozen=True)
class DmarcPolicy:
    """What a record asks receivers to do with mail that only pretends to come from the domain."""

    own: str = ""
    """``p``: for the domain itself."""
    below: str = ""
    """``sp``: for its subdomains; without one, ``p`` counts."""
    nowhere: str = ""
    """``np``: for subdomains that do not exist; without one, ``sp`` counts."""
    share: int = WHOLE
    """``pct``: of this many in a hundred (RFC 7489; RFC 9989 dropped it)."""
    testing: bool = False
    """``t=y``: receivers are asked to do one step less (RFC 9989 section 4.7)."""
    registry: str = ""
    """``psd``: ``y`` for a registry's own record, ``n`` for the top of an organisation."""
    error: str = ""
    """Why receivers cannot use it: ``no_policy``, ``bad_policy`` or ``twice``."""
    wrong: str = ""
    """The tag that is wrong."""
    reports: bool = False
    """Whether reports are asked for (``rua``)."""


def parse_dmarc(text: str) -> DmarcPolicy:
    """Read a record that ``IS_RECORD`` recognised; tags that nobody knows are ignored."""
    pairs = tags(text)
    values = {name: value.lower() for name, value in pairs}
    policy = DmarcPolicy(
        own=_policy(values, "p"),
        below=_policy(values, "sp"),
        nowhere=_policy(values, "np"),
        share=_share(values.get("pct", "")),
        testing=values.get("t") == "y",
        registry=values["psd"] if values.get("psd") in {"y", "n"} else "",
        reports=bool(values.get("rua")),
    )
    error, wrong = _error(pairs, values)
    return policy if not error else DmarcPolicy(
        registry=policy.registry, error=error, wrong=wrong, reports=policy.reports
    )  # fmt: skip


def _policy(values: dict[str, str], tag: str) -> str:
    return values[tag] if values.get(tag) in POLICIES else ""


def _share(value: str) -> int:
    """RFC 7489 section 6.3: what is no whole number up to 100 counts as if it were not there."""
    return int(value) if re.fullmatch(r"[0-9]{1,3}", value) and int(value) <= WHOLE else WHOLE


def _error(pairs: tuple[tuple[str, str], ...], values: dict[str, str]) -> tuple[str, str]:
    """RFC 6376 section 3.2 for tags that stand twice, RFC 7489 section 6.6.3 for the rest."""
    twice = doubled(pairs)
    if twice:
        return "twice", twice
    if "p" not in values:
        return "no_policy", "p"
    bad = next((tag for tag in ("p", "sp", "np") if values.get(tag, "none") not in POLICIES), "")
    return ("bad_policy", bad) if bad else ("", "")
