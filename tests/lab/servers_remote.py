"""Debian's own servers for remote access, started for a test on a loopback address."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

from posture_scan.sdk import Service
from tests.lab.daemon import daemon, end, free_port, need, program, running, self_signed

XRDP = """\
[Globals]
ini_version=1
fork=true
port=tcp://{address}:{port}
use_vsock=false
security_layer={security}
crypt_level=high
certificate={folder}/cert.pem
key_file={folder}/key.pem
ssl_protocols=TLSv1.2, TLSv1.3
autorun=
[Logging]
LogFile={folder}/xrdp.log
LogLevel=INFO
EnableSyslog=false
[Xorg]
name=Xorg
lib=libxup.so
username=ask
password=ask
port=-1
"""

OLD_SSH = (
    "Ciphers aes128-cbc,aes256-ctr",
    "MACs hmac-md5,hmac-sha2-256",
    "KexAlgorithms diffie-hellman-group1-sha1,curve25519-sha256",
)
"""Settings of sshd that offer one outdated algorithm of each kind beside a good one."""


@contextlib.contextmanager
def xrdp(address: str, folder: Path, security: str, port: int = 0) -> Iterator[Service]:
    """xrdp with the given ``security_layer``."""
    need("xrdp", "openssl")
    self_signed(folder)
    port = port or free_port(address)
    config = folder / "xrdp.ini"
    config.write_text(XRDP.format(address=address, port=port, security=security, folder=folder))
    argv = [program("xrdp"), "--nodaemon", "--config", str(config)]
    with daemon(argv, address, port, log=folder / "out.log"):
        yield Service("rdp", address=address, port=port)


@contextlib.contextmanager
def sshd(address: str, folder: Path, *settings: str, port: int = 0) -> Iterator[Service]:
    """OpenSSH as Debian ships it, with these settings beside."""
    need("sshd", "ssh-keygen")
    key = folder / "key"
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True,
        capture_output=True,
    )  # fmt: skip
    Path("/run/sshd").mkdir(exist_ok=True)
    port = port or free_port(address)
    lines = [f"ListenAddress {address}:{port}", f"HostKey {key}", "PidFile none", *settings]
    config = folder / "sshd_config"
    config.write_text("\n".join(lines) + "\n")
    argv = [program("sshd"), "-D", "-e", "-f", str(config)]
    with daemon(argv, address, port, log=folder / "sshd.log"):
        yield Service("ssh", address=address, port=port)


@contextlib.contextmanager
def xvnc(address: str, folder: Path, *options: str, port: int = 0) -> Iterator[Service]:
    """TigerVNC's server with these options."""
    need("Xtigervnc")
    port = port or free_port(address)
    display = next(n for n in _displays(120) if not Path(f"/tmp/.X11-unix/X{n}").exists())
    argv = [
        program("Xtigervnc"), f":{display}", "-interface", address, "-rfbport", str(port),
        "-geometry", "64x48", "-depth", "16", "-nolisten", "tcp", "-localhost=0", *options,
    ]  # fmt: skip
    with daemon(argv, address, port, log=folder / "vnc.log", env={"HOME": str(folder)}):
        yield Service("vnc", address=address, port=port)


@contextlib.contextmanager
def display(folder: Path, *options: str, tcp: bool = False) -> Iterator[int]:
    """An X server without a screen (Xvfb); yields the display's number.

    Listening on TCP it takes every address, as X servers do; its screen is empty and the test
    short. What it lets in is the options' business.
    """
    need("Xvfb")
    number = next(n for n in _displays(400) if _is_free(n))
    wire = ("-listen", "tcp") if tcp else ("-nolisten", "tcp")
    argv = [program("Xvfb"), f":{number}", "-screen", "0", "64x48x24", "-noreset", *wire, *options]
    with running(argv, Path(f"/tmp/.X11-unix/X{number}").exists, log=folder / "xvfb.log"):
        yield number


def _displays(first: int) -> range:
    """Displays that no other worker of pytest-xdist takes: they are looked for, then taken."""
    start = first + 25 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
    return range(start, start + 25)


def _is_free(number: int) -> bool:
    """Tell whether no X server has this display's socket or its TCP port."""
    if Path(f"/tmp/.X11-unix/X{number}").exists() or Path(f"/tmp/.X{number}-lock").exists():
        return False
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", 6000 + number)) != 0


@contextlib.contextmanager
def shadow(address: str, folder: Path, *options: str, port: int = 0) -> Iterator[Service]:
    """FreeRDP's server for a display of its own: unlike xrdp it knows NLA."""
    need("freerdp-shadow-cli", "Xvfb")
    port = port or free_port(address)
    argv = [
        program("freerdp-shadow-cli"), f"/bind-address:{address}", f"/port:{port}", *options,
    ]  # fmt: skip
    with display(folder) as number:
        env = {"DISPLAY": f":{number}", "HOME": str(folder)}
        with daemon(argv, address, port, log=folder / "shadow.log", env=env):
            yield Service("rdp", address=address, port=port)


@contextlib.contextmanager
def behind_inetd(argv: list[str], address: str, folder: Path, port: int = 0) -> Iterator[int]:
    """An inetd of our own: a process of this program for each connection; yields the port."""
    listener = socket.create_server((address, port))
    children: list[subprocess.Popen[bytes]] = []

    def serve() -> None:
        with contextlib.suppress(OSError), (folder / "inetd.log").open("ab") as log:
            while True:
                connection, _ = listener.accept()
                with connection:
                    children.append(
                        subprocess.Popen(
                            argv, stdin=connection.fileno(), stdout=connection.fileno(),
                            stderr=log, start_new_session=True,
                        )
                    )  # fmt: skip

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)
        for child in children:
            end(child)


@contextlib.contextmanager
def telnetd(address: str, folder: Path, *options: str, port: int = 0) -> Iterator[Service]:
    """Inetutils' telnetd, a server of its own for each connection."""
    need("telnetd")
    argv = [program("telnetd"), *(options or ("--no-hostinfo",))]
    with behind_inetd(argv, address, folder, port) as opened:
        yield Service("telnet", address=address, port=opened)
