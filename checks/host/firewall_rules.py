"""What a Linux kernel's rules do with a connection that nobody expects.

``nft -j list ruleset`` is followed for one imagined packet: a new TCP connection that comes from
outside to a port no rule speaks of. A rule for single ports, addresses or interfaces does not
match it; a rule for all new connections does. So a block list (fail2ban) is no firewall, and a
policy "drop" behind "accept everything new" is none either.

Rules that iptables made appear with parts that nft cannot name (``xt``). Of those, ``conntrack``
is taken for "belongs to a known connection", which it nearly always is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

_HOOKS: Final = frozenset({"input", "prerouting"})
_DEEPEST: Final = 16
"""As deep as the kernel lets chains call each other (NFT_JUMP_STACK_SIZE)."""

_NEUTRAL: Final = frozenset({"counter", "log", "comment", "mangle", "notrack", "ct count", "meter",
                             "set", "map", "quota", "flow", "secmark", "ct helper"})  # fmt: skip
_FINAL: Final[Mapping[str, str]] = {
    "accept": "accept", "drop": "drop", "reject": "drop", "return": "return", "queue": "queue",
}  # fmt: skip
_XT_FINAL: Final[Mapping[str, str]] = {"REJECT": "drop", "DROP": "drop", "ACCEPT": "accept"}
_HARMLESS_FLAGS: Final = frozenset({"owner", "persist"})

_TCP: Final = frozenset({"tcp", 6})

_Key = tuple[str, str, str]
"""Family, table and chain."""


@dataclass
class _Rules:
    chains: dict[_Key, Mapping[str, Any]] = field(default_factory=dict)
    rules: dict[_Key, list[Sequence[Any]]] = field(default_factory=dict)
    asleep: set[tuple[str, str]] = field(default_factory=set)
    """Tables that are loaded but switched off (``flags dormant``)."""
    doubtful: set[tuple[str, str]] = field(default_factory=set)
    """Tables with flags not known here: nft 1.0.6 writes the table's name in their place."""
    outcomes: dict[_Key, str] = field(default_factory=dict)


def unexpected_is_dropped(ruleset: bytes) -> tuple[bool | None, bool | None]:
    """Tell for IPv4 and for IPv6 whether the rules refuse what nobody expects.

    None where that depends on a table that could not be understood. Raises ValueError for what
    is no ruleset.
    """
    try:
        rules = _read(ruleset)
        return _family(rules, "ip"), _family(rules, "ip6")
    except (KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("no ruleset") from error


def _read(ruleset: bytes) -> _Rules:
    items = json.loads(ruleset)["nftables"]
    if not any("metainfo" in item for item in items):
        raise ValueError("no ruleset")
    rules = _Rules()
    for item in items:
        _add(rules, item)
    return rules


def _add(rules: _Rules, item: Mapping[str, Any]) -> None:
    if "table" in item:
        table = item["table"]
        flags = table.get("flags") or []
        given = set([flags] if isinstance(flags, str) else flags)
        place = (table["family"], table["name"])
        if "dormant" in given:
            rules.asleep.add(place)
        elif given - _HARMLESS_FLAGS:
            rules.doubtful.add(place)
    elif "chain" in item:
        chain = item["chain"]
        rules.chains[(chain["family"], chain["table"], chain["name"])] = chain
    elif "rule" in item:
        rule = item["rule"]
        key = (rule["family"], rule["table"], rule["chain"])
        rules.rules.setdefault(key, []).append(rule["expr"])


def _family(rules: _Rules, family: str) -> bool | None:
    doubt = False
    for key, chain in rules.chains.items():
        if key[0] not in (family, "inet") or key[:2] in rules.asleep:
            continue
        if chain.get("hook") not in _HOOKS or chain.get("type") != "filter":
            continue
        outcome = _outcome(rules, key, family, 0)
        if outcome in ("", "return"):
            outcome = str(chain.get("policy", "accept"))
        if outcome == "drop" and key[:2] not in rules.doubtful:
            return True
        doubt = doubt or outcome != "accept"
    return None if doubt else False


def _outcome(rules: _Rules, key: _Key, family: str, depth: int) -> str:
    """Return ``accept``, ``drop``, ``queue``, ``return``, or nothing at the end of the chain."""
    if depth > _DEEPEST:
        return "queue"
    known = (key[0], key[1], f"{family} {key[2]}")
    if known not in rules.outcomes:
        rules.outcomes[known] = ""
        rules.outcomes[known] = _follow(rules, key, family, depth)
    return rules.outcomes[known]


def _follow(rules: _Rules, key: _Key, family: str, depth: int) -> str:
    for expressions in rules.rules.get(key, ()):
        kind, target = _verdict(expressions, family)
        if not target:
            if kind:
                return kind
            continue
        outcome = _outcome(rules, (key[0], key[1], target), family, depth + 1)
        if outcome not in ("", "return"):
            return outcome
        if kind == "goto":
            return "return"
    return ""


def _verdict(expressions: Sequence[Any], family: str) -> tuple[str, str]:
    """Return what one rule does with the imagined packet, and where it sends it."""
    opaque = ""
    for item in expressions:
        if not isinstance(item, dict) or not item:
            return "", ""
        name, content = next(iter(item.items()))
        if name == "xt":
            kind, opaque = _foreign(content, opaque)
            decided = (kind, "") if kind else None
        else:
            decided = _decided(name, content, family)
        if decided is not None:
            return decided if _counts(opaque, decided[0]) else ("", "")
    return "", ""


def _decided(name: str, content: Any, family: str) -> tuple[str, str] | None:
    """Return the rule's end where this part is one: a verdict, or a condition that is not met."""
    if name == "match":
        return None if _matches(content, family) else ("", "")
    if name == "vmap":
        return _mapped(content)
    if name in ("jump", "goto"):
        return name, str(content["target"])
    if name in _FINAL:
        return _FINAL[name], ""
    return None if name in _NEUTRAL else ("", "")


def _counts(opaque: str, verdict: str) -> bool:
    """Tell whether a rule with a part nft cannot name may match.

    ``addrtype`` before "return" is how ufw lets pass what is meant for this computer.
    """
    return not opaque or (opaque == "addrtype" and verdict == "return")


def _foreign(content: object, opaque: str) -> tuple[str, str]:
    """Return the verdict of an iptables part, if it is one, and the name of a hidden condition."""
    part = content if isinstance(content, dict) else {"type": "match", "name": "unknown"}
    name = str(part.get("name", "unknown"))
    if part.get("type") == "target":
        return _XT_FINAL.get(name, ""), opaque
    return "", opaque if name == "comment" else name


def _matches(match: Mapping[str, Any], family: str) -> bool:
    left, right = match.get("left"), match.get("right")
    key, values = _key(left), _values(right)
    if key == "ct state":
        return ("new" in values) is (match.get("op") != "!=")
    if key == "meta nfproto":
        return (("ipv4" if family == "ip" else "ipv6") in values) is (match.get("op") != "!=")
    if key in ("meta l4proto", "ip protocol", "ip6 nexthdr"):
        return (not _TCP.isdisjoint(values)) is (match.get("op") != "!=")
    return match.get("op") == "!=" and not key.startswith("ct ")


def _key(left: object) -> str:
    if not isinstance(left, dict) or not left:
        return ""
    name, content = next(iter(left.items()))
    if not isinstance(content, dict):
        return str(name)
    if name == "payload":
        return f"{content.get('protocol')} {content.get('field')}"
    return f"{name} {content.get('key')}"


def _values(right: object) -> tuple[object, ...]:
    if isinstance(right, dict) and isinstance(right.get("set"), list):
        right = right["set"]
    items = right if isinstance(right, list) else [right]
    return tuple(item for item in items if isinstance(item, str | int))


def _mapped(content: Mapping[str, Any]) -> tuple[str, str]:
    """Follow a verdict map over the state of connections; others speak of single things."""
    if _key(content.get("key")) != "ct state":
        return "", ""
    data = content.get("data")
    for pair in data.get("set", ()) if isinstance(data, dict) else ():
        if isinstance(pair, list) and pair[0] == "new" and isinstance(pair[1], dict):
            name, value = next(iter(pair[1].items()))
            target = str(value["target"]) if isinstance(value, dict) else ""
            return (name, target) if target else (_FINAL.get(name, ""), "")
    return "", ""
