"""Debian's own directories, started for a test: OpenLDAP, MIT Kerberos, parts of Samba."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from posture_scan.sdk import Service
from tests.lab.daemon import daemon, free_port, need, program
from tests.lab.installed import lacking
from tests.lab.servers_network import need_root


@contextlib.contextmanager
def slapd(
    address: str, folder: Path, *settings: str, scheme: str = "ldap", port: int = 0
) -> Iterator[Service]:
    """OpenLDAP with one firm's name in it, which must not leave it."""
    need("slapd")
    port = port or free_port(address)
    (folder / "data").mkdir()
    config = folder / "slapd.conf"
    config.write_text(
        "include /etc/ldap/schema/core.schema\nmodulepath /usr/lib/ldap\nmoduleload back_mdb\n"
        + "".join(f"{line}\n" for line in settings)
        + 'database mdb\nsuffix "dc=secret-firm,dc=example"\n'
        + f"directory {folder}/data\nmaxsize 1048576\n"
    )
    argv = [program("slapd"), "-d", "0", "-f", str(config), "-h", f"{scheme}://{address}:{port}/"]
    with daemon(argv, address, port, log=folder / "slapd.log"):
        yield Service("ldap", tls=scheme == "ldaps", address=address, port=port)


@contextlib.contextmanager
def krb5kdc(address: str, folder: Path, port: int = 0) -> Iterator[Service]:
    """MIT's Kerberos server for a realm without any user."""
    need("krb5kdc", "kdb5_util")
    port = port or free_port(address)
    (folder / "krb5.conf").write_text("[libdefaults]\n  default_realm = EXAMPLE.COM\n")
    (folder / "kdc.conf").write_text(
        f'[kdcdefaults]\n  kdc_listen = ""\n  kdc_tcp_listen = {address}:{port}\n'
        f"[realms]\n  EXAMPLE.COM = {{\n    database_name = {folder}/principal\n"
        f"    key_stash_file = {folder}/stash\n  }}\n[logging]\n  kdc = FILE:{folder}/kdc.log\n"
    )
    env = {"KRB5_CONFIG": str(folder / "krb5.conf"), "KRB5_KDC_PROFILE": str(folder / "kdc.conf")}
    made = subprocess.run(
        [program("kdb5_util"), "create", "-s", "-W", "-P", "example-only", "-r", "EXAMPLE.COM"],
        check=False, capture_output=True, text=True, env={**os.environ, **env},
    )  # fmt: skip
    if made.returncode:
        pytest.skip(f"kdb5_util does not run here: {made.stderr[-200:]}")
    argv = [program("krb5kdc"), "-n"]
    with daemon(argv, address, port, log=folder / "krb5kdc.log", env=env):
        yield Service("kerberos", address=address, port=port)


@contextlib.contextmanager
def samba_server(folder: Path) -> Iterator[Service]:
    """Two services of Samba's domain controller without any domain: ports 135 and 389/udp.

    See ``in_own_network``. The database is an empty one: nothing but the protocols is looked at.
    """
    need("samba")
    need_root()
    python = Path("/usr/bin/python3")
    made = subprocess.run(
        [str(python), "-c", f"import ldb; ldb.Ldb('{folder}/sam.ldb')"], check=False,
        capture_output=True,
    )  # fmt: skip
    if made.returncode:
        lacking("python3-ldb")
    lines = [
        "[global]", "interfaces = 127.0.0.1/8", "bind interfaces only = yes",
        "server role = active directory domain controller",
        "server services = rpc, cldap", "dcerpc endpoint servers = epmapper",
        f"private dir = {folder}", "netbios name = PRIVATENAME", "realm = SECRET.EXAMPLE",
    ]  # fmt: skip
    for name in ("lock directory", "state directory", "cache directory", "pid directory",
                 "ncalrpc dir"):  # fmt: skip
        place = folder / name.replace(" ", "_")
        place.mkdir()
        lines.append(f"{name} = {place}")
    config = folder / "smb.conf"
    config.write_text("\n".join(lines) + "\n")
    argv = [program("samba"), "-i", "-M", "single", "--debug-stdout", "-s", str(config)]
    with daemon(argv, "127.0.0.1", 135, log=folder / "samba.log"):
        yield Service("msrpc", address="127.0.0.1", port=135)
