"""WinRM: the build it tells or keeps back, and what discovery heard already."""

from __future__ import annotations

import pytest
from posture_scan.checks.remote_access import winrm
from posture_scan.checks.remote_access.collect_winrm import WinrmAnswer, winrm_answer

from posture_scan.sdk import HttpResponse, Service
from tests.fakes import FakeNet, page

SAYS = (
    "<wsmid:ProductVendor>Microsoft Corporation</wsmid:ProductVendor>"
    "<wsmid:ProductVersion>OS: {} SP: 0.0 Stack: 3.0</wsmid:ProductVersion>"
)
HTTPAPI = b"HTTP/1.1 404 Not Found\r\nServer: Microsoft-HTTPAPI/2.0\r\n\r\n"


def logon(*offers: str) -> HttpResponse:
    headers = tuple(("www-authenticate", offer) for offer in offers)
    return HttpResponse(401, (("server", "Microsoft-HTTPAPI/2.0"), *headers), b"")


def ask(answer: HttpResponse, *, greeting: bytes = b"", port: int = 5986) -> WinrmAnswer:
    service = Service("http", tls=True, address="192.0.2.1", port=port, greeting=greeting)
    seen: WinrmAnswer = winrm_answer.function(service, FakeNet(pages={"POST /wsman": answer}))
    return seen


@pytest.mark.parametrize(
    ("said", "build", "reason"),
    [
        ("10.0.17763", "10.0.17763", "reachable_build"),
        ("0.0.0", "", "reachable"),
        ("ten", "", "reachable"),
    ],
)
def test_a_masked_build_is_no_build(said: str, build: str, reason: str) -> None:
    seen = ask(page(SAYS.format(said)))
    assert (seen.how, seen.build) == ("identify", build)
    assert winrm.exposed.function(seen).reason == reason


@pytest.mark.parametrize("offers", [("Negotiate",), ("Basic x", "Kerberos"), ("CredSSP",)])
def test_every_offer_of_a_logon_counts(offers: tuple[str, ...]) -> None:
    assert ask(logon(*offers)).how == "logon_asked"


def test_what_discovery_heard_is_not_asked_for_again() -> None:
    net = FakeNet(pages={"POST /wsman": logon("Negotiate")})
    moved = Service("http", address="192.0.2.1", port=8000, greeting=HTTPAPI)
    assert winrm_answer.function(moved, net).found
    assert net.requests == [("POST", "/wsman")]
    other = Service("http", port=8000, greeting=HTTPAPI.replace(b"Microsoft-HTTPAPI", b"nginx"))
    assert winrm_answer.function(other, net) == WinrmAnswer(found=False, asked=False)
    assert len(net.requests) == 1
