"""Against sslyze on the same farm: the same findings and facts, or a difference that has a reason.

sslyze finishes every handshake with one suite at a time, some 300 connections to a server.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from posture_scan.checks.encryption.facts import TlsFacts
from posture_scan.checks.encryption.protocol.messages import MOST_CERTIFICATES

from tests.checks.encryption.certificates import NAME
from tests.checks.encryption.judging import failing
from tests.lab.farm import FARM
from tests.lab.farm.facts_read import summary
from tests.lab.farm.model import Server
from tests.lab.farm.running import Place, farm, missing
from tests.lab.installed import lacking
from tests.lab.tls_service import assess

if importlib.util.find_spec("sslyze") is None:
    lacking("sslyze")
from tests.lab import sslyze_reader as sslyze

pytestmark = [
    pytest.mark.lab,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning"),
]

NET = 2
COMPARED = [one for one in FARM if not one.closed_to_others and one.named]
CURVES = {"x25519": "X25519", "x448": "X448"}
"""Names that sslyze writes in another way than the registry."""

ONE_BY_ONE = "sslyze only lists what is accepted; it does not ask which of them the server prefers"
OLD_CLIENT = "sslyze asks this with OpenSSL 1.0.2, which shares no suite or group with the server"
BETTER_CLIENT = (
    "our client has no suite in common with the server; OpenSSL 1.0.2, which asks here, has"
)

UNKNOWN_TO_IT = (
    "sslyze finds no TLS at all: its first questions offer nothing that the server knows"
)
ONE_CURVE = (
    "sslyze offers one curve at a time, and a certificate on P-256 may be shown only to who knows "
    "that curve (RFC 8422 5.1)"
)
EXPLAINED: dict[tuple[str, str], str] = {
    ("openssl_static_rsa_preferred", "forward_secrecy"): ONE_BY_ONE,
    ("openssl_static_rsa_preferred", "tls.no_forward_secrecy"): ONE_BY_ONE,
    **{
        (f"openssl_{server}", fact): OLD_CLIENT
        for server in ("aria", "camellia", "ccm", "ccm8", "ecdh_x448")
        for fact in ("compression", "secure_renegotiation", "client_renegotiation")
    },
    ("gnutls_x448", "client_renegotiation"): (
        "OpenSSL 1.0.2 does not know X448, and the server breaks off its second handshake"
    ),
    ("openssl_ccm", "curves"): ONE_CURVE,
    ("openssl_ccm8", "curves"): ONE_CURVE,
    **{
        ("openssl_ecdh_x448", fact): "sslyze offers suites with P-256, P-384, P-521 and X25519 only"
        for fact in ("versions", "forward_secrecy", "aead", "tls.no_tls12",
                     "tls.no_forward_secrecy")
    },
    ("openssl_client_certificate_needed", "secure_renegotiation"): (
        "sslyze gives this question up where the server wants a client's certificate"
    ),
    **{
        (server, "all"): UNKNOWN_TO_IT
        for server in ("openssl_ecdh_brainpool", "openssl_ecdh_k256", "openssl_tls13_ccm8",
                       "openssl_tls13_ffdhe", "gnutls_camellia_gcm")
    },
    ("gnutls_ffdhe_only", "versions"): "sslyze offers elliptic curves only in TLS 1.3",
    ("openssl_tls13_p521_by_retry", "no_name"): (
        "a server that asks for another key share shows no certificate in its first answer, and "
        "we do not ask a second time"
    ),
    ("openssl102_ssl2_only", "all"): "sslyze stops with a warning where SSL 2.0 is all there is",
    ("tlslite_ssl3_only", "client_renegotiation"): BETTER_CLIENT,
    ("gnutls_rc4_and_3des_on_tls10", "client_renegotiation"): BETTER_CLIENT,
}  # fmt: skip
"""Why sslyze says something else, by server and fact; ``all`` where it says nothing."""


@dataclass
class Both:
    """What was found out about the farm by ours and by theirs."""

    ours: dict[str, TlsFacts] = field(default_factory=dict)
    theirs: dict[str, sslyze.ServerScanResult] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    there = [server for server in COMPARED if not missing(server)]
    with farm(there, tmp_path_factory.mktemp("farm"), NET) as places:
        ours = {
            name: assess(place.folder, place.port, NAME, address=place.address)
            for name, place in places.items()
        }
        yield Both(ours, dict(sslyze.scan(places)), places)


def differences(ours: TlsFacts, theirs: sslyze.ServerScanResult) -> dict[str, tuple[str, str]]:
    """Facts and findings that are not the same, with both sides."""
    read, mine = sslyze.read(theirs), summary(ours)
    if not read:
        return {"all": ("seen", "nothing")}
    if ours.no_name.detail == "not_asked":
        del read["no_name"]  # we ask only where connections are left to spare
    found = {key: (mine[key], said) for key, said in read.items() if mine[key] != said}
    wrong = sslyze.findings(read)
    for check in sorted((failing(ours) ^ wrong) & sslyze.TOLD):
        found[check] = ("wrong", "fine") if check not in wrong else ("fine", "wrong")
    return found | shown(ours, theirs)


def shown(ours: TlsFacts, theirs: sslyze.ServerScanResult) -> dict[str, tuple[str, str]]:
    """Chains and curves that we say were shown to us, and sslyze was not."""
    found = {}
    chains = {ours.chain} | {one.certificates for one in ours.more_chains if one.named}
    if not chains <= {chain[:MOST_CERTIFICATES] for chain in sslyze.chains(theirs)}:
        found["chains"] = (str(len(chains)), str(len(sslyze.chains(theirs))))
    agreed = {one.group for one in ours.agreed if one.exchange == "ecdh" and one.group}
    curves = {CURVES.get(group, group) for group in agreed}
    if not curves <= sslyze.curves(theirs):
        found["curves"] = (" ".join(sorted(curves)), " ".join(sorted(sslyze.curves(theirs))))
    return found


@pytest.mark.parametrize("server", COMPARED, ids=lambda server: server.id)
def test_every_difference_is_explained(server: Server, both: Both) -> None:
    if missing(server):
        lacking(missing(server))
    found = differences(both.ours[server.id], both.theirs[server.id])
    explained = {fact for name, fact in EXPLAINED if name == server.id}
    assert set(found) == explained, found


def test_every_explanation_is_about_a_server_of_the_farm() -> None:
    assert {name for name, _fact in EXPLAINED} <= {server.id for server in COMPARED}
