"""Every recogniser knows its own protocol, no other one, and survives anything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posture_scan.engine.packs import load_packs
from posture_scan.sdk import ProtocolSpec
from tests.checks import foreign_samples
from tests.checks.database import samples as database
from tests.checks.edge_device import samples as edge_device
from tests.checks.exposure import samples as exposure
from tests.checks.network_service import samples as network_service
from tests.checks.remote_access import samples as remote_access
from tests.checks.vpn import samples as vpn

PACKS = ("remote_access", "vpn", "exposure", "database", "network_service", "edge_device")
SPECS: dict[str, ProtocolSpec] = {
    spec.name: spec for pack in load_packs().packs if pack.name in PACKS for spec in pack.protocols
}
SAMPLES: dict[str, tuple[bytes, ...]] = {
    name: samples
    for source in (
        remote_access,
        vpn,
        exposure,
        database,
        network_service,
        edge_device,
        foreign_samples,
    )
    for name, samples in source.SAMPLES.items()
}


def test_every_protocol_of_these_packs_has_a_sample() -> None:
    assert set(SPECS) <= set(SAMPLES)


@pytest.mark.parametrize("name", SPECS)
def test_own_answers_are_recognised(name: str) -> None:
    for sample in SAMPLES[name]:
        assert SPECS[name].recognise(sample), sample


@pytest.mark.parametrize("name", SPECS)
def test_answers_of_others_are_not(name: str) -> None:
    for other, samples in SAMPLES.items():
        for sample in samples:
            if other != name:
                assert not SPECS[name].recognise(sample), (other, sample)


@pytest.mark.parametrize("name", SPECS)
def test_an_echo_of_the_question_is_no_answer(name: str) -> None:
    for spec in SPECS.values():
        assert not SPECS[name].recognise(spec.sends), spec.name


@given(st.binary(max_size=300))
def test_random_bytes_never_raise(data: bytes) -> None:
    for spec in SPECS.values():
        assert spec.recognise(data) in {True, False}


@given(st.sampled_from(sorted(SPECS)), st.integers(0, 400), st.binary(max_size=4))
def test_broken_answers_never_raise(name: str, cut: int, tail: bytes) -> None:
    for sample in SAMPLES[name]:
        for spec in SPECS.values():
            assert spec.recognise(sample[:cut] + tail) in {True, False}


def test_nothing_that_is_sent_names_anyone() -> None:
    for spec in SPECS.values():
        for word in (b"mstshash", b"root", b"admin@", b"anonymous", b"password"):
            said = spec.sends.lower().replace(b"upnp:rootdevice", b"")  # no user of that name
            assert word not in said, spec.name
