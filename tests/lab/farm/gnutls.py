"""``gnutls-serv`` and stunnel: a second library, and a relay as small firms put before old ones."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from tests.lab.daemon import program
from tests.lab.farm.model import Server, Start, findings, foreground


def gnutls_serv(priority: str) -> Start:
    """With this priority string."""

    @contextlib.contextmanager
    def start(folder: Path, address: str, port: int) -> Iterator[object]:
        argv = [
            "gnutls-serv", "--quiet", "--echo", "--nodb", "--port", str(port),
            "--x509certfile", "full.pem", "--x509keyfile", "key.pem", "--priority", priority,
        ]  # fmt: skip
        with foreground(argv, folder, address, port) as process:
            yield process

    return start


def server(
    name: str, priority: str, failing: str = "", *, client_renegotiation: str = "yes", **facts: str
) -> Server:
    check = findings("tls.client_renegotiation")
    yes = client_renegotiation == "yes"
    return Server(
        f"gnutls_{name}", gnutls_serv(priority), findings(failing) | (check if yes else set()),
        frozenset() if yes else check,
        facts={"client_renegotiation": client_renegotiation, **facts}, needs=("gnutls-serv",),
    )  # fmt: skip


ONLY_12 = "-VERS-ALL:+VERS-TLS1.2"

GNUTLS = (
    server("gap", "NORMAL:-VERS-ALL:+VERS-TLS1.0:+VERS-TLS1.2", "tls.tls10",
           versions="tls10 tls12", fallback_scsv="told", dh_bits="2048"),
    server("normal", "NORMAL", "tls.tls10 tls.tls11", versions="tls10 tls11 tls12 tls13",
           fallback_scsv="told", dh_bits="2048"),
    server("secure", "SECURE192:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2", dh_bits="8192"),
    server("server_preference", f"NORMAL:{ONLY_12}:%SERVER_PRECEDENCE", versions="tls12",
           server_preference="yes", dh_bits="2048"),
    server("rc4", f"NORMAL:{ONLY_12}:+ARCFOUR-128:+SHA1", "tls.rc4",
           versions="tls12", weak="rc4", dh_bits="2048"),
    server(
        "rc4_and_3des_on_tls10",
        "NONE:+VERS-TLS1.0:+ARCFOUR-128:+3DES-CBC:+SHA1:+RSA:+SIGN-ALL:+COMP-NULL:+CTYPE-X509",
        "tls.rc4 tls.3des tls.tls10 tls.no_tls12 tls.no_forward_secrecy",
        versions="tls10", weak="rc4 3des", forward_secrecy="no", aead="no",
        server_preference="unseen", client_renegotiation="unseen",  # no client has its suites
    ),
    server("3des_and_null", f"NORMAL:{ONLY_12}:+3DES-CBC:+NULL:+SHA1", "tls.3des tls.null",
           versions="tls12", weak="null 3des", dh_bits="2048"),
    server("anonymous", f"NORMAL:{ONLY_12}:+ANON-ECDH", "tls.anon",
           versions="tls12", weak="anon", dh_bits="2048"),
    server("camellia_gcm", f"NORMAL:-CIPHER-ALL:+CAMELLIA-128-GCM:{ONLY_12}", versions="tls12",
           dh_bits="2048", client_renegotiation="unseen"),
    server("ffdhe_only", "NORMAL:-GROUP-ALL:+GROUP-FFDHE2048:-VERS-ALL:+VERS-TLS1.2:+VERS-TLS1.3",
           dh_bits="2048"),
    server("x448", "NORMAL:-GROUP-ALL:+GROUP-X448:-VERS-ALL:+VERS-TLS1.2:+VERS-TLS1.3"),
    server("no_safe_renegotiation", f"NORMAL:{ONLY_12}:%DISABLE_SAFE_RENEGOTIATION",
           "tls.insecure_renegotiation", versions="tls12", secure_renegotiation="no",
           dh_bits="2048"),
)  # fmt: skip


@contextlib.contextmanager
def stunnel(folder: Path, address: str, port: int) -> Iterator[object]:
    """In front of a program that gives back what it hears."""
    config = folder / "stunnel.conf"
    config.write_text(
        f"foreground = yes\n[lab]\naccept = {address}:{port}\nexec = {program('cat')}\n"
        f"cert = {folder}/full.pem\nkey = {folder}/key.pem\n",
        "utf-8",
    )
    with foreground(["stunnel", str(config)], folder, address, port) as process:
        yield process


SERVERS = (*GNUTLS, Server("stunnel_default", stunnel, needs=("stunnel",)))
