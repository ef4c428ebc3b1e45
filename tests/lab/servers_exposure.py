"""Debian's own file and database servers, started for a test on a loopback address."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from posture_scan.sdk import Service
from tests.lab.daemon import daemon, free_port, need, program


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
def redis(address: str, folder: Path, *options: str, port: int = 0) -> Iterator[Service]:
    """Redis with these options."""
    need("redis-server")
    port = port or free_port(address)
    argv = [
        program("redis-server"), "--bind", address, "--port", str(port), "--dir", str(folder),
        "--save", "", *options,
    ]  # fmt: skip
    with daemon(argv, address, port, log=folder / "redis.log"):
        yield Service("redis", address=address, port=port)


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
