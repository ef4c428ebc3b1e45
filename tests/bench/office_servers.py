"""Servers of the whole office that the starters of the lab do not start this way."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.lab import servers_network, servers_remote, servers_vpn
from tests.lab.daemon import daemon, need, program, self_signed


def inetd(name: str, address: str, folder: Path, port: int) -> AbstractContextManager[int]:
    """A server that inetd starts for each connection."""
    return servers_remote.behind_inetd([program(name)], address, folder, port)


@contextlib.contextmanager
def x_server(address: str, folder: Path, port: int) -> Iterator[None]:
    """An X server that lets everybody in."""
    need("Xvfb")
    argv = [program("Xvfb"), f":{port - 6000}", "-screen", "0", "64x48x24", "-noreset", "-ac",
            "-listen", "tcp", "-nolisten", "unix", "-nolock"]  # fmt: skip
    with daemon(argv, address, port, log=folder / "xvfb.log"):
        yield


@contextlib.contextmanager
def openvpn(address: str, folder: Path, proto: str, network: str) -> Iterator[None]:
    """OpenVPN for many clients, with a tunnel of its own."""
    need("openvpn")
    if not Path("/dev/net/tun").exists():
        pytest.skip("needs /dev/net/tun")
    certificate, key = self_signed(folder)
    argv = [
        program("openvpn"), "--local", address, "--port", "1194", "--proto", proto, "--dev", "tun",
        "--topology", "subnet", "--server", network, "255.255.255.0", "--dh", "none",
        "--ca", str(certificate), "--cert", str(certificate), "--key", str(key),
    ]  # fmt: skip
    with servers_vpn.by_its_log(argv, folder / "openvpn.log", "Initialization Sequence Completed"):
        yield


@contextlib.contextmanager
def charon(folder: Path) -> Iterator[None]:
    """strongSwan with one connection of IKEv1 and IKEv2 that has outdated algorithms only."""
    need("charon-systemd", "swanctl")
    socket = f"unix://{folder}/vici"
    (folder / "strongswan.conf").write_text(servers_vpn.CHARON.format(folder=folder))
    connection = servers_vpn.CONNECTION.format(version=0, proposals="3des-sha1-modp1024")
    (folder / "swanctl.conf").write_text(connection)
    env = {"STRONGSWAN_CONF": f"{folder}/strongswan.conf", "SWANCTL_DIR": str(folder)}
    argv, log = [program("charon-systemd")], folder / "charon.log"
    with servers_network.udp_daemon(argv, "0.0.0.0", 500, log=log, env=env):
        load = [program("swanctl"), "--load-all", "--file", f"{folder}/swanctl.conf",
                "--uri", socket]  # fmt: skip
        _until_done(load, {**os.environ, **env})
        yield


def _until_done(argv: Sequence[str], env: dict[str, str]) -> None:
    for _ in range(100):
        done = subprocess.run(argv, check=False, capture_output=True, text=True, env=env)
        if "loaded connection" in done.stdout:
            return
        time.sleep(0.1)
    pytest.fail(done.stdout + done.stderr)


def closed_elsewhere(places: Sequence[tuple[str, int, str]]) -> None:
    """Keep what listens everywhere to one computer; elsewhere its port is closed."""
    answer = {"tcp": "reject with tcp reset", "udp": "reject"}
    rules = "".join(
        f"add rule inet office closed ip daddr != {address} {kind} dport {port} "
        f"ct direction original {answer[kind]}\n"
        for kind, port, address in places
    )
    text = (
        "add table inet office\nadd chain inet office closed "
        "{ type filter hook input priority 10; }\n" + rules
    )
    subprocess.run([program("nft"), "-f", "-"], input=text, text=True, check=True)
