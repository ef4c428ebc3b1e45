"""Docker's daemon and etcd, started for a test on a loopback address."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from posture_scan.sdk import Service
from tests.lab.daemon import daemon, free_port, need, program
from tests.lab.pki import Authority

ANSWERS_WITHIN = 60.0
"""Seconds until the daemon, whose port opens early, has ended what it begins with."""


@contextlib.contextmanager
def dockerd(
    address: str, folder: Path, *options: str, tls: bool = False, port: int = 0
) -> Iterator[Service]:
    """Docker without any network or image, everything of it inside the folder."""
    need("dockerd", "containerd", "unshare")
    # What it mounts stays in a world of its own that ends with it.
    apart = [program("unshare"), "--mount", "--propagation", "private"]
    if subprocess.run([*apart, "true"], check=False, capture_output=True).returncode:
        pytest.skip("dockerd runs as root only, and needs to mount")
    port = port or free_port(address)
    # Its companion's socket has to lie on a short path: the system takes 108 bytes.
    run = Path(tempfile.mkdtemp(prefix="d"))
    argv = [
        *apart, program("dockerd"), "-H", f"tcp://{address}:{port}", "--bridge=none",
        "--iptables=false", "--ip6tables=false", "--ip-forward=false", "--storage-driver=vfs",
        "--data-root", str(folder / "data"), "--exec-root", str(run),
        "--pidfile", str(folder / "pid"), *(options or ("--tls=false",)),
    ]  # fmt: skip
    log = folder / "dockerd.log"
    try:
        with daemon(argv, address, port, log=log):
            _wait_for("API listen on", log)
            yield Service("http", tls=tls, address=address, port=port)
    finally:
        _end_containerd(run / "containerd" / "containerd.pid")
        shutil.rmtree(run, ignore_errors=True)


def _wait_for(words: str, log: Path) -> None:
    limit = time.monotonic() + ANSWERS_WITHIN
    while words not in log.read_text(errors="replace"):
        assert time.monotonic() < limit, log.read_text(errors="replace")[-2000:]
        time.sleep(0.05)


def _end_containerd(pid_file: Path) -> None:
    """End the companion that dockerd started, where dockerd left it behind."""
    with contextlib.suppress(OSError, ValueError):
        pid = int(pid_file.read_text())
        name = Path(f"/proc/{pid}/comm").read_text().strip()
        if name == "containerd":
            os.kill(pid, signal.SIGTERM)


@contextlib.contextmanager
def etcd(
    address: str,
    folder: Path,
    authority: Authority | None = None,
    *,
    ports: tuple[int, int] | None = None,
) -> Iterator[Service]:
    """Etcd with one member; with an authority it wants a certificate from everyone."""
    need("etcd")
    port, peer = ports or (free_port(address), free_port(address))
    tls: list[str] = []
    if authority:
        chain, key = authority.leaf("etcd.example.jp")
        tls = ["--cert-file", str(chain), "--key-file", str(key), "--client-cert-auth",
               "--trusted-ca-file", str(authority.file)]  # fmt: skip
    own = f"{'https' if authority else 'http'}://{address}:{port}"
    others = f"http://{address}:{peer}"
    argv = [
        program("etcd"), "--name", "lab", "--data-dir", str(folder / "etcd"),
        "--listen-client-urls", own, "--advertise-client-urls", own,
        "--listen-peer-urls", others, "--initial-advertise-peer-urls", others,
        "--initial-cluster", f"lab={others}", "--log-level", "error", *tls,
    ]  # fmt: skip
    with daemon(argv, address, port, log=folder / "etcd.log"):
        yield Service("http", tls=bool(authority), address=address, port=port)
