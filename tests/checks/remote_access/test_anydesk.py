"""AnyDesk: told by its certificate alone."""

from __future__ import annotations

import pytest
from posture_scan.checks.remote_access import anydesk
from posture_scan.checks.remote_access.collect_anydesk import anydesk_certificate

from posture_scan.sdk import Attempt, AttemptError, Service, Status
from tests.checks.edge_device.looking import der
from tests.fakes import FakeNet, Talk

SERVICE = Service("tls", tls=True, address="192.0.2.1", port=7070)


@pytest.mark.parametrize(
    ("names", "status"),
    [
        ((("CN", "AnyDesk Client"),), Status.FAIL),
        ((("CN", "AnyDesk Client Shop"), ("O", "AnyDesk Client")), Status.PASS),
    ],
)
def test_certificates(names: tuple[tuple[str, str], ...], status: Status) -> None:
    seen = anydesk_certificate.function(SERVICE, FakeNet(talks=[Talk(chain=(der(names),))]))
    assert anydesk.exposed.function(seen).status is status


def test_a_handshake_that_fails_is_a_failed_attempt() -> None:
    with pytest.raises(AttemptError) as error:
        anydesk_certificate.function(SERVICE, FakeNet(talks=[Talk()]))
    assert error.value.attempt is Attempt.PROTOCOL_MISMATCH
