"""Debian's own servers of the network itself, started for a test: names, time, devices."""

from __future__ import annotations

import contextlib
import ctypes
import os
import socket
import struct
import subprocess
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pytest

from posture_scan.sdk import Service
from tests.lab.daemon import daemon, free_port, free_udp_port, need, program, running

T = TypeVar("T")

_NEW_NETWORK = 0x40000000
"""CLONE_NEWNET of unshare(2)."""
OFFICE = "192.0.2.2"
"""This computer's address in a network of its own, on an interface that leads nowhere."""


def in_own_network(work: Callable[[], T]) -> T:
    """Run a function, and the servers it starts, in a network that nothing else is in.

    Some servers look for real interfaces, or take fixed ports of every address.
    """
    need_root()
    need("ip")
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(_alone, work).result()


def _alone(work: Callable[[], T]) -> T:
    """In a thread: only the thread that asks for it moves to the new network."""
    if ctypes.CDLL(None, use_errno=True).unshare(_NEW_NETWORK):
        pytest.skip("this computer does not let tests make a network of their own")
    for command in (
        "link set lo up", "link add office type veth peer name away", "link set away up",
        f"addr add {OFFICE}/24 brd 192.0.2.255 dev office", "link set office up multicast on",
        "route add 224.0.0.0/4 dev office",
    ):  # fmt: skip
        made = subprocess.run(
            [program("ip"), *command.split()], check=False, capture_output=True, text=True
        )
        if made.returncode:
            pytest.skip(f"ip {command}: {made.stderr.strip()}")
    return work()


def bound(address: str, port: int) -> bool:
    """Tell from the kernel's table whether a UDP socket listens here; no packet is sent."""
    place = f"{struct.unpack('=I', socket.inet_aton(address))[0]:08X}:{port:04X}"
    anywhere = f"00000000:{port:04X}"
    table = Path("/proc/thread-self/net/udp").read_text()
    return any(line.split()[1] in {place, anywhere} for line in table.splitlines()[1:])


@contextlib.contextmanager
def udp_daemon(
    argv: Sequence[str], address: str, port: int, *, log: Path, env: dict[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server in the foreground, from when its UDP socket is there until the block ends."""
    if bound(address, port):
        pytest.skip(f"{address}:{port}/udp is taken on this computer")
    with running(argv, lambda: bound(address, port), log=log, env=env) as process:
        yield process


def need_root() -> None:
    """Skip where the server insists on being started by root."""
    if os.geteuid() != 0:
        pytest.skip("this server must be started by root")


@contextlib.contextmanager
def unbound(
    address: str, folder: Path, *settings: str, upstream: int = 9, port: int = 0
) -> Iterator[Service]:
    """Unbound, which forwards to this port of its own address and to nothing else."""
    need("unbound")
    folder.mkdir(exist_ok=True)
    port = port or free_port(address)
    config = folder / "unbound.conf"
    config.write_text(
        'server:\n  do-daemonize: no\n  use-syslog: no\n  chroot: ""\n  username: ""\n'
        f'  directory: "{folder}"\n  pidfile: ""\n  interface: {address}\n  port: {port}\n'
        '  num-threads: 1\n  module-config: "iterator"\n  do-not-query-localhost: no\n'
        + "".join(f"  {line}\n" for line in settings)
        + "remote-control:\n  control-enable: no\n"
        + f'forward-zone:\n  name: "."\n  forward-addr: {address}@{upstream}\n'
    )
    argv = [program("unbound"), "-d", "-c", str(config)]
    with daemon(argv, address, port, log=folder / "unbound.log"):
        yield Service("dns", transport="udp", address=address, port=port)


@contextlib.contextmanager
def ntpd(address: str, folder: Path, *restrictions: str) -> Iterator[Service]:
    """NTPsec with its own clock as the only source; it does not touch this computer's clock."""
    need("ntpd")
    need_root()
    config = folder / "ntp.conf"
    config.write_text("disable ntp kernel\n" + "".join(f"{line}\n" for line in restrictions))
    argv = [program("ntpd"), "-n", "-c", str(config), "-f", str(folder / "drift")]
    with udp_daemon(argv, address, 123, log=folder / "ntpd.log"):
        yield Service("ntp", transport="udp", address=address, port=123)


@contextlib.contextmanager
def snmpd(address: str, folder: Path, *settings: str, port: int = 0) -> Iterator[Service]:
    """Net-SNMP's agent."""
    need("snmpd")
    port = port or free_udp_port(address)
    config = folder / "snmpd.conf"
    config.write_text("".join(f"{line}\n" for line in settings))
    argv = [
        program("snmpd"), "-f", "-Lo", "-C", "-c", str(config), "-I", "-smux", "-p",
        str(folder / "pid"), f"udp:{address}:{port}",
    ]  # fmt: skip
    env = {"SNMP_PERSISTENT_DIR": str(folder)}
    with udp_daemon(argv, address, port, log=folder / "snmpd.log", env=env):
        yield Service("snmp", transport="udp", address=address, port=port)


@contextlib.contextmanager
def nmbd(address: str, folder: Path) -> Iterator[Service]:
    """Samba's NetBIOS name server, which wants a real interface: see ``in_own_network``."""
    need("nmbd")
    need_root()
    lines = ["[global]", f"interfaces = {address}/24", "bind interfaces only = yes",
             "workgroup = EXAMPLE", "netbios name = PRIVATENAME"]  # fmt: skip
    for name in ("private dir", "lock directory", "state directory", "cache directory",
                 "pid directory", "ncalrpc dir"):  # fmt: skip
        place = folder / name.replace(" ", "_")
        place.mkdir()
        lines.append(f"{name} = {place}")
    config = folder / "smb.conf"
    config.write_text("\n".join(lines) + "\n")
    argv = [program("nmbd"), "--foreground", "--no-process-group", "--configfile", str(config),
            "--debug-stdout", "--log-basename", str(folder)]  # fmt: skip
    with udp_daemon(argv, address, 137, log=folder / "nmbd.log"):
        yield Service("netbios_ns", transport="udp", address=address, port=137)


def _answers(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as line:
        return line.connect_ex(path) == 0


@contextlib.contextmanager
def rpcbind(address: str, folder: Path) -> Iterator[Service]:
    """The port mapper, which takes port 111 of every address: see ``in_own_network``."""
    need("rpcbind")
    need_root()
    if _answers("/run/rpcbind.sock"):
        pytest.skip("this computer's own rpcbind is running")
    argv = [program("rpcbind"), "-f"]
    with udp_daemon(argv, address, 111, log=folder / "rpcbind.log"):
        yield Service("rpcbind", address=address, port=111)


@contextlib.contextmanager
def minissdpd(folder: Path) -> Iterator[Service]:
    """MiniSSDPd with one device registered, on the interface of ``in_own_network``."""
    need("minissdpd")
    need_root()
    argv = [program("minissdpd"), "-d", "-i", "office", "-s", str(folder / "socket"), "-p",
            str(folder / "pid")]  # fmt: skip
    with udp_daemon(argv, OFFICE, 1900, log=folder / "minissdpd.log"):
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(folder / "socket"))
            texts = (
                b"upnp:rootdevice", b"uuid:example::upnp:rootdevice", b"Example UPnP/1.1 Test/1",
                b"http://192.0.2.2:5000/desc.xml",
            )  # fmt: skip
            line.sendall(b"\x04" + b"".join(bytes([len(text)]) + text for text in texts))
            line.sendall(b"\x01" + bytes([len(texts[0])]) + texts[0])
            line.recv(1024)  # asked for the device: it answers once it has taken it in
        yield Service("ssdp", transport="udp", address=OFFICE, port=1900)
