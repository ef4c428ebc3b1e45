"""Management services: told by the certificate they made for themselves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posture_scan.checks.exposure import management
from posture_scan.checks.exposure.collect_management import (
    ManagementFace,
    common_names,
    management_face,
)

from posture_scan.model.codec import decode, encode
from posture_scan.sdk import Attempt, AttemptError, Service, Status
from tests.fakes import FakeNet, Talk


def certificate(name: str) -> bytes:
    """The encoded name of a certificate's subject, among other bytes."""
    text = name.encode()
    return b"\x30\x82\x01\x00junk\x06\x03\x55\x04\x03\x0c" + bytes([len(text)]) + text + b"\x30\x00"


VEEAM = certificate("Veeam Backup Server Certificate")


def look(port: int, chain: tuple[bytes, ...], protocol: str = "tls") -> ManagementFace:
    service = Service(protocol, tls=True, address="192.0.2.1", port=port)
    facts: ManagementFace = management_face.function(service, FakeNet(talks=[Talk(chain=chain)]))
    assert decode(ManagementFace, encode(facts)) == facts
    return facts


@pytest.mark.parametrize(("port", "protocol"), [(9392, "tls"), (9419, "http"), (4443, "tls")])
def test_veeam_is_named_by_its_certificate(port: int, protocol: str) -> None:
    seen = look(port, (VEEAM,), protocol)
    assert seen == ManagementFace("veeam", "Veeam Backup & Replication")
    assert management.exposed.function(seen).status is Status.FAIL


@pytest.mark.parametrize("name", ["www.example.jp", "About Veeam Backup Server Certificate", "x"])
def test_other_certificates_name_nothing(name: str) -> None:
    seen = look(9392, (certificate(name),))
    assert seen == ManagementFace()
    assert management.exposed.function(seen).status is Status.PASS


def test_ordinary_web_servers_are_left_alone() -> None:
    service = Service("http", tls=True, address="192.0.2.1", port=443)
    net = FakeNet()
    seen = management_face.function(service, net)
    assert (seen.asked, net.connections) == (False, 0)
    assert management.exposed.function(seen).reason == "not_its_port"


def test_a_port_that_shakes_no_hands_is_a_failed_attempt() -> None:
    for talk in (Talk(), Talk(refuses=Attempt.TIMEOUT)):
        with pytest.raises(AttemptError):
            management_face.function(
                Service("tls", tls=True, address="192.0.2.1", port=9392), FakeNet(talks=[talk])
            )


@given(st.integers(0, 80), st.binary(max_size=60))
def test_broken_certificates_name_nothing_wrong(cut: int, tail: bytes) -> None:
    for name in common_names(VEEAM[:cut] + tail):
        assert name.startswith("CN=")
