"""Debian's own VPN servers: on loopback, or in a network of their own where ports are fixed.

strongSwan and SoftEther listen on every address and on ports that cannot be moved, and SoftEther
calls its makers. Both run in an ``Enclosure``: a network namespace without a way out, which only
a thread of the test enters.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from posture_scan.sdk import Service
from tests.lab.daemon import (
    START_LIMIT,
    daemon,
    free_port,
    free_udp_port,
    need,
    program,
    running,
    self_signed,
)
from tests.lab.installed import lacking

NEW_NETWORK = 0x4000_0000
"""CLONE_NEWNET of setns(2)."""
LIBRARY = Path("/usr/libexec/softether")


@dataclass
class Enclosure:
    """A server in a network of its own, at 127.0.0.1 there."""

    process: subprocess.Popen[bytes]
    log: Path
    address: str = "127.0.0.1"
    control: list[str] = field(default_factory=list)
    """How its own control program is called."""

    def inside(self, work: Callable[[], Any]) -> Any:
        """Run the work in a thread that lives in the server's network; its error is ours."""
        box: list[Any] = []

        def run() -> None:
            place = os.open(f"/proc/{self.process.pid}/ns/net", os.O_RDONLY)
            try:
                entered = ctypes.CDLL(None, use_errno=True).setns(place, NEW_NETWORK)
                box.append(OSError(ctypes.get_errno()) if entered else work())
            except BaseException as error:  # noqa: BLE001 -- raised again outside the thread
                box.append(error)
            finally:
                os.close(place)

        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        if isinstance(box[0], BaseException):
            raise box[0]
        return box[0]

    def ask(self, *words: str) -> str:
        """Run the control program in the server's network and return what it says."""
        enter = ["nsenter", "--net", "--target", str(self.process.pid), "--"]
        done = subprocess.run([*enter, *self.control, *words], capture_output=True, check=False)
        return (done.stdout + done.stderr).decode(errors="replace")


@contextlib.contextmanager
def enclosure(
    script: str, ready: Callable[[Enclosure], bool], log: Path, env: dict[str, str] | None = None
) -> Iterator[Enclosure]:
    """Run a shell script that ends in the server, cut off from every network but its own."""
    need("unshare", "nsenter", "ip")
    if os.getuid() != 0:
        pytest.skip("needs root: a network namespace of its own")
    cut = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--"]
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [*cut, "sh", "-ec", f"ip link set lo up\n{script}"], stdin=subprocess.DEVNULL,
            stdout=sink, stderr=subprocess.STDOUT, env={**os.environ, **(env or {})},
            start_new_session=True,
        )  # fmt: skip
    try:
        server, until = Enclosure(process, log), time.monotonic() + START_LIMIT
        while not ready(server):
            if process.poll() is not None or time.monotonic() > until:
                pytest.fail(f"did not start:\n{log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.05)
        yield server
    finally:
        process.kill()  # and with it, through its process namespace, all that it started
        process.wait()


# --- strongSwan --------------------------------------------------------------------------------

CHARON = """\
charon-systemd {{
  load = random nonce aes sha1 sha2 md5 hmac gmp kdf socket-default kernel-netlink vici
  install_routes = no
  syslog {{ daemon {{ default = -1 }} auth {{ default = -1 }} }}
  filelog {{ stderr {{ default = 1 }} }}
  journal {{ default = -1 }}
  plugins {{ vici {{ socket = unix://{folder}/vici }} }}
}}
swanctl {{ load = random nonce }}
"""
CONNECTION = """\
connections {{ lab {{
  version = {version}
  proposals = {proposals}
  local {{ auth = psk }}
  remote {{ auth = psk }}
}} }}
secrets {{ ike-lab {{ secret = not-a-secret }} }}
"""


@contextlib.contextmanager
def strongswan(version: int, proposals: str) -> Iterator[Enclosure]:
    """Charon with one connection; ``version`` 0 means IKEv1 and IKEv2."""
    need("charon-systemd", "swanctl")
    with tempfile.TemporaryDirectory(prefix="ike") as name:  # a socket's path must be short
        folder = Path(name)
        (folder / "strongswan.conf").write_text(CHARON.format(folder=folder))
        connection = CONNECTION.format(version=version, proposals=proposals)
        (folder / "swanctl.conf").write_text(connection)
        env = {"STRONGSWAN_CONF": str(folder / "strongswan.conf"), "SWANCTL_DIR": name}
        control = ["env", *(f"{key}={value}" for key, value in env.items()), program("swanctl")]

        def ready(server: Enclosure) -> bool:
            server.control = control
            load = (
                "--load-all",
                "--file",
                f"{folder}/swanctl.conf",
                "--uri",
                f"unix://{folder}/vici",
            )
            return (folder / "vici").exists() and "loaded connection" in server.ask(*load)

        with enclosure(f"exec {program('charon-systemd')}", ready, folder / "log", env) as server:
            server.control = [*control, "--stats", "--uri", f"unix://{folder}/vici"]
            yield server


# --- SoftEther ---------------------------------------------------------------------------------

SOFTETHER = """\
for place in lib run log; do mount -t tmpfs lab /var/$place 2>/dev/null || true; done
mount -t tmpfs lab /run
mkdir -p /var/lib/softether /run/softether /var/log/softether
exec {server} execsvc
"""


@contextlib.contextmanager
def softether(folder: Path) -> Iterator[Enclosure]:
    """SoftEther VPN server as it comes: ports 443, 992, 1194 and 5555, everything in memory."""
    server = LIBRARY / "vpnserver" / "vpnserver"
    if not server.exists():
        lacking("softether-vpnserver")

    def listens() -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", 443), 0.5):
            return True
        return False

    def ready(running: Enclosure) -> bool:
        with contextlib.suppress(OSError):
            return bool(running.inside(listens))
        return False

    command = f'cd {LIBRARY}/vpncmd && exec ./vpncmd 127.0.0.1:5555 /SERVER /PASSWORD: /CMD "$@"'
    with enclosure(SOFTETHER.format(server=server), ready, folder / "softether.log") as running:
        running.control = ["sh", "-c", command, "sh"]
        yield running


# --- on loopback -------------------------------------------------------------------------------


@contextlib.contextmanager
def by_its_log(argv: Sequence[str], log: Path, mark: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server in the foreground; it is ready when its log says so."""
    with running(
        argv, lambda: mark in log.read_text(errors="replace"), log=log, cwd=log.parent
    ) as process:
        yield process


@contextlib.contextmanager
def openvpn(
    address: str, folder: Path, over: str, *settings: str, port: int = 0
) -> Iterator[Service]:
    """OpenVPN as a TLS server over ``udp`` or ``tcp``, with these settings beside."""
    need("openvpn")
    certificate, key = self_signed(folder)
    port = port or (free_udp_port(address) if over == "udp" else free_port(address))
    proto = "udp" if over == "udp" else "tcp-server"
    argv = [
        program("openvpn"), "--local", address, "--port", str(port), "--proto", proto, "--dev",
        "null", "--tls-server", "--dh", "none", "--ca", str(certificate), "--cert",
        str(certificate), "--key", str(key), *settings,
    ]  # fmt: skip
    mark = "UDPv4 link remote" if over == "udp" else "Listening for incoming TCP"
    with by_its_log(argv, folder / "openvpn.log", mark):
        yield Service("", transport=over, address=address, port=port)


@contextlib.contextmanager
def openvpn_for_many(folder: Path) -> Iterator[Enclosure]:
    """OpenVPN over UDP as offices run it: a server for many clients, with a tunnel of its own."""
    need("openvpn")
    if not Path("/dev/net/tun").exists():
        pytest.skip("needs /dev/net/tun")
    certificate, key = self_signed(folder)
    log = folder / "openvpn.log"
    script = (
        f"exec {program('openvpn')} --dev tun --proto udp --port 1194 --topology subnet --server "
        f"10.9.0.0 255.255.255.0 --keepalive 10 60 --dh none --verb 4 --ca {certificate} "
        f"--cert {certificate} --key {key}"
    )

    def ready(_server: Enclosure) -> bool:
        return "Initialization Sequence Completed" in log.read_text(errors="replace")

    with enclosure(script, ready, log) as running:
        yield running


@contextlib.contextmanager
def xl2tpd(address: str, folder: Path, port: int = 0) -> Iterator[tuple[Service, Path]]:
    """xl2tpd without IPsec, and its log."""
    need("xl2tpd")
    port = port or free_udp_port(address)
    config = folder / "xl2tpd.conf"
    config.write_text(
        f"[global]\nlisten-addr = {address}\nport = {port}\n"
        "[lns default]\nip range = 10.9.9.2-10.9.9.9\nlocal ip = 10.9.9.1\nrequire chap = yes\n"
    )
    log = folder / "xl2tpd.log"
    argv = [program("xl2tpd"), "-D", "-c", str(config), "-p", str(folder / "pid"),
            "-C", str(folder / "control")]  # fmt: skip
    with by_its_log(argv, log, "Listening on IP address"):
        yield Service("l2tp", transport="udp", address=address, port=port), log


@contextlib.contextmanager
def pptpd(address: str, folder: Path) -> Iterator[Service]:
    """Poptop on PPTP's own port, the only one it knows; no PPP is ever begun."""
    need("pptpd")
    options, config = folder / "options", folder / "pptpd.conf"
    options.write_text("")
    config.write_text(f"option {options}\nlisten {address}\nlocalip 10.8.8.1\nremoteip 10.8.8.2\n")
    argv = [program("pptpd"), "-f", "-c", str(config), "-p", str(folder / "pptpd.pid")]
    with daemon(argv, address, 1723, log=folder / "pptpd.log"):
        yield Service("pptp", address=address, port=1723)
