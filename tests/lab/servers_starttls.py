"""Messaging servers for tests, on a loopback address: Prosody and ejabberd."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from posture_scan.sdk import Service
from tests.lab.daemon import daemon, free_port, need, program
from tests.lab.installed import lacking
from tests.lab.servers_mail import dovecot

DOMAIN = "chat.example.jp"
SERVERS_PORT = 5269

PROSODY = """\
run_as_root = true
daemonize = false
data_path = "{folder}/data"
log = {{ info = "*console" }}
interfaces = {{ "{address}" }}
c2s_ports = {{ {client} }}
s2s_ports = {{ {server} }}
c2s_direct_tls_ports = {{ {direct} }}
modules_enabled = {{ "saslauth", "dialback"{tls} }}
modules_disabled = {{ "posix" }}
c2s_require_encryption = {required}
s2s_require_encryption = false
allow_unencrypted_plain_auth = {plain}
c2s_direct_tls_{ssl}
VirtualHost "{domain}"
{ssl}
"""

EJABBERD = """\
hosts: ["{domain}"]
loglevel: info
listen:
  - port: {client}
    ip: "{address}"
    module: ejabberd_c2s
    starttls: {tls}
    starttls_required: {tls}
  - port: {server}
    ip: "{address}"
    module: ejabberd_s2s_in
s2s_use_starttls: {s2s}
auth_method: internal
acme:
  auto: false
{certificate}modules: {{}}
"""


@contextlib.contextmanager
def prosody(
    address: str, folder: Path, certificate: tuple[Path, Path] | None = None, *,
    required: bool = True, plain: bool = False, client: int = 0, direct: int = 0,
) -> Iterator[Service]:  # fmt: skip
    """Prosody for one domain; without a certificate it cannot encrypt."""
    need("prosody")
    client = client or free_port(address)
    ssl = "ssl = {}"
    if certificate:
        ssl = f'ssl = {{ certificate = "{certificate[0]}", key = "{certificate[1]}" }}'
    config = folder / "prosody.cfg.lua"
    config.write_text(
        PROSODY.format(
            folder=folder, address=address, client=client, server=SERVERS_PORT, domain=DOMAIN,
            direct=direct or "", tls=', "tls"' if certificate else "", ssl=ssl,
            required=str(bool(certificate) and required).lower(), plain=str(plain).lower(),
        )
    )  # fmt: skip
    argv = [program("prosody"), "-F", "--config", str(config)]
    with daemon(argv, address, client, log=folder / "prosody.log"):
        yield Service("xmpp", address=address, port=client, names=(DOMAIN,))


@contextlib.contextmanager
def ejabberd(
    address: str, folder: Path, certificate: tuple[Path, Path] | None = None, *,
    client: int = 0,
) -> Iterator[Service]:  # fmt: skip
    """Ejabberd for one domain, as a node of its own that no other Erlang program can reach."""
    need("erl")
    found = sorted(Path("/usr/lib").glob("*/ejabberd-*/ebin/ejabberd.app"))
    if not found:
        lacking("ejabberd")
    client = client or free_port(address)
    files = ""
    if certificate:
        joined = folder / "joined.pem"
        joined.write_bytes(certificate[0].read_bytes() + certificate[1].read_bytes())
        files = f'certfiles: ["{joined}"]\n'
    config = folder / "ejabberd.yml"
    config.write_text(
        EJABBERD.format(
            address=address, client=client, server=SERVERS_PORT, domain=DOMAIN,
            tls=str(bool(certificate)).lower(), s2s="optional" if certificate else "false",
            certificate=files,
        )
    )  # fmt: skip
    argv = [program("erl"), "-noinput", "-mnesia", "dir", f'"{folder}/spool"', "-s", "ejabberd"]
    env = {
        "ERL_LIBS": str(found[-1].parents[2]), "EJABBERD_CONFIG_PATH": str(config),
        "EJABBERD_LOG_PATH": str(folder / "ejabberd.log"), "HOME": str(folder),
        "ERL_CRASH_DUMP": str(folder / "crash"),
    }  # fmt: skip
    with daemon(argv, address, client, log=folder / "erl.log", env=env, cwd=folder):
        yield Service("xmpp", address=address, port=client, names=(DOMAIN,))


@contextlib.contextmanager
def submission(
    address: str, folder: Path, certificate: tuple[Path, Path] | None = None
) -> Iterator[Service]:
    """Dovecot's SMTP server for mail that goes out, which leads to no other server here."""
    if not Path("/usr/lib/dovecot/submission").exists():
        lacking("dovecot-submissiond")
    port = free_port(address)
    settings = (
        "protocols = imap pop3 submission", f"ssl = {'yes' if certificate else 'no'}",
        f"hostname = {DOMAIN}", "submission_relay_host = 127.0.0.1", "submission_relay_port = 9",
        "service submission-login {", "inet_listener submission {", f"port = {port}", "}",
        "inet_listener submissions {", "port = 0", "}", "}",
    )  # fmt: skip
    with dovecot(address, folder, *settings, certificate=certificate):
        yield Service("smtp", address=address, port=port)
