"""The assessment of one service, against simulated servers of every make."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from posture_scan.checks.encryption.collect_tls import tls_assessment
from posture_scan.checks.encryption.facts import TlsFacts
from posture_scan.checks.encryption.probe import MOST_CONNECTIONS, Outcome
from posture_scan.checks.encryption.protocol import suites
from posture_scan.checks.encryption.protocol.hello import (
    SSL2,
    SSL3,
    TLS10,
    TLS11,
    TLS12,
    TLS13,
    VERSIONS,
)

from posture_scan.model.codec import decode, encode
from posture_scan.sdk import Attempt, AttemptError, Service
from tests.checks.encryption.simulator import Simulated, SimulatedChannel, SimulatedNet, alert, hear

NAMED = Service("https", tls=True, address="127.0.0.1", port=443, names=("shop.example.jp",))
BARE = Service("https", tls=True, address="127.0.0.1", port=443)


def assess(net: SimulatedNet, service: Service = NAMED) -> TlsFacts:
    facts: TlsFacts = tls_assessment.function(service, net)
    return facts


def accepted(facts: TlsFacts) -> set[str]:
    return {t.id for t in (*facts.versions, *facts.weak) if t.outcome is Outcome.ACCEPTED}


def unseen(facts: TlsFacts) -> set[str]:
    return {t.id for t in (*facts.versions, *facts.weak) if t.outcome is Outcome.UNSEEN}


def test_a_sound_server() -> None:
    net = SimulatedNet(Simulated())
    facts = assess(net)
    assert accepted(facts) == {"tls12", "tls13"}
    assert unseen(facts) == set()
    assert facts.forward_secrecy.outcome is Outcome.ACCEPTED
    assert facts.static_rsa.outcome is Outcome.REFUSED
    assert facts.dhe.outcome is Outcome.REFUSED
    assert facts.compression.outcome is Outcome.REFUSED
    assert facts.secure_renegotiation.outcome is Outcome.ACCEPTED
    assert facts.chain == (b"certificate",)
    assert facts.trust == "trusted"
    assert facts.connections == net.connections == 8


def test_the_name_is_sent_where_there_is_one_and_no_other_is() -> None:
    net = SimulatedNet(Simulated())
    assess(net)
    hellos = [hear(data) for data in net.heard if data[0] & 0x80 or data[5] == 1]
    names = [hello.server_name for hello in hellos if hello.version > SSL3]
    assert set(names) == {"shop.example.jp", ""}
    assert names.count("") == 1  # asked once what a client gets that names nobody
    bare = SimulatedNet(Simulated())
    assert assess(bare, BARE).trust == "not_judged"
    assert not any(0 in hear(data).extensions for data in bare.heard if data[5] == 1)


def test_tls13_only_gives_its_chain_through_a_real_handshake() -> None:
    net = SimulatedNet(Simulated(versions=(TLS13,), retry=True))
    facts = assess(net)
    assert accepted(facts) == {"tls13"}
    assert unseen(facts) == set()
    assert facts.chain == (b"certificate",)
    assert facts.forward_secrecy.outcome is Outcome.ACCEPTED
    assert facts.connections == net.connections == 7


def test_a_server_of_every_sin() -> None:
    net = SimulatedNet(
        Simulated(
            versions=(SSL3, TLS10, TLS11, TLS12, TLS13),
            suites=tuple(suites.SUITES),
            kinds=(0x010080,),
            dh_bits=1024,
            compression=True,
            renegotiation=False,
        )
    )
    facts = assess(net)
    assert accepted(facts) == {*VERSIONS, *suites.WEAK_CLASSES}
    assert facts.dh_bits == 1024
    assert facts.compression.outcome is Outcome.ACCEPTED
    assert facts.secure_renegotiation.outcome is Outcome.REFUSED
    assert facts.connections == net.connections <= MOST_CONNECTIONS


def test_a_server_without_forward_secrecy() -> None:
    facts = assess(SimulatedNet(Simulated(versions=(TLS12,), suites=(0x009C,))))
    assert facts.forward_secrecy.outcome is Outcome.REFUSED
    assert facts.forward_secrecy.detail == "never"


def test_a_server_that_prefers_to_go_without_forward_secrecy() -> None:
    server = Simulated(versions=(TLS12,), suites=(0x009C, 0x009E), own_order=True)
    facts = assess(SimulatedNet(server))
    assert facts.forward_secrecy.outcome is Outcome.REFUSED
    assert facts.forward_secrecy.detail == "not_preferred"
    assert facts.dh_bits == 2048


@pytest.mark.parametrize("version", [TLS10, TLS11, SSL3])
def test_an_old_version_is_found_from_the_answer_to_a_newer_one(version: int) -> None:
    facts = assess(SimulatedNet(Simulated(versions=(version,), suites=(0x002F, 0x0005))))
    name = {number: name for name, number in VERSIONS.items()}[version]
    assert accepted(facts) == {name, "rc4"}


@pytest.mark.parametrize("lists", [False, True])
@pytest.mark.parametrize(
    "versions", [(TLS12,), (TLS12, TLS10), (TLS12, SSL3), (TLS12, TLS11, SSL3)]
)
def test_a_server_that_reads_lists_is_asked_less_and_seen_the_same(
    versions: tuple[int, ...],
    lists: bool,  # noqa: FBT001 -- drawn by pytest
) -> None:
    server = Simulated(versions, (0xC02F, 0x002F), lists=lists)
    facts = assess(SimulatedNet(server))
    names = {number: name for name, number in VERSIONS.items()}
    assert accepted(facts) == {names[version] for version in versions}
    assert unseen(facts) == set()


def test_silence_is_never_a_refusal() -> None:
    facts = assess(SimulatedNet(Simulated(versions=(TLS12,), mute=(TLS10, SSL2))))
    # what a version that was not seen might accept besides is open as well
    assert unseen(facts) == {"tls10", "ssl2", *suites.WEAK_CLASSES}
    assert accepted(facts) == {"tls12"}
    assert facts.forward_secrecy.outcome is Outcome.ACCEPTED


def test_a_newer_version_not_seen_leaves_the_key_exchange_open() -> None:
    server = Simulated(versions=(TLS10, TLS12), suites=(0x0005, 0xC02F), mute=(TLS12,))
    facts = assess(SimulatedNet(server))
    assert accepted(facts) == {"tls10", "rc4"}
    for trial in (facts.forward_secrecy, facts.dhe, facts.secure_renegotiation, facts.compression):
        assert trial.outcome is Outcome.UNSEEN


def test_a_server_that_closes_what_it_does_not_like_has_refused_it() -> None:
    for ends in (b"", Attempt.CLOSED_EARLY):
        facts = assess(SimulatedNet(Simulated(refuses=ends)))
        assert accepted(facts) == {"tls12", "tls13"}
        assert unseen(facts) == set()


@pytest.mark.parametrize("number", [40, 70, 80, 86])
def test_alerts_about_the_offer_are_refusals(number: int) -> None:
    facts = assess(SimulatedNet(Simulated(refuses=alert(number))))
    assert unseen(facts) == set()


def test_a_server_that_wants_another_name_has_not_refused_a_version() -> None:
    facts = assess(SimulatedNet(Simulated(refuses=alert(112))))
    assert {"tls10", "tls11", "ssl3", "rc4"} <= unseen(facts)
    with pytest.raises(AttemptError) as caught:
        assess(SimulatedNet(Simulated(versions=(), refuses=alert(112))))
    assert caught.value.attempt is Attempt.PROTOCOL_MISMATCH
    assert caught.value.detail == "alert 112"


def test_without_a_name_a_server_that_wants_one_gives_facts_that_say_only_so() -> None:
    facts = assess(SimulatedNet(Simulated(versions=(), refuses=alert(112))), BARE)
    assert unseen(facts) == {*VERSIONS, *suites.WEAK_CLASSES}
    assert facts.version("tls12").detail == "alert 112"
    assert facts.name == ""
    with pytest.raises(AttemptError):  # it did not even say that it speaks TLS
        assess(SimulatedNet(Simulated(versions=(), refuses=b"")), BARE)


def test_a_warning_about_the_name_does_not_hide_the_answer() -> None:
    facts = assess(SimulatedNet(Simulated(before=alert(112, fatal=False))))
    assert accepted(facts) == {"tls12", "tls13"}


@pytest.mark.parametrize("deaf_after", range(2, 7))
def test_a_server_that_goes_deaf_midway_has_not_refused_the_rest(deaf_after: int) -> None:
    net = SimulatedNet(Simulated(refuses=b""), deaf_after=deaf_after)
    facts = assess(net)
    assert {"tls10", "ssl3", "ssl2", "rc4", "anon"} <= unseen(facts)
    assert net.connections <= MOST_CONNECTIONS


def test_a_server_that_goes_deaf_later_has_refused_what_it_refused_before() -> None:
    facts = assess(SimulatedNet(Simulated(refuses=b""), deaf_after=7))
    assert unseen(facts) == set(suites.WEAK_CLASSES)


def test_a_server_that_never_answers_is_left_alone_after_two_questions() -> None:
    net = SimulatedNet(Simulated(mute=tuple(VERSIONS.values())))
    with pytest.raises(AttemptError) as caught:
        assess(net)
    assert caught.value.attempt is Attempt.TIMEOUT
    assert net.connections == 2


@given(st.binary(max_size=300), st.integers(1, 80))
def test_any_answer_gives_facts_or_an_attempt_error(noise: bytes, chunk: int) -> None:
    net = SimulatedNet(Simulated(versions=(), refuses=noise), chunk=chunk)
    try:
        facts = assess(net)
    except AttemptError:
        pass
    else:
        assert accepted(facts)
        assert all(trial.outcome is not Outcome.ACCEPTED for trial in facts.versions[2:5]) or (
            b"\x02\x00" in noise
        )
    assert net.connections <= MOST_CONNECTIONS


@given(st.binary(max_size=200))
def test_noise_instead_of_refusals_is_never_a_version(noise: bytes) -> None:
    net = SimulatedNet(Simulated(refuses=b"\x00" + noise))
    facts = assess(net)
    assert accepted(facts) == {"tls12", "tls13"}
    assert {"tls10", "tls11", "ssl3"} <= unseen(facts)


@given(
    st.sets(st.sampled_from([SSL3, TLS10, TLS11, TLS12, TLS13]), min_size=1),
    st.sets(st.sampled_from(sorted(suites.SUITES)), min_size=1, max_size=12),
    st.booleans(),
    st.sampled_from([None, b"", alert(40), Attempt.CLOSED_EARLY]),
    st.integers(1, 5000),
)
@settings(max_examples=150, deadline=None)
def test_what_is_seen_is_what_the_server_speaks(
    versions: set[int],
    spoken: set[int],
    own_order: bool,  # noqa: FBT001 -- drawn by hypothesis
    refuses: bytes | Attempt | None,
    chunk: int,
) -> None:
    server = Simulated(tuple(versions), tuple(sorted(spoken)), own_order, refuses=refuses)
    usable = {version: _usable(version, spoken) for version in versions}
    lower = {version for version, there in usable.items() if there}
    net = SimulatedNet(server, chunk=chunk)
    if not lower:
        with pytest.raises(AttemptError):
            assess(net)
        return
    facts = assess(net)
    names = {number: name for name, number in VERSIONS.items()}
    assert {t.id for t in facts.versions if t.outcome is Outcome.ACCEPTED} == {
        names[version] for version in lower
    }
    assert unseen(facts) == set()
    weak = {w for version in lower for suite in usable[version] for w in suites.weaknesses(suite)}
    assert {t.id for t in facts.weak if t.outcome is Outcome.ACCEPTED} == weak
    assert net.connections <= MOST_CONNECTIONS


class LossyNet(SimulatedNet):
    """Loses some connections, by their number: the server is heard on the others only."""

    lost: frozenset[int] = frozenset()

    @contextlib.contextmanager
    def connect(self, service: Service, *, timeout: float = 5.0) -> Iterator[SimulatedChannel]:
        with super().connect(service, timeout=timeout) as channel:
            if self.connections in self.lost:
                raise AttemptError(Attempt.TIMEOUT)
            yield channel


@given(
    st.sets(st.sampled_from([SSL3, TLS10, TLS11, TLS12, TLS13]), min_size=1),
    st.sets(st.sampled_from(sorted(suites.SUITES)), min_size=1, max_size=6),
    st.frozensets(st.integers(1, 16), max_size=6),
)
@settings(max_examples=300, deadline=None)
def test_what_the_server_speaks_is_never_called_refused(
    versions: set[int], spoken: set[int], lost: frozenset[int]
) -> None:
    net = LossyNet(Simulated(tuple(versions), tuple(sorted(spoken))))
    net.lost = lost
    try:
        facts = assess(net)
    except AttemptError:
        return
    names = {number: name for name, number in VERSIONS.items()}
    there = {names[version] for version in versions if _usable(version, spoken)}
    usable = set().union(*(_usable(version, spoken) for version in versions))
    there |= {weakness for suite in usable for weakness in suites.weaknesses(suite)}
    assert accepted(facts) <= there
    assert there <= accepted(facts) | unseen(facts)
    if any("dhe" in suites.kinds(suite) for suite in usable):
        assert facts.dhe.outcome is not Outcome.REFUSED or facts.dh_bits


def _usable(version: int, spoken: set[int]) -> set[int]:
    if version == TLS13:
        return {0x1301}
    return {
        suite
        for suite in spoken
        if (version >= TLS12 or not suites.needs_tls12(suite))
        and (version >= TLS10 or not suites.needs_extensions(suite))
    }


def test_facts_survive_storage() -> None:
    facts = assess(SimulatedNet(Simulated()))
    assert decode(TlsFacts, encode(facts)) == facts
