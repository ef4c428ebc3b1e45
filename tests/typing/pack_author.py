"""A pack as its author writes it, for mypy alone: what is right passes, what is wrong does not.

Each wrong line carries the code mypy refuses it with; ``warn_unused_ignores`` (part of strict)
makes the run fail on the day mypy lets one through. Nothing here is ever called.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_type

from posture_scan.sdk import (
    BANNER,
    HANDSHAKE,
    Check,
    Collector,
    Context,
    Facts,
    Host,
    Machine,
    Method,
    Net,
    ProtocolSpec,
    Service,
    Status,
    Verdict,
    check,
    collector,
    fail,
    not_applicable,
    ok,
    protocol,
    unknown,
)


@dataclass(frozen=True)
class Lamp(Facts):
    """What a lamp says."""

    watts: int


@dataclass(frozen=True)
class Wire(Facts):
    """What a wire says."""

    bare: bool


class NoFacts:
    """A class that is no evidence."""

    said = ""


# --- right ---------------------------------------------------------------------------------


@protocol("lamp", sends=b"?", ports=(4100,), nmap=("lamp",))
def lamp(answer: bytes) -> bool:
    return answer.startswith(b"LAMP")


@collector(on=Service("lamp"), intrusiveness=HANDSHAKE, max_connections=2)
def lamp_state(service: Service, net: Net) -> Lamp:
    with net.connect(service) as channel:
        channel.send(b"?")
        return Lamp(len(channel.receive_until(b"\n", 64)))


@collector(on=Machine(("linux",)), intrusiveness=BANNER)
def wires(host: Host) -> Wire:
    return Wire(host.run(("true",)).code == 0)


@check(needs=Lamp, absent=Status.PASS)
def too_hot(seen: Lamp) -> Verdict:
    if seen.watts > 100:
        return fail("hot", actual=str(seen.watts), expected="100", watts=seen.watts)
    return ok("cool", method=Method.HINT)


@check(needs=Wire, on=Service("lamp"))
def bare(seen: Wire, context: Context) -> Verdict:
    if context.service.tls:
        return not_applicable("wrapped")
    return unknown("dark", bare=seen.bare)


@check(needs=Wire, on=(Service("lamp"), Service("torch")))
def loose(seen: Wire) -> Verdict:
    return ok("tight", bare=seen.bare)


assert_type(lamp, ProtocolSpec)
assert_type(lamp_state, Collector)
assert_type(wires, Collector)
assert_type(too_hot, Check)
assert_type(bare, Check)
assert_type(loose, Check)


# --- wrong ---------------------------------------------------------------------------------


@protocol("deaf")  # type: ignore[arg-type]  # what comes over the wire is bytes
def deaf(answer: str) -> bool:
    return bool(answer)


@collector(on=Service("lamp"))  # type: ignore[arg-type]  # a service is asked over the network
def from_the_wrong_world(host: Host) -> Lamp:
    return Lamp(len(host.platform))


@collector(on=Machine(("linux",)))  # type: ignore[arg-type]  # a machine is asked by its host
def over_the_wrong_world(service: Service, net: Net) -> Lamp:
    return Lamp(service.port + len(net.exchange(service, b"")))


@collector(on=Service("lamp"))  # type: ignore[type-var]  # evidence is a Facts
def no_facts(service: Service, net: Net) -> NoFacts:
    net.exchange(service, b"?")
    return NoFacts()


@check(needs=Lamp)  # type: ignore[arg-type]  # other evidence than it needs
def of_other_evidence(seen: Wire) -> Verdict:
    return ok("fine", bare=seen.bare)


@check(needs=Lamp)  # type: ignore[arg-type]  # a verdict, not a truth value
def without_a_verdict(seen: Lamp) -> bool:
    return seen.watts > 100


@check(needs=Wire, on=("lamp", "torch"))  # type: ignore[arg-type]  # services, not their names
def by_name(seen: Wire) -> Verdict:
    return ok("tight", bare=seen.bare)


@check(needs=NoFacts)  # type: ignore[type-var]  # evidence is a Facts
def needing_no_facts(seen: NoFacts) -> Verdict:
    return ok("fine", actual=seen.said)


fail("hot", watts=1.5)  # type: ignore[arg-type]  # no floats in facts: they are signed
ok("cool", method="hint")  # type: ignore[arg-type]  # how sure one may be is no free text
