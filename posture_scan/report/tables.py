"""The plain facts of a run: what was looked at, by whose leave, how, and with what limits."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Mapping
from typing import Any, Final

from posture_scan.report import handed_in
from posture_scan.report.figures import figures, moment
from posture_scan.report.findings import named
from posture_scan.report.view import Pair, Table
from posture_scan.report.wording import Wording, asset_name, filled, numbered

CONNECTION_ROWS: Final = 200
"""Connections listed for readers; the JSON report has all of them."""

DOMAIN: Final = "domain"
NAME: Final = "name"
TENANT: Final = "tenant"
HOST: Final = "host"
"""Kinds of assets that have no address: a domain, a name that led to none, a cloud tenant, a
computer looked at from inside."""

PASSIVE: Final = "passive"
"""The intensity at which no address is connected to."""

MOST_TARGETS: Final = 20

_CHOICES: Final = {
    "status": "criterion", "evidence_class": "evidence", "group": "group", "industry": "industry",
}  # fmt: skip
"""Values of a calculation's step that are ids, and the table of words each one has."""

_AMOUNTS: Final = frozenset({
    "base_premium", "annual_sales", "premium", "before", "minimum", "exposure", "base", "limit",
    "retention",
})  # fmt: skip


def assets(report: Mapping[str, Any], words: Wording) -> Table:
    """Return what was looked at, its open ports, and how completely."""
    outside = {str(entry).rpartition(" ")[0] for entry in report["out_of_scope"]}
    intensity = report["scope"]["intensity"]
    rows = [
        _nowhere(item, outside, words) if item["kind"] == NAME else _asset(item, intensity, words)
        for item in report["assets"]
    ]
    columns = ("label.address", "label.names", "label.ports", "label.scanned")
    return Table(tuple(words(c) for c in columns), tuple(rows), "" if rows else words("none"))


def _asset(item: Mapping[str, Any], intensity: str, words: Wording) -> tuple[str, ...]:
    udp = (f"{port}/udp" for port in item.get("udp_ports", ()))
    ports = ", ".join([*map(str, item["open_ports"]), *udp])
    names = _kind(item, words) or ", ".join(item["names"])
    where = item["address"] or asset_name(item["id"])
    return where, names, ports, _seen(item, intensity, words)


def _kind(item: Mapping[str, Any], words: Wording) -> str:
    """Say what it is that has no address and stands under its name; empty for an address."""
    if item["kind"] == HOST:
        return words("asset.is_server" if item.get("role") == "server" else "asset.is_computer")
    key = {DOMAIN: "asset.is_domain", TENANT: "asset.is_tenant"}.get(item["kind"])
    return words(key) if key else ""


def _nowhere(item: Mapping[str, Any], outside: Collection[str], words: Wording) -> tuple[str, ...]:
    """A name behind which nothing was looked at."""
    name = next(iter(item["names"]), item["id"])
    key = "asset.led_outside" if name in outside else "asset.no_address"
    return name, "", "", words(key)


def _seen(asset: Mapping[str, Any], intensity: str, words: Wording) -> str:
    if asset.get("middlebox"):
        return words("asset.middlebox")
    if asset["kind"] == TENANT:
        return words("asset.tenant")
    if asset["kind"] == HOST:
        return words("asset.host")
    if asset["kind"] == DOMAIN:
        return words("asset.domain" if asset["reached"] else "asset.no_answer")
    if asset["fully_scanned"]:
        return words("asset.full")
    if asset["address"] and intensity == PASSIVE and not asset["open_ports"]:
        return words("asset.passive")
    return words("asset.partial") if asset["reached"] else words("asset.unreached")


def out_of_scope(report: Mapping[str, Any], words: Wording) -> tuple[Pair, ...]:
    """Return what was met and not touched, and why a permitted name did not suffice."""
    return tuple((item, _inside(item, report["scope"], words)) for item in report["out_of_scope"])


def _inside(entry: str, scope: Mapping[str, Any], words: Wording) -> str:
    """Say what is missing where a name leads inside; nothing where that address is left out."""
    name, _, shown = entry.rpartition(" ")
    try:
        address = ipaddress.ip_address(shown)
    except ValueError:
        return ""
    if not name or address.is_global or any(_holds(item, address) for item in scope["exclude"]):
        return ""
    return words("out_of_scope.inside", name=name, address=shown)


def _holds(entry: str, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    try:
        return address in ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return False


def connections(report: Mapping[str, Any], words: Wording) -> Table:
    """Return what the program touched, and the sums of all of it."""
    made = report["connections"]
    columns = ("label.time", "label.address", "label.purpose", "label.outcome", "label.bytes")
    rows = tuple(
        (
            moment(item["at"]),
            _touched(item, words),
            item["purpose"],
            words.choice("outcome", item["outcome"]),
            words("value.bytes", sent=f"{item['sent']:,}", received=f"{item['received']:,}"),
        )
        for item in made[:CONNECTION_ROWS]
    )
    if not made:
        return Table(tuple(words(c) for c in columns), (), words("connections.none"))
    note = words(
        "connections.line",
        lines=f"{len(made):,}",
        count=f"{sum(item['count'] for item in made):,}",
        sent=f"{sum(item['sent'] for item in made):,}",
        received=f"{sum(item['received'] for item in made):,}",
    )
    if len(made) > CONNECTION_ROWS:
        note += words("sentence_gap") + words("connections.shown", shown=CONNECTION_ROWS)
    return Table(tuple(words(c) for c in columns), rows, note)


def _touched(item: Mapping[str, Any], words: Wording) -> str:
    key = "value.port_of" if item["port"] else "value.sweep_of"
    port = numbered(item["port"], item["transport"])
    return words(key, address=item["address"], port=port, count=f"{item['count']:,}")


def scope(report: Mapping[str, Any], words: Wording) -> tuple[Pair, ...]:
    """Return who allowed what, until when."""
    held = report["scope"]
    machines = words("value.computers_none")
    if held["computers"]:
        machines = words(
            "value.computers", computers=held["computers"], servers=held["servers"]
        )  # fmt: skip
    return (
        (words("label.organisation"), held["organisation"]),
        (words("label.authorised_by"), held["authorised_by"]),
        (words("label.valid"), _period(held["valid_from"], held["valid_until"], words)),
        (words("label.targets"), named(held["targets"], words, MOST_TARGETS)),
        (words("label.exclude"), named(held["exclude"], words, MOST_TARGETS) or words("none")),
        *_domains(held, words),
        (words("label.computers"), machines),
        *_from_inside(report, words),
        (words("label.vantage"), words.choice("vantage", held["vantage"])),
        *_line(report, words),
        (words("label.intensity"), words.choice("intensity", held["intensity"])),
        (words("label.digest"), held["digest"] or words("none")),
        *_ownership(report, words),
    )


def _from_inside(report: Mapping[str, Any], words: Wording) -> tuple[Pair, ...]:
    """Return how many of the computers gave evidence, and which of them hold declared data."""
    held = report["scope"]
    hosts = [asset for asset in report["assets"] if asset["kind"] == HOST]
    found: list[Pair] = []
    if hosts or held["computers"]:
        servers = sum(asset.get("role") == "server" for asset in hosts)
        text = words(
            "value.from_inside" if held["computers"] else "value.from_inside_undeclared",
            seen=len(hosts), computers=held["computers"], seen_servers=servers,
            servers=held["servers"],
        )  # fmt: skip
        found.append((words("label.from_inside"), text))
    if held.get("data_on"):
        found.append((words("label.data_on"), named(held["data_on"], words, MOST_TARGETS)))
    return tuple(found)


def _line(report: Mapping[str, Any], words: Wording) -> tuple[Pair, ...]:
    line = report.get("line")
    return ((words("label.line"), words("value.line", line=line)),) if line else ()


def _domains(held: Mapping[str, Any], words: Wording) -> tuple[Pair, ...]:
    domains = named(held.get("domains") or (), words, MOST_TARGETS)
    return ((words("label.domains"), domains),) if domains else ()


def _ownership(report: Mapping[str, Any], words: Wording) -> tuple[Pair, ...]:
    """Which domains DNS itself proves to be the organisation's, where the scope asks for that."""
    seen = [item for item in report["evidence"] if item.get("kind") == handed_in.DOMAIN_PROOF]
    proven = [item["asset"] for item in seen if item["facts"].get("found")]
    rest = [item["asset"] for item in seen if item["asset"] not in proven]
    rows = ((words("label.proven"), proven), (words("label.not_proven"), rest))
    return tuple((label, named(names, words, MOST_TARGETS)) for label, names in rows if names)


def _period(start: str, end: str, words: Wording) -> str:
    return words("value.period", start=start, end=end)


def answers(report: Mapping[str, Any], words: Wording) -> tuple[Pair, ...]:
    """Return who answered and the documents behind the answers."""
    given = report["answers"]
    if given is None:
        return ()
    person = words("value.person", name=given["answered_by"], role=given["role"])
    pairs = [
        (words("label.answered_by"), person),
        (words("label.answered_on"), given["answered_on"]),
    ]
    for answer in given["answers"]:
        paper = answer.get("document")
        if paper:
            title = words.criterion(answer["criterion"]).title
            by = paper.get("looked_at_by") or words("none_known")
            shown = words("value.document", name=paper["name"], dated=paper["dated"], by=by)
            pairs.append((f"{words('label.document')}: {title}", f"{shown} {paper['sha256']}"))
    return tuple(pairs)


def trace(report: Mapping[str, Any], words: Wording) -> tuple[str, ...]:
    """Return every step in the order used, for a reader with a pocket calculator."""
    currency = report["rating"]["currency"]
    return tuple(trace_step(step, currency, words) for step in report["rating"]["trace"])


def trace_step(step: Mapping[str, Any], currency: str, words: Wording) -> str:
    """Return one step of the calculation as a sentence; a stranger's step shows its values."""
    template = words.text.template(f"rating.trace.{step['id']}")
    if template is None:
        shown = ", ".join(f"{key} {value}" for key, value in step["values"].items())
        return f"{step['id']}: {shown}"
    key = f"rating.currency.{currency}"
    money = words.text(key) if key in words.text else currency
    spoken = {key: _spoken(key, value, words) for key, value in step["values"].items()}
    spoken["currency"] = money
    parts = [filled(template, spoken)]
    bound = step.get("bound")
    if bound:
        parts.append(words.text(f"rating.bound.{bound}", lost=step.get("lost", ""), currency=money))
    return words("sentence_gap").join(parts)


def _spoken(key: str, value: Any, words: Wording) -> Any:
    """Turn one value of a step into what is read: names for ids, commas in amounts."""
    if key in _CHOICES:
        return words.choice(_CHOICES[key], value) if value else value
    if key == "criterion":
        title = words.criterion(str(value)).title
        return str(value) if title == value else f"{value} {title}"
    if key in {"gates", "missing"}:
        titles = [words.criterion(item).title for item in str(value).split(", ") if item]
        return words("list_separator").join(titles)
    return figures(str(value)) if key in _AMOUNTS else value


def tool(report: Mapping[str, Any], words: Wording) -> tuple[Pair, ...]:
    """Return the program, the profile, the packs and the files handed in, with their digests."""
    made_with, profile = report["tool"], report["rating"]["profile"]
    pairs = [
        (words("label.tool"), f"{made_with['name']} {made_with['version']}"),
        (
            words("label.profile"),
            handed_in.with_digest(f"{profile['id']} {profile['version']}", profile),
        ),
    ]
    for pack in report["packs"]:
        title = words.choice("pack", pack["name"])
        name = " ".join(part for part in (title, pack.get("version", "")) if part)
        label = f"{words('label.pack')}: {name}"
        origin = words.choice("origin", pack["origin"])
        pairs.append((label, handed_in.with_digest(origin, pack)))
    data = report.get("product_data")
    if data:
        origin = words.choice("data_origin", data["origin"])
        said = words("data_used", as_of=data["as_of"], exploited_as_of=data["exploited_as_of"])
        about = handed_in.with_digest(f"{said} {origin}", {"digest": data["sha256"]})
        pairs.append((words("label.product_data"), about))
    return (*pairs, *handed_in.pairs(report, words))
