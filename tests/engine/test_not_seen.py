"""Not seen is never fine: losing any one observation of a whole firm never makes it look better.

Real packs, real profile: whatever record fails, is missing, or belongs to an address that was
not scanned to the end, no check turns to its good side and no price falls. One hole is left open
by design, as in ``tests/rating/test_promises_of_findings.py``: an answer that the scan refutes.
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
from collections.abc import Iterator, Sequence
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from posture_scan.checks.edge_device.device_facts import DeviceExport

from posture_scan.engine.judge import judge
from posture_scan.engine.pack_set import LoadedCheck
from posture_scan.model.answer import Answers
from posture_scan.model.evidence import Attempt, ServiceSeen, Vantage
from posture_scan.model.finding import Finding, Status
from posture_scan.products.place import builtin
from posture_scan.rating.load import load_profile
from posture_scan.rating.profile import Criterion, Profile
from posture_scan.rating.rate import Rating, rate_report
from posture_scan.sdk import Context, Facts, Service
from tests.checks.computer import NOW
from tests.engine.worlds import (
    DOCUMENTS,
    DOORS,
    MAIL_VARIANTS,
    PACKS,
    VARIANTS,
    World,
    address,
    computer,
    domain,
    tenant,
    together,
    with_export,
)
from tests.rating.samples import answers, says, scope

FAILED = [attempt for attempt in Attempt if attempt is not Attempt.OK]
GOOD = {Status.PASS, Status.NOT_APPLICABLE}
PROFILE = load_profile("jp-sme")
BASE = Decimal(120_000)
SHEET = answers(
    says("IAM-MFA-REM", vpn="all", support="all", vendor="all"), says("VUL-EOL", "yes"),
    says("TRN-AWR", "yes"), says("VUL-PATCH", "yes"), says("END-EDR", "yes"),
    says("HRD-CFG", "yes"), says("GOV-POL", "yes"), says("IAM-MFA-CLD", "yes"),
    says("IAM-MFA-ADM", "yes"), says("LOG-MON", "yes"),
)  # fmt: skip
"""About what the machine does not see in these worlds, so that the price can move at all."""


def sound(variants: Sequence[Facts]) -> Facts:
    return variants[0]


def weak(variants: Sequence[Facts]) -> Facts:
    return variants[1]


WORLDS = {
    "sound": together(
        with_export(address("192.0.2.1", DOORS[:1], (), sound), sound),
        address("192.0.2.2", (), (), sound),
        computer("host:a", "server", sound), computer("host:b", "computer", sound),
        domain("example.jp", sound), tenant(sound),
    ),
    "weak": together(
        with_export(address("192.0.2.1", DOORS[:16], (), weak), weak),
        address("192.0.2.2", DOORS[:4], (8443,), sound), computer("host:a", "server", weak),
        domain("example.jp", weak), domain("example.com", sound), tenant(weak),
    ),
    "weak, newer doors": together(
        address("192.0.2.1", DOORS[16:], (), weak),
        address("192.0.2.2", DOORS[:1], (), sound, quiet="silent"),
    ),
    "sound but for one": together(
        address("192.0.2.1", (*DOORS[:2], DOORS[5]), (), sound),
        address("192.0.2.2", DOORS[:1], (), weak), computer("host:a", "server", sound),
    ),
}  # fmt: skip


def findings(world: World) -> tuple[Finding, ...]:
    return judge(PACKS, world.evidence, world.assets, now=NOW, products=builtin())


def not_good(found: Sequence[Finding]) -> set[tuple[str, str]]:
    """The (check, asset) pairs whose worst verdict is not on the good side."""
    return {(f.check, f.asset) for f in found if f.status not in GOOD}


def rated(
    world: World, sheet: Answers | None = None, profile: Profile = PROFILE,
    found: tuple[Finding, ...] | None = None,
) -> Rating:  # fmt: skip
    return rate_report(
        profile, found or findings(world), world.assets, scope(2, 1), sheet, NOW, BASE,
        certificates=("sa2",),
    )  # fmt: skip


def changes(world: World) -> Iterator[tuple[str, World]]:
    """Every record lost, and failed in one of the ways in turn; every address half scanned.

    A file handed in is no observation: nobody can tell that one was never handed in.
    """
    ways = itertools.cycle(FAILED)
    for record in world.evidence:
        if record.kind in DOCUMENTS:
            continue
        place = f"{record.kind} {record.asset}:{record.port}"
        yield f"without {place}", world.without(record)
        attempt = next(ways)
        yield f"{attempt.value} {place}", world.failed(record, attempt)
    for asset in world.assets:
        if asset.kind == "address":
            yield f"half {asset.id}", world.half_scanned(asset)


@functools.cache
def judged_changes(name: str) -> list[tuple[str, World, tuple[Finding, ...]]]:
    """Judged once for all tests of a world: judging is most of the work."""
    return [(what, after, findings(after)) for what, after in changes(WORLDS[name])]


def improved(before: Rating, after: Rating) -> list[str]:
    better = []
    if after.price.premium < before.price.premium:
        better.append(f"premium {before.price.premium} -> {after.price.premium}")
    if after.price.discount > before.price.discount:
        better.append(f"discount {before.price.discount} -> {after.price.discount}")
    for name in ("verified", "score", "declared"):
        old, new = getattr(before.scores, name), getattr(after.scores, name)
        if new is not None and (old is None or new > old):
            better.append(f"{name} {old} -> {new}")
    return better


def overclaimed(rating: Rating) -> bool:
    return any(s.disagreement and s.disagreement.kind != "understated" for s in rating.statuses)


def honest(world: World) -> Answers:
    """The answers without those that the whole evidence refutes."""
    refuted = {s.id for s in rated(world, SHEET).statuses if s.disagreement}
    return answers(*(answer for answer in SHEET.answers if answer.criterion not in refuted))


def test_every_kind_of_evidence_is_in_the_worlds() -> None:
    assert {item.returns for _, item in PACKS.collectors} == {*VARIANTS, *MAIL_VARIANTS}
    known = {record.kind for world in WORLDS.values() for record in world.evidence}
    wanted = {f"{pack.name}.{item.returns.__name__}" for pack, item in PACKS.collectors}
    assert wanted <= known


def test_the_sound_world_earns_something_and_the_weak_one_nothing() -> None:
    assert rated(WORLDS["sound"], SHEET).price.discount > 0
    assert rated(WORLDS["weak"], SHEET).price.discount == 0


@pytest.mark.parametrize("name", WORLDS)
def test_no_lost_record_turns_a_check_to_its_good_side(name: str) -> None:
    before = not_good(findings(WORLDS[name]))
    violations = {
        what: lost for what, _, found in judged_changes(name) if (lost := before - not_good(found))
    }
    assert violations == {}


@pytest.mark.parametrize("name", WORLDS)
def test_no_lost_record_makes_it_cheaper(name: str) -> None:
    world = WORLDS[name]
    sheet = honest(world)
    before = rated(world, sheet)
    assert not overclaimed(before)
    violations = {
        what: better
        for what, after, found in judged_changes(name)
        if (better := improved(before, rated(after, sheet, found=found)))
    }
    assert violations == {}


def seconds(needs: type[Facts], beside: type[Facts]) -> Iterator[tuple[Facts, Facts]]:
    """Every pair of what a check judges and what it weighs beside it."""
    kinds = [PACKS.facts_type(kind) for kind in PACKS.kinds_of(beside)]
    known = {**VARIANTS, **MAIL_VARIANTS}
    others = [facts for kind in kinds if kind for facts in known.get(kind, ())]
    return itertools.product(known.get(needs, ()), others)


@pytest.mark.parametrize(
    "item",
    [item for item in PACKS.checks if item.check.beside and item.check.beside is not DeviceExport],
    ids=lambda item: item.id,
)
def test_losing_the_second_evidence_turns_no_check_to_its_good_side(item: LoadedCheck) -> None:
    """A file handed in is no observation, as above."""
    assert item.check.beside is not None

    def told(facts: Facts, *beside: Facts) -> Status:
        context = Context(NOW, NOW, Service("http"), Vantage.HOST, beside, builtin())
        return item.check.judge(facts, context).status

    pairs = list(seconds(item.check.needs, item.check.beside))
    assert pairs or item.check.needs is ServiceSeen
    lost = [pair for pair in pairs if told(*pair) not in GOOD and told(pair[0]) in GOOD]
    assert lost == []


@pytest.mark.parametrize(
    ("unnamed", "unclear"),
    [((), set()), ((12000,), set()), ((1723,), {"pptp.exposed"}), ((3389,), {"rdp.exposed"}),
     ((135,), {"msrpc.exposed"}), ((5938, 139), {"teamviewer.exposed", "netbios.exposed"})],
)  # fmt: skip
def test_an_unnamed_port_hides_what_is_at_home_there(
    unnamed: tuple[int, ...], unclear: set[str]
) -> None:
    """Elsewhere it was asked in all that is ever moved, and the others are not looked for there."""
    asked = {
        "pptp.exposed", "teamviewer.exposed", "netbios.exposed", "msrpc.exposed", "rdp.exposed",
        "kerberos.exposed", "rpcbind.exposed", "radmin.exposed",
    }  # fmt: skip
    found = {f.check: f for f in findings(address("192.0.2.1", (), unnamed, sound))}
    assert {check for check in asked if found[check].status is not Status.PASS} == unclear
    assert {found[check].reason for check in unclear} <= {"unidentified_port"}


@st.composite
def worlds(draw: st.DrawFn) -> World:
    def choose(variants: Sequence[Facts]) -> Facts:
        # Mostly sound, or a gate is nearly always open and nothing can be earned or lost.
        number: int = draw(st.sampled_from([0, 0, 0, *range(len(variants))]))
        return variants[number]

    parts = []
    for number in range(draw(st.integers(1, 3))):
        doors = draw(st.lists(st.sampled_from(DOORS), max_size=4, unique_by=lambda door: door[2]))
        named = {port for _, _, port in doors}  # one port is never both
        nameless = [port for port in (8443, 13389, 12000) if port not in named]
        unnamed = draw(st.lists(st.sampled_from(nameless), max_size=1))
        quiet, heard = draw(st.sampled_from(["closed", "silent"])), draw(st.booleans())
        place = f"192.0.2.{number + 1}"
        parts.append(address(place, doors, unnamed, choose, quiet=quiet, heard=heard))
    roles = ("server", "computer")[: draw(st.integers(0, 2))]
    names = ("example.jp",)[: draw(st.integers(0, 1))]
    return together(
        *parts, *(computer(f"host:{role}", role, choose) for role in roles),
        *(domain(name, choose) for name in names),
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(worlds(), st.data())
def test_any_world_keeps_the_promise(world: World, data: st.DataObject) -> None:
    sheet = honest(world)
    whole = findings(world)
    before, price = not_good(whole), rated(world, sheet, found=whole)
    possible = list(changes(world))
    for name, after in data.draw(st.lists(st.sampled_from(possible), min_size=1, max_size=6)):
        found = findings(after)
        assert before - not_good(found) == set(), name
        assert improved(price, rated(after, sheet, found=found)) == [], name


def with_tolerance(profile: Profile) -> Profile:
    """The profile, tolerant of all that silence over UDP may hide, and paying for the rest."""

    def tolerant(criterion: Criterion) -> Criterion:
        if criterion.id != "EXT-SVC":
            return criterion
        (first, *_) = criterion.machine
        rule = dataclasses.replace(
            first, not_met_if=OVER_UDP, partial_if=(), seen_only=True, absent="met"
        )
        return dataclasses.replace(criterion, machine=(first, rule))

    return dataclasses.replace(profile, criteria=tuple(map(tolerant, profile.criteria)))


OVER_UDP = (
    "snmp.exposed", "dns.open_resolver", "openvpn.exposed", "wireguard.exposed", "ike.exposed",
    "l2tp.exposed", "ntp.exposed",
)  # fmt: skip
TOLERANT = with_tolerance(PROFILE)


def test_the_tolerant_profile_is_about_checks_that_exist() -> None:
    assert {*OVER_UDP} <= {check.id for check in PACKS.checks}


@settings(max_examples=40, deadline=None)
@given(worlds(), st.data())
def test_a_profile_that_tolerates_silence_keeps_the_promise_too(
    world: World, data: st.DataObject
) -> None:
    refuted = {s.id for s in rated(world, SHEET, TOLERANT).statuses if s.disagreement}
    sheet = answers(*(answer for answer in SHEET.answers if answer.criterion not in refuted))
    price = rated(world, sheet, TOLERANT)
    for name, after in data.draw(
        st.lists(st.sampled_from(list(changes(world))), min_size=1, max_size=6)
    ):
        assert improved(price, rated(after, sheet, TOLERANT)) == [], name
