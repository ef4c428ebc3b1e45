"""TLS on real servers: each configuration shows exactly its own weaknesses and no others."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from tests.checks.encryption.certificates import NAME, NOW, Issued, authority, issue
from tests.checks.encryption.judging import failing, judge, not_seen
from tests.lab.daemon import daemon, free_port, need, program
from tests.lab.tls_service import ADDRESS, FULL, MIDDLE, SOUND, assess, write

pytestmark = pytest.mark.lab

DAY = timedelta(days=1)
STRANGER = authority("Stranger Root", number=95)
EC = issue(issuer=MIDDLE)

OAKLEY_2 = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E34"
    "04DDEF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6"
    "F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF",
    16,
)
"""The 1024-bit prime of RFC 2409 6.2."""


@dataclass(frozen=True)
class Case:
    """One configuration of a server and the exact set of weaknesses it must show."""

    id: str
    arguments: str
    expected: set[str] = field(default_factory=set)
    chain: tuple[Issued, ...] = FULL


OPENSSL = [
    Case("default", ""),
    Case("ecdsa", "", chain=(EC, MIDDLE)),
    Case("tls12_only", "-tls1_2"),
    Case("tls12_only_forward_secret", "-tls1_2 -cipher ECDHE+AESGCM"),
    Case("tls13_only", "-tls1_3"),
    Case("tls13_only_p521", "-tls1_3 -groups P-521"),
    Case(
        "tls10_and_11_only",
        "-no_tls1_2 -no_tls1_3 -cipher ECDHE+AES:@SECLEVEL=0",
        {"tls.tls10", "tls.tls11", "tls.no_tls12"},
    ),
    Case(
        "tls10_only_without_forward_secrecy",
        "-tls1 -cipher AES128-SHA:@SECLEVEL=0",
        {"tls.tls10", "tls.no_tls12", "tls.no_forward_secrecy"},
    ),
    Case("tls10_to_13", "-cipher DEFAULT:@SECLEVEL=0", {"tls.tls10", "tls.tls11"}),
    Case("static_rsa_only", "-tls1_2 -cipher AES128-GCM-SHA256", {"tls.no_forward_secrecy"}),
    Case(
        "static_rsa_preferred",
        "-tls1_2 -serverpref -cipher AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256",
        {"tls.no_forward_secrecy"},
    ),
    Case("dhe_auto", "-tls1_2 -cipher DHE-RSA-AES128-GCM-SHA256"),
    Case(
        "dhe_1024",
        "-tls1_2 -dhparam dh1024.pem -cipher ECDHE+AESGCM:DHE+AESGCM:@SECLEVEL=0",
        {"tls.dh_weak"},
    ),
    Case("null", "-tls1_2 -cipher ECDHE+AESGCM:NULL-SHA256:@SECLEVEL=0", {"tls.null"}),
    Case("anonymous", "-tls1_2 -cipher ECDHE+AESGCM:AECDH-AES128-SHA:@SECLEVEL=0", {"tls.anon"}),
    Case("psk_beside", "-tls1_2 -psk 00ff -cipher ECDHE+AESGCM:PSK"),
    Case("expired", "", {"cert.expired"}, (issue(issuer=MIDDLE, ends=NOW - DAY), MIDDLE)),
    Case("expires", "", {"cert.expiring_soon"}, (issue(issuer=MIDDLE, ends=NOW + DAY), MIDDLE)),
    Case("early", "", {"cert.not_yet_valid"}, (issue(issuer=MIDDLE, starts=NOW + DAY), MIDDLE)),
    Case("self_signed", "", {"cert.self_signed"}, (issue(),)),
    Case(
        "self_signed_tls13_expired_for_another",
        "-tls1_3",
        {"cert.self_signed", "cert.expired", "cert.hostname_mismatch"},
        (issue("other.example.jp", ends=NOW - DAY),),
    ),
    Case("wrong_name", "", {"cert.hostname_mismatch"}, (issue("www.a.jp", issuer=MIDDLE), MIDDLE)),
    Case("wildcard", "", set(), (issue("x", issuer=MIDDLE, names=("*.example.jp",)), MIDDLE)),
    Case("no_intermediate", "", {"cert.incomplete_chain"}, (SOUND,)),
    Case("no_intermediate_tls13", "-tls1_3", {"cert.incomplete_chain"}, (SOUND,)),
    Case("stranger", "", {"cert.untrusted_ca"}, (issue(issuer=STRANGER), STRANGER)),
    Case(
        "rsa1024",
        "-cipher ECDHE+AESGCM:@SECLEVEL=0",
        {"cert.weak_key"},
        (issue(issuer=MIDDLE, kind="rsa1024"), MIDDLE),
    ),
]


@contextlib.contextmanager
def s_server(folder: Path, case: Case) -> Iterator[int]:
    need("openssl")
    write(folder, case.chain)
    port = free_port(ADDRESS)
    argv = [
        program("openssl"), "s_server", "-accept", f"{ADDRESS}:{port}", "-quiet",
        "-cert", "leaf.pem", "-key", "key.pem", *case.arguments.split(),
    ]  # fmt: skip
    if case.chain[1:]:
        argv += ["-cert_chain", "rest.pem"]
    with daemon(argv, ADDRESS, port, log=folder / "log", cwd=folder):
        yield port


@pytest.mark.parametrize("case", OPENSSL, ids=lambda case: case.id)
def test_openssl(case: Case, tmp_path: Path) -> None:
    if "dh1024.pem" in case.arguments:
        write_dh(tmp_path / "dh1024.pem")
    with s_server(tmp_path, case) as port:
        facts = assess(tmp_path, port, NAME)
    assert failing(facts) == case.expected
    assert not_seen(facts) == ({"cert.untrusted_ca"} if "intermediate" in case.id else set())
    assert facts.connections <= 11


def write_dh(path: Path) -> None:
    """DHParameter of PKCS #3: the prime and the generator 2."""
    prime = b"\x02\x81\x81\x00" + OAKLEY_2.to_bytes(128, "big")
    body = base64.encodebytes(b"\x30\x81\x87" + prime + b"\x02\x01\x02").decode()
    path.write_text(f"-----BEGIN DH PARAMETERS-----\n{body}-----END DH PARAMETERS-----\n", "ascii")


def test_openssl_without_a_name(tmp_path: Path) -> None:
    case = Case("bare", "", chain=(issue(ends=NOW - DAY),))
    with s_server(tmp_path, case) as port:
        assert failing(assess(tmp_path, port)) == {"cert.expired"}


def nginx(folder: Path, port: int, server: str) -> list[str]:
    config = folder / "nginx.conf"
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config.write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/errors;"
        f"events {{}} http {{ access_log off; {temporary} "
        f"ssl_certificate {folder}/full.pem; ssl_certificate_key {folder}/key.pem;"
        + server.replace("LISTEN", f"listen {ADDRESS}:{port} ssl")
        + "}",
        "utf-8",
    )
    return [program("nginx"), "-c", str(config)]


NGINX = [
    Case("default", "server { LISTEN; }"),
    Case("modern", "server { LISTEN; ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers ECDHE+AESGCM; }"),
    Case("tls13", "server { LISTEN; ssl_protocols TLSv1.3; }"),
    Case(
        "old",
        "server { LISTEN; ssl_protocols TLSv1 TLSv1.1 TLSv1.2; ssl_ciphers DEFAULT:@SECLEVEL=0; }",
        {"tls.tls10", "tls.tls11"},
    ),
    Case(
        "by_name_only",
        f"server {{ LISTEN default_server; ssl_reject_handshake on; }}"
        f" server {{ LISTEN; server_name {NAME}; }}",
    ),
]


@pytest.mark.parametrize("case", NGINX, ids=lambda case: case.id)
def test_nginx(case: Case, tmp_path: Path) -> None:
    need("nginx")
    write(tmp_path, case.chain)
    port = free_port(ADDRESS)
    argv = nginx(tmp_path, port, case.arguments)
    with daemon(argv, ADDRESS, port, log=tmp_path / "log"):
        facts = assess(tmp_path, port, NAME)
        assert failing(facts) == case.expected
        assert not_seen(facts) == set()
        if case.id != "by_name_only":
            return
        bare = assess(tmp_path, port)
    assert failing(bare) == set()
    assert {"tls.tls10", "tls.rc4", "tls.no_tls12", "cert.expired"} <= not_seen(bare)
    assert judge("tls.rc4", bare).values[0] == ("named", False)


GNUTLS = [
    Case("normal", "NORMAL", {"tls.tls10", "tls.tls11"}),
    Case("secure", "SECURE192:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"),
    Case(
        "rc4",
        "NORMAL:-VERS-ALL:+VERS-TLS1.2:+ARCFOUR-128:+SHA1",
        {"tls.rc4"},
    ),
    Case(
        "rc4_and_3des_on_tls10",
        "NONE:+VERS-TLS1.0:+ARCFOUR-128:+3DES-CBC:+SHA1:+RSA:+SIGN-ALL:+COMP-NULL:+CTYPE-X509",
        {"tls.rc4", "tls.3des", "tls.tls10", "tls.no_tls12", "tls.no_forward_secrecy"},
    ),
    Case(
        "3des_and_null",
        "NORMAL:-VERS-ALL:+VERS-TLS1.2:+3DES-CBC:+NULL:+SHA1",
        {"tls.3des", "tls.null"},
    ),
    Case(
        "anonymous",
        "NORMAL:-VERS-ALL:+VERS-TLS1.2:+ANON-ECDH",
        {"tls.anon"},
    ),
]


@pytest.mark.parametrize("case", GNUTLS, ids=lambda case: case.id)
def test_gnutls(case: Case, tmp_path: Path) -> None:
    need("gnutls-serv")
    write(tmp_path, case.chain)
    port = free_port(ADDRESS)
    argv = [
        program("gnutls-serv"), "--quiet", "--echo", "--nodb", "--port", str(port),
        "--x509certfile", "full.pem", "--x509keyfile", "key.pem", "--priority", case.arguments,
    ]  # fmt: skip
    with daemon(argv, ADDRESS, port, log=tmp_path / "log", cwd=tmp_path):
        facts = assess(tmp_path, port, NAME)
    assert failing(facts) == case.expected
    assert not_seen(facts) == set()


def test_stunnel(tmp_path: Path) -> None:
    need("stunnel")
    write(tmp_path, FULL)
    port = free_port(ADDRESS)
    config = tmp_path / "stunnel.conf"
    config.write_text(
        f"foreground = yes\nsetuid =\n[lab]\naccept = {ADDRESS}:{port}\nconnect = {ADDRESS}:1\n"
        f"cert = {tmp_path}/full.pem\nkey = {tmp_path}/key.pem\n".replace("setuid =\n", ""),
        "utf-8",
    )
    with daemon([program("stunnel"), str(config)], ADDRESS, port, log=tmp_path / "log"):
        assert failing(assess(tmp_path, port, NAME)) == set()
