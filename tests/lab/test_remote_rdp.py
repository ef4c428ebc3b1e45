"""Remote Desktop against FreeRDP's own server, which can demand NLA as Windows does."""

from __future__ import annotations

import re
import subprocess
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from posture_scan.checks.remote_access import rdp
from posture_scan.checks.remote_access.collect_rdp import RdpAnswer, RdpNegotiation, rdp_negotiation

from posture_scan.sdk import Service, Status, Verdict
from tests.lab import looking
from tests.lab.daemon import need, program
from tests.lab.servers_remote import shadow

pytestmark = pytest.mark.lab

ADDRESS = "127.62.1.1"
SAM = "someone:::00112233445566778899aabbccddeeff:::\n"
"""An account that nobody logs on with: without one the server leaves NLA out."""
LAYERS = {"Native RDP": 0, "SSL": 1, "CredSSP (NLA)": 2, "CredSSP with Early User Auth": 8}
"""What nmap calls the security protocols."""

REQUIRES_NLA = (RdpAnswer("accepted", 2), RdpAnswer("refused", failure=5))
REQUIRES_TLS = (RdpAnswer("accepted", 1), RdpAnswer("refused", failure=1))
KNOWS_LEGACY_ONLY = (RdpAnswer("refused", failure=2), RdpAnswer("accepted", 0))


@pytest.mark.parametrize(
    ("options", "seen", "no_nla", "weak"),
    [
        (
            ("/sec:nla",),
            RdpNegotiation(REQUIRES_NLA[0], REQUIRES_NLA[1], REQUIRES_NLA[1]),
            ("required", Status.PASS),
            ("legacy_refused", Status.PASS),
        ),
        (
            ("/sec:tls",),
            RdpNegotiation(REQUIRES_TLS[0], REQUIRES_TLS[0], REQUIRES_TLS[1]),
            ("not_required", Status.FAIL),
            ("legacy_refused", Status.PASS),
        ),
        (
            ("/sec:rdp",),
            RdpNegotiation(KNOWS_LEGACY_ONLY[0], KNOWS_LEGACY_ONLY[0], KNOWS_LEGACY_ONLY[1]),
            ("not_required", Status.FAIL),
            ("legacy_accepted", Status.FAIL),
        ),
    ],
)  # fmt: skip
def test_each_kind_of_security_is_told_apart(
    tmp_path: Path,
    options: tuple[str, ...],
    seen: RdpNegotiation,
    no_nla: tuple[str, Status],
    weak: tuple[str, Status],
) -> None:
    with running(tmp_path, *options) as service:
        found = looking.collect(rdp_negotiation, service)
        nmap = layers_by_nmap(service)
    assert found == seen
    assert said(looking.judge(rdp.no_nla, found, service)) == no_nla
    assert said(looking.judge(rdp.weak_encryption, found, service)) == weak
    # nmap asks each kind on a connection of its own: what it finds, we found in three.
    assert accepted(found) <= nmap
    assert (0 in nmap) == (weak[1] is Status.FAIL)
    assert (min(nmap) < 2) == (no_nla[1] is Status.FAIL)


def running(folder: Path, *options: str) -> AbstractContextManager[Service]:
    """The server with these options and an account."""
    accounts = folder / "sam"
    accounts.write_text(SAM)
    return shadow(ADDRESS, folder, f"/sam-file:{accounts}", *options)


def accepted(found: RdpNegotiation) -> set[int]:
    answers = (found.everything, found.tls_only, found.legacy)
    return {answer.selected for answer in answers if answer.outcome == "accepted"}


def said(verdict: Verdict) -> tuple[str, Status]:
    return verdict.reason, verdict.status


def layers_by_nmap(service: Service) -> set[int]:
    """What nmap's rdp-enum-encryption finds accepted on the same server."""
    need("nmap")
    argv = [
        program("nmap"), "-Pn", "-n", "-p", str(service.port), "--script", "+rdp-enum-encryption",
        service.address,
    ]  # fmt: skip
    out = subprocess.run(argv, check=True, capture_output=True, text=True, timeout=60).stdout
    named = set(re.findall(r"\|\s+(?:_\s+)?([A-Za-z() ]+): SUCCESS", out))
    assert named, out
    return {LAYERS[name.strip()] for name in named}
