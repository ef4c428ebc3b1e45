"""One web server, several names: each is asked for, and its own certificate is judged."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from posture_scan.checks.encryption.collect_tls import tls_assessment
from posture_scan.checks.encryption.facts import TlsFacts

from posture_scan.sdk import Status
from tests.checks.encryption.certificates import NAME, NOW, Issued, issue
from tests.checks.encryption.judging import failing, judge, not_seen
from tests.lab import servers_web
from tests.lab.daemon import free_port, need
from tests.lab.tls_service import MIDDLE, assess, write

pytestmark = pytest.mark.lab

ADDRESS = "127.30.0.2"
OTHER = "www.example.jp"
SOUND = issue(issuer=MIDDLE)
SECOND = issue(OTHER, issuer=MIDDLE, number=1)
LATE = issue(OTHER, issuer=MIDDLE, number=1, ends=NOW - timedelta(days=1))


def look(folder: Path, second: Issued | None, *names: str, protocol: str = "http") -> TlsFacts:
    """Serve two names, the second under a certificate of its own or, without one, not at all."""
    need("nginx")
    write(folder, (SOUND, MIDDLE))
    port = free_port(ADDRESS)
    more = f"listen {ADDRESS}:{port} ssl; server_name {OTHER}; ssl_reject_handshake on;"
    if second is not None:
        (folder / "second.pem").write_bytes(second.pem + MIDDLE.pem)
        (folder / "second.key").write_bytes(second.key_pem)
        more = more.replace(
            "ssl_reject_handshake on;",
            f"ssl_certificate {folder}/second.pem; ssl_certificate_key {folder}/second.key;",
        )
    server = (
        f"server_name {NAME}; ssl_certificate {folder}/full.pem;"
        f" ssl_certificate_key {folder}/key.pem;"
    )
    place = folder / "web"
    place.mkdir()
    with servers_web.nginx(
        ADDRESS, place, server, port=port, http=f"server {{ {more} }}", tls=True
    ):
        return assess(folder, port, *names, address=ADDRESS, protocol=protocol)


def test_a_second_name_with_a_certificate_of_its_own(tmp_path: Path) -> None:
    facts = look(tmp_path, SECOND, NAME, OTHER)
    assert facts.names_unseen == ()
    assert [one.name for one in facts.more_chains if one.name] == [OTHER]
    assert failing(facts) & {"cert.hostname_mismatch", "cert.expired", "cert.untrusted_ca"} == set()


def test_its_weakness_counts(tmp_path: Path) -> None:
    assert "cert.expired" in failing(look(tmp_path, LATE, NAME, OTHER))


def test_a_name_that_the_server_has_no_certificate_for(tmp_path: Path) -> None:
    facts = look(tmp_path, SECOND, NAME, "shop2.example.jp")
    assert "cert.hostname_mismatch" in failing(facts)


def test_a_name_that_is_turned_away_is_unseen_and_not_fine(tmp_path: Path) -> None:
    facts = look(tmp_path, None, NAME, OTHER)
    assert facts.names_unseen == (OTHER,)
    found = judge("cert.expired", facts)
    assert (found.status, found.reason) == (Status.UNKNOWN, "name_not_seen")
    assert {"cert.expired", "cert.hostname_mismatch", "cert.weak_key"} <= not_seen(facts)


def test_more_names_than_connections_are_left_unseen(tmp_path: Path) -> None:
    names = [NAME, *(f"n{number}.example.jp" for number in range(20))]
    facts = look(tmp_path, SECOND, *names)
    assert facts.connections <= tls_assessment.max_connections
    assert facts.names_unseen
    assert set(facts.names_unseen) < set(names)


def test_a_mail_server_is_asked_under_one_name(tmp_path: Path) -> None:
    facts = look(tmp_path, SECOND, NAME, OTHER, protocol="imap")
    assert (facts.names_unseen, [one for one in facts.more_chains if one.name]) == ((), [])
