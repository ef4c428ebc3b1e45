"""From a plain connection to TLS against Debian's own servers: the certificate is the judge.

After ``begin`` a real handshake is made on the same connection; the certificate it brings is the
one that the server was given, and the one that OpenSSL's own client brings home.
"""

from __future__ import annotations

import contextlib
import ssl
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest
from posture_scan.checks.encryption.collect_tls import tls_assessment
from posture_scan.checks.encryption.facts import TlsFacts
from posture_scan.checks.encryption.probe import Outcome
from posture_scan.checks.encryption.starttls import PROTOCOLS, NotOfferedError, begin

from posture_scan.sdk import Service
from tests.lab import looking
from tests.lab.daemon import need, program, self_signed
from tests.lab.servers_directory import slapd
from tests.lab.servers_exposure import mariadb, postgres, vsftpd
from tests.lab.servers_mail import dovecot, opensmtpd
from tests.lab.servers_remote import shadow, xrdp
from tests.lab.servers_starttls import DOMAIN, SERVERS_PORT, ejabberd, prosody, submission

pytestmark = pytest.mark.lab

ADDRESS = "127.71.2.1"
Pair = tuple[Path, Path] | None
Started = AbstractContextManager[Service]


def start_directory(folder: Path, pair: Pair) -> Started:
    settings = (f"TLSCertificateFile {pair[0]}", f"TLSCertificateKeyFile {pair[1]}") if pair else ()
    return slapd(ADDRESS, folder, *settings)


def start_mariadb(folder: Path, pair: Pair) -> Started:
    tls = (f"--ssl-cert={pair[0]}", f"--ssl-key={pair[1]}") if pair else ()
    return mariadb(ADDRESS, folder, "--skip-grant-tables", *tls)


STARTS: dict[str, Callable[[Path, Pair], Started]] = {
    "submission": lambda folder, pair: submission(ADDRESS, folder, pair),
    "vsftpd": lambda folder, pair: vsftpd(ADDRESS, folder, pair),
    "postgresql": lambda folder, pair: postgres(ADDRESS, folder, pair),
    "slapd": start_directory,
    "mariadb": start_mariadb,
    "prosody": lambda folder, pair: prosody(ADDRESS, folder, pair),
    "ejabberd": lambda folder, pair: ejabberd(ADDRESS, folder, pair),
}
BY_OPENSSL = {
    "smtp": "smtp", "imap": "imap", "pop3": "pop3", "ftp": "ftp", "postgresql": "postgres",
    "ldap": "ldap", "mysql": "mysql", "xmpp": "xmpp",
}  # fmt: skip
"""What OpenSSL's client calls the protocols; it does not know Remote Desktop."""


OLD_TOO = {"slapd"}
"""Debian's OpenLDAP speaks TLS 1.0 and 1.1 as well, unless it is told not to."""


def upgraded(service: Service) -> tuple[bytes, ...]:
    """The certificates that a handshake right behind ``begin`` brings."""
    with looking.net(service.address, connections=1).connect(service) as channel:
        begin(service, channel)
        channel.start_tls(next(iter(service.names), ""))
        return channel.peer_chain()


def by_openssl(service: Service) -> bytes:
    """The leaf that OpenSSL's client is shown by the same server."""
    name = BY_OPENSSL[service.protocol]
    name = "xmpp-server" if service.port == SERVERS_PORT else name
    argv = ["openssl", "s_client", "-connect", f"{service.address}:{service.port}", "-starttls",
            name, "-xmpphost", DOMAIN]  # fmt: skip
    done = subprocess.run(argv, input=b"", capture_output=True, timeout=20, check=False)
    return leaf(done.stdout.decode("latin-1"))


def leaf(pem: str) -> bytes:
    """The first certificate in a text."""
    begins, ends = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
    assert begins in pem, pem
    return ssl.PEM_cert_to_DER_cert(begins + pem.partition(begins)[2].partition(ends)[0] + ends)


def places(service: Service) -> list[Service]:
    """Where the server can be asked: XMPP has a second port, for other servers."""
    return (
        [service] if service.protocol != "xmpp" else [service, replace(service, port=SERVERS_PORT)]
    )


@pytest.mark.parametrize("server", STARTS)
def test_the_certificate_behind_the_upgrade(tmp_path: Path, server: str) -> None:
    pair = self_signed(tmp_path)
    with STARTS[server](tmp_path, pair) as service:
        for place in places(service):
            seen, told = upgraded(place), by_openssl(place)
            assert seen[0] == told == leaf(pair[0].read_text())
            seen_whole(place, pair, old_too=server in OLD_TOO)


@pytest.mark.parametrize("server", STARTS)
def test_without_a_certificate_nothing_is_offered(tmp_path: Path, server: str) -> None:
    with STARTS[server](tmp_path, None) as service:
        for place in places(service):
            with pytest.raises(NotOfferedError):
                upgraded(place)
            facts = looking.collect(tls_assessment, place)
            assert facts.offered.outcome is Outcome.REFUSED
            assert (facts.starttls, facts.connections) == (place.protocol, 1)


def seen_whole(place: Service, pair: tuple[Path, Path], *, old_too: bool = False) -> None:
    """Assess the service by all questions and compare with what it is set to."""
    facts: TlsFacts = looking.collect(tls_assessment, place)
    accepted = {one.id for one in facts.versions if one.outcome is Outcome.ACCEPTED}
    assert facts.starttls == place.protocol
    assert facts.chain[0] == leaf(pair[0].read_text())
    assert accepted - {"tls13"} == ({"tls10", "tls11", "tls12"} if old_too else {"tls12"})
    assert not [one.id for one in facts.versions if one.outcome is Outcome.UNSEEN]
    assert facts.forward_secrecy.outcome is Outcome.ACCEPTED
    assert facts.connections <= (10 if place.protocol == "mysql" else 16)


def test_opensmtpd(tmp_path: Path) -> None:
    """Debian 12's cannot sign with OpenSSL 3: every handshake ends behind its certificate."""
    pair = self_signed(tmp_path)
    answer = b""
    with (
        opensmtpd(ADDRESS, tmp_path, "tls pki lab", certificate=pair) as service,
        looking.net(ADDRESS, connections=1).connect(service) as channel,
    ):
        begin(service, channel)
        channel.send(client_hello())
        while data := channel.receive():
            answer += data
    assert answer[:1] == b"\x16"
    assert leaf(pair[0].read_text()) in answer


def client_hello() -> bytes:
    """OpenSSL's own first message for TLS 1.2, where certificates travel in clear."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    out = ssl.MemoryBIO()
    with contextlib.suppress(ssl.SSLWantReadError):
        context.wrap_bio(ssl.MemoryBIO(), out).do_handshake()
    return out.read()


def test_opensmtpd_without_tls(tmp_path: Path) -> None:
    with opensmtpd(ADDRESS, tmp_path) as service, pytest.raises(NotOfferedError):
        upgraded(service)


def test_dovecot(tmp_path: Path) -> None:
    pair = self_signed(tmp_path)
    with dovecot(ADDRESS, tmp_path, "ssl = yes", certificate=pair) as services:
        for service in services:
            assert upgraded(service)[0] == by_openssl(service) == leaf(pair[0].read_text())
            seen_whole(service, pair)


def test_dovecot_without_tls(tmp_path: Path) -> None:
    with dovecot(ADDRESS, tmp_path, "ssl = no") as services:
        for service in services:
            with pytest.raises(NotOfferedError):
                upgraded(service)


@pytest.mark.parametrize("security", ["tls", "negotiate"])
def test_xrdp(tmp_path: Path, security: str) -> None:
    with xrdp(ADDRESS, tmp_path, security) as service:
        assert upgraded(service)[0] == leaf((tmp_path / "cert.pem").read_text())
        seen_whole(service, (tmp_path / "cert.pem", tmp_path / "key.pem"))


def test_xrdp_with_legacy_security_alone(tmp_path: Path) -> None:
    with xrdp(ADDRESS, tmp_path, "rdp") as service, pytest.raises(NotOfferedError):
        upgraded(service)


@pytest.mark.parametrize("options", [("/sec:tls",), ("/sec:nla",)])
def test_freerdp(tmp_path: Path, options: tuple[str, ...]) -> None:
    accounts = tmp_path / "sam"
    accounts.write_text("someone:::00112233445566778899aabbccddeeff:::\n")
    with shadow(ADDRESS, tmp_path, *options, f"/sam-file:{accounts}") as service:
        seen = upgraded(service)
        (made,) = tmp_path.rglob("*.crt")
        seen_whole(service, (made, made))
    assert seen[0] == leaf(made.read_text())


def test_freerdp_with_legacy_security_alone(tmp_path: Path) -> None:
    with shadow(ADDRESS, tmp_path, "/sec:rdp") as service, pytest.raises(NotOfferedError):
        upgraded(service)


def test_mariadb_counts_what_is_given_up(tmp_path: Path) -> None:
    """Each upgrade that ends before the logon is one towards ``max_connect_errors``."""
    need("mariadb-admin")
    with start_mariadb(tmp_path, self_signed(tmp_path)) as service:
        before = aborted(tmp_path)
        upgraded(service)
        after = aborted(tmp_path)
    assert after - before == 1


def aborted(folder: Path) -> int:
    """How many connections MariaDB says were given up before the logon."""
    argv = [program("mariadb-admin"), "--no-defaults", f"--socket={folder}/s.sock", "-u", "root",
            "extended-status"]  # fmt: skip
    status = subprocess.run(argv, check=True, capture_output=True, text=True).stdout
    (line,) = [one for one in status.splitlines() if " Aborted_connects " in one]
    return int(line.split("|")[2])


def test_every_protocol_was_tried_on_a_real_server() -> None:
    assert {*BY_OPENSSL, "rdp"} == set(PROTOCOLS)
