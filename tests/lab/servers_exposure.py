"""Debian's own file, database and message servers, started for a test on a loopback address."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from posture_scan.sdk import Service
from tests.lab.daemon import daemon, free_port, need, program
from tests.lab.installed import lacking


@contextlib.contextmanager
def smbd(address: str, folder: Path, *settings: str, port: int = 0) -> Iterator[Service]:
    """Samba with these settings, on this address only."""
    need("smbd")
    port = port or free_port(address)
    folders = (
        "private dir", "lock directory", "state directory", "cache directory",
        "pid directory", "ncalrpc dir",
    )  # fmt: skip
    lines = [
        "[global]", f"interfaces = {address}/8", "bind interfaces only = yes",
        f"smb ports = {port}", "load printers = no", "disable spoolss = yes",
        "server role = standalone server", *settings,
    ]  # fmt: skip
    for name in folders:
        place = folder / name.replace(" ", "_")
        place.mkdir()
        lines.append(f"{name} = {place}")
    config = folder / "smb.conf"
    config.write_text("\n".join(lines) + "\n")
    argv = [program("smbd"), "--foreground", "--no-process-group", "--configfile", str(config),
            "--debug-stdout", "--log-basename", str(folder)]  # fmt: skip
    with daemon(argv, address, port, log=folder / "smbd.log"):
        yield Service("smb", address=address, port=port)


@contextlib.contextmanager
def redis(
    address: str, folder: Path, *options: str, port: int = 0, tls: bool = False
) -> Iterator[Service]:
    """Redis with these options, on its port for TLS alone where asked."""
    need("redis-server")
    port = port or free_port(address)
    ports = ["--port", "0", "--tls-port", str(port)] if tls else ["--port", str(port)]
    argv = [
        program("redis-server"), "--bind", address, *ports, "--dir", str(folder),
        "--save", "", *options,
    ]  # fmt: skip
    with daemon(argv, address, port, log=folder / "redis.log"):
        yield Service("redis", tls=tls, address=address, port=port)


@contextlib.contextmanager
def mariadb(address: str, folder: Path, *options: str, port: int = 0) -> Iterator[Service]:
    """MariaDB with a new, empty data folder and these options."""
    need("mariadbd", "mariadb-install-db")
    port = port or free_port(address)
    data = folder / "data"
    common = ["--no-defaults", f"--datadir={data}"]
    if os.geteuid() == 0:
        common.append("--user=root")
    subprocess.run(
        [program("mariadb-install-db"), *common, "--skip-test-db",
         "--innodb-log-file-size=4M"],
        check=True, capture_output=True,
    )  # fmt: skip
    argv = [
        program("mariadbd"), *common, f"--bind-address={address}", f"--port={port}",
        f"--socket={folder}/s.sock", "--skip-name-resolve", "--innodb-log-file-size=4M",
        f"--pid-file={folder}/pid", *options,
    ]  # fmt: skip
    with daemon(argv, address, port, log=folder / "mariadb.log"):
        yield Service("mysql", address=address, port=port)


@contextlib.contextmanager
def memcached(address: str, *options: str, folder: Path, port: int = 0) -> Iterator[Service]:
    """Memcached over TCP alone, as Debian ships it."""
    need("memcached")
    port = port or free_port(address)
    user = ["-u", "root"] if os.geteuid() == 0 else []
    argv = [program("memcached"), "-l", address, "-p", str(port), "-U", "0", *user, *options]
    with daemon(argv, address, port, log=folder / "memcached.log"):
        yield Service("memcached", address=address, port=port)


@contextlib.contextmanager
def postgres(
    address: str, folder: Path, certificate: tuple[Path, Path] | None = None, *, port: int = 0
) -> Iterator[Service]:
    """PostgreSQL with a new cluster that asks every user for a password; TLS with a certificate."""
    programs = postgres_programs()
    port = port or free_port(address)
    data = folder / "data"
    as_user = _as_nobody(folder) if os.geteuid() == 0 else []
    secret = folder / "secret"
    secret.write_text("example-only\n")
    secret.chmod(0o644)
    made = subprocess.run(
        [*as_user, str(programs / "initdb"), "-D", str(data), "-N", "-A", "scram-sha-256",
         "-U", "lab", "--pwfile", str(secret)],
        check=False, capture_output=True, text=True, cwd=folder,
    )  # fmt: skip
    if made.returncode:
        pytest.skip(f"initdb does not run here: {made.stderr[-200:]}")
    tls = []
    if certificate:
        for source, name in zip(certificate, ("server.crt", "server.key"), strict=True):
            shutil.copy(source, data / name)
            (data / name).chmod(0o600)
            shutil.chown(data / name, (data / "PG_VERSION").stat().st_uid)
        tls = ["-c", "ssl=on"]
    argv = [*as_user, str(programs / "postgres"), "-D", str(data), "-h", address, "-p", str(port),
            "-k", str(folder), "-F", *tls]  # fmt: skip
    with daemon(argv, address, port, log=folder / "postgres.log", cwd=folder):
        yield Service("postgresql", address=address, port=port)


def postgres_programs() -> Path:
    """The folder of PostgreSQL's programs, which Debian keeps off the path, by major version."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        lacking("postgresql")
    return found[-1].parent


def _as_nobody(folder: Path) -> list[str]:
    """PostgreSQL does not run as root: hand it the folder and start it as nobody."""
    need("setpriv")
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    for parent in (folder, *list(folder.parents)[:3]):
        parent.chmod(parent.stat().st_mode | 0o755)
    return [program("setpriv"), f"--reuid={nobody.pw_uid}", "--clear-groups",
            f"--regid={nobody.pw_gid}"]  # fmt: skip


@contextlib.contextmanager
def mosquitto(address: str, folder: Path, *, password: bool, port: int = 0) -> Iterator[Service]:
    """Mosquitto, open to everyone or with a password file."""
    need("mosquitto", "mosquitto_passwd")
    port = port or free_port(address)
    lines = [f"listener {port} {address}", "persistence false"]
    if password:
        users = folder / "users"
        make = [program("mosquitto_passwd"), "-b", "-c", str(users), "lab", "example-only"]
        subprocess.run(make, check=True, capture_output=True)
        lines += ["allow_anonymous false", f"password_file {users}"]
    else:
        lines.append("allow_anonymous true")
    if os.geteuid() == 0:
        lines.append("user root")
    config = folder / "mosquitto.conf"
    config.write_text("\n".join(lines) + "\n")
    argv = [program("mosquitto"), "-c", str(config), "-v"]
    with daemon(argv, address, port, log=folder / "mosquitto.log"):
        yield Service("mqtt", address=address, port=port)


@contextlib.contextmanager
def vsftpd(
    address: str, folder: Path, certificate: tuple[Path, Path] | None = None, *, port: int = 0
) -> Iterator[Service]:
    """Vsftpd without anonymous users, able to encrypt where it has a certificate."""
    need("vsftpd")
    port = port or free_port(address)
    (folder / "empty").mkdir()
    lines = [
        "listen=YES", f"listen_address={address}", f"listen_port={port}", "background=NO",
        "anonymous_enable=NO", "local_enable=YES", "seccomp_sandbox=NO",
        f"secure_chroot_dir={folder}/empty", "xferlog_enable=NO",
    ]  # fmt: skip
    if os.geteuid():
        lines.append("run_as_launching_user=YES")
    if certificate:
        chain, key = certificate
        lines += ["ssl_enable=YES", f"rsa_cert_file={chain}", f"rsa_private_key_file={key}"]
    config = folder / "vsftpd.conf"
    config.write_text("\n".join(lines) + "\n")
    with daemon([program("vsftpd"), str(config)], address, port, log=folder / "vsftpd.log"):
        yield Service("ftp", address=address, port=port)
