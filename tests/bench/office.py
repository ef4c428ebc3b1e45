"""One whole office of real servers on their usual ports, in a network of its own.

Seven computers: six loopback addresses and one on an interface that leads nowhere, for what
insists on a real one. ``apart`` starts a program where all this can be; only root may. A server
that takes its port of every address is kept to one computer by a firewall rule that answers for
the others as a closed port does.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any, Final

import pytest

from tests.bench import office_servers
from tests.lab import (
    servers_container,
    servers_directory,
    servers_exposure,
    servers_mail,
    servers_network,
    servers_remote,
    servers_vpn,
    servers_web,
)
from tests.lab.daemon import need, program
from tests.lab.pki import Authority

DESK, FILES, WEB, DATA = "127.69.1.1", "127.69.1.2", "127.69.1.3", "127.69.1.4"
MAIL, GATE = "127.69.1.5", "127.69.1.6"
ROUTER: Final = servers_network.OFFICE
ADDRESSES: Final = (DESK, FILES, WEB, DATA, MAIL, GATE, ROUTER)
NAME: Final = "www.example.jp"
"""What the scope calls the web server."""
X11: Final = 6001

TCP: Final = {
    DESK: (22, 23, 513, 514, 3389, 5900, 5901, X11),
    FILES: (21, 22, 139, 445, 3389),
    WEB: (80, 443, 2375, 2379, 2380, 8080, 8443),
    DATA: (1883, 3306, 5432, 6379, 11211),
    MAIL: (25, 53, 88, 110, 143, 389),
    GATE: (1194, 1723),
    ROUTER: (111, 631),
}
UDP: Final = {
    MAIL: (53,),
    GATE: (500, 1194, 1701, 4500),
    ROUTER: (111, 123, 137, 161, 1900),
}
EVERYWHERE: Final = (
    ("tcp", X11, DESK), ("tcp", 111, ROUTER), ("udp", 111, ROUTER), ("udp", 123, ROUTER),
    ("udp", 137, ROUTER), ("udp", 1900, ROUTER), ("udp", 500, GATE), ("udp", 4500, GATE),
)  # fmt: skip
"""Ports that a server takes of every address, and the computer it is kept to."""

CUT_OFF: Final = """\
mount --make-rprivate /
mount -t tmpfs tmpfs /run
mkdir /run/samba /run/sshd
ip link set lo up
ip link add office type veth peer name away
ip link set away up
ip addr add {office}/24 brd 192.0.2.255 dev office
ip link set office up multicast on
ip route add 224.0.0.0/4 dev office
exec "$@"
"""
"""Own /run too: several of these servers keep their sockets there under fixed names."""


def apart(*arguments: str) -> list[str]:
    """The command that runs this Python with these arguments in a network of its own."""
    cut = [program("unshare"), "--net", "--mount", "--pid", "--fork", "--kill-child",
           "--mount-proc"]  # fmt: skip
    script = CUT_OFF.format(office=ROUTER)
    return [*cut, "sh", "-ec", script, "sh", sys.executable, *arguments]


def why_not() -> str:
    """What keeps this computer from having the office; nothing if it can."""
    if os.name != "posix" or os.geteuid() != 0:
        return "needs root"
    with contextlib.suppress(pytest.skip.Exception):
        need("unshare", "ip", "nft", "mount")
        done = subprocess.run(apart("-c", ""), check=False, capture_output=True, text=True)
        return done.stderr.strip()[-200:] if done.returncode else ""
    return "needs unshare, ip, nft and mount"


class Office:
    """The servers as they run.

    ``missing`` names those that this computer cannot have, ``broken`` those that did not start.
    """

    def __init__(self, folder: Path) -> None:
        """Keep everything that the servers write in this folder."""
        self.folder = folder
        self.authority = Authority(folder)
        self.missing: list[str] = []
        self.broken: list[str] = []
        self._fresh = ExitStack()

    @contextlib.contextmanager
    def running(self) -> Iterator[Office]:
        """Start every computer of the office, side by side, and end it with the block."""
        office_servers.closed_elsewhere(EVERYWHERE)
        floors: tuple[Callable[[ExitStack], None], ...] = (
            self._desk, self._files, self._web, self._containers, self._data, self._maria,
            self._mail, self._gate, self._router,
        )  # fmt: skip
        stacks = [ExitStack() for _ in floors]
        with ThreadPoolExecutor(len(floors)) as pool:
            try:
                pairs = zip(floors, stacks, strict=True)
                for task in [pool.submit(floor, stack) for floor, stack in pairs]:
                    task.result()
                self._forgetful()
                yield self
            finally:
                list(pool.map(ExitStack.close, [*stacks, self._fresh]))

    def renew(self) -> None:
        """Start anew what bears a visitor in mind, so that the next one finds what the first did.

        TigerVNC turns an address away that came five times; strongSwan takes a question that it
        knows for one repeated, for half a minute.
        """
        self._fresh.close()
        self._forgetful()

    def _forgetful(self) -> None:
        secret = self.folder / "vncpasswd"
        secret.write_bytes(bytes.fromhex("d7a514d8c556aade"))
        kinds = {5900: ("None",), 5901: ("VncAuth", "-PasswordFile", str(secret))}
        for port, kind in kinds.items():
            folder = self.folder / f"vnc{port}"
            folder.mkdir(exist_ok=True)
            self._try(self._fresh, "Xtigervnc", servers_remote.xvnc, DESK, folder,
                      "-SecurityTypes", *kind, port=port)  # fmt: skip
        folder = self.folder / "ike"
        folder.mkdir(exist_ok=True)
        self._try(self._fresh, "charon", office_servers.charon, folder)

    def _try(
        self, stack: ExitStack, name: str, start: Callable[..., AbstractContextManager[Any]],
        *arguments: object, **options: object,
    ) -> None:  # fmt: skip
        try:
            stack.enter_context(start(*arguments, **options))
        except pytest.skip.Exception as reason:
            self.missing.append(f"{name}: {reason}")
        except pytest.fail.Exception as reason:
            self.broken.append(f"{name}: {reason}")

    def _room(self, name: str) -> Path:
        made = self.folder / name
        made.mkdir()
        return made

    def _certificate(self, name: str, days: int) -> tuple[Path, Path]:
        self.authority.folder = self._room(name)  # one file a name there
        return self.authority.leaf(NAME, days=days, age=90)

    # --- the computers -------------------------------------------------------------------------

    def _desk(self, stack: ExitStack) -> None:
        """Every old way to control a computer from afar."""
        remote = servers_remote
        self._try(stack, "sshd", remote.sshd, DESK, self._room("ssh"), *remote.OLD_SSH, port=22)
        self._try(stack, "telnetd", remote.telnetd, DESK, self._room("telnet"), port=23)
        for name, port in (("in.rlogind", 513), ("in.rshd", 514)):
            folder = self._room(name)
            self._try(stack, name, office_servers.inetd, name, DESK, folder, port)
        self._try(stack, "xrdp", remote.xrdp, DESK, self._room("xrdp"), "negotiate", port=3389)
        self._try(stack, "Xvfb", office_servers.x_server, DESK, self._room("x11"), X11)

    def _files(self, stack: ExitStack) -> None:
        """A file server with old settings beside two services as they should be."""
        remote = servers_remote
        smb = ("server min protocol = NT1", "smb ports = 445 139")
        room = self._room("smb")
        self._try(stack, "smbd", servers_exposure.smbd, FILES, room, *smb, port=445)
        self._try(stack, "vsftpd", servers_exposure.vsftpd, FILES, self._room("ftp"), port=21)
        self._try(stack, "sshd", remote.sshd, FILES, self._room("sound_ssh"), port=22)
        room = self._room("shadow")
        (room / "sam").write_text("someone:::00112233445566778899aabbccddeeff:::\n")
        options = (f"/sam-file:{room}/sam", "/sec:nla")
        self._try(stack, "freerdp-shadow", remote.shadow, FILES, room, *options, port=3389)

    def _web(self, stack: ExitStack) -> None:
        web = servers_web
        self._try(stack, "nginx", web.nginx, WEB, self._room("nginx"), port=80)
        expired, sound = self._certificate("past", days=-3), self._certificate("sound", days=90)
        server = f"ssl_certificate {sound[0]}; ssl_certificate_key {sound[1]}; return 200 hello;"
        room = self._room("nginx_tls")
        more: dict[str, Any] = {"http": "server_tokens off;", "tls": True, "port": 443}
        self._try(stack, "nginx", web.nginx, WEB, room, server, **more)
        room = self._room("old_tls")
        options = web.OLD_TLS.split()
        self._try(stack, "openssl", web.s_server, WEB, room, expired, *options, port=8443)
        self._try(stack, "apache2", web.apache, WEB, self._room("apache"), port=8080)

    def _containers(self, stack: ExitStack) -> None:
        container = servers_container
        self._try(stack, "dockerd", container.dockerd, WEB, self._room("docker"), port=2375)
        self._try(stack, "etcd", container.etcd, WEB, self._room("etcd"), ports=(2379, 2380))

    def _data(self, stack: ExitStack) -> None:
        """Databases and a message broker for everybody."""
        data = servers_exposure
        self._try(stack, "postgres", data.postgres, DATA, self._room("postgres"), port=5432)
        options = ("--protected-mode", "no")
        self._try(stack, "redis", data.redis, DATA, self._room("redis"), *options, port=6379)
        self._try(stack, "memcached", data.memcached, DATA, folder=self.folder, port=11211)
        room = self._room("mqtt")
        self._try(stack, "mosquitto", data.mosquitto, DATA, room, password=False, port=1883)

    def _maria(self, stack: ExitStack) -> None:
        room, options = self._room("maria"), ("--skip-grant-tables",)
        self._try(stack, "mariadbd", servers_exposure.mariadb, DATA, room, *options, port=3306)

    def _mail(self, stack: ExitStack) -> None:
        """Mail and directory without TLS, and a resolver for the whole world."""
        mail, book = servers_mail, servers_directory
        self._try(stack, "smtpd", mail.opensmtpd, MAIL, self._room("smtp"), port=25)
        room, plain = self._room("mailbox"), ("ssl = no", "disable_plaintext_auth = no")
        self._try(stack, "dovecot", mail.dovecot, MAIL, room, *plain, ports=(143, 110))
        self._try(stack, "krb5kdc", book.krb5kdc, MAIL, self._room("krb5"), port=88)
        self._try(stack, "slapd", book.slapd, MAIL, self._room("ldap"), port=389)
        names = ("example.com.", "www.wikipedia.org.")  # what ours asks for and what nmap does
        known = (f'local-data: "{name} A 192.0.2.1"' for name in names)
        settings = ("access-control: 0.0.0.0/0 allow", *known)
        self._try(stack, "unbound", servers_network.unbound, MAIL, self._room("dns"), *settings,
                  port=53)  # fmt: skip

    def _gate(self, stack: ExitStack) -> None:
        vpn = servers_vpn
        self._try(stack, "pptpd", vpn.pptpd, GATE, self._room("pptp"))
        self._try(stack, "xl2tpd", vpn.xl2tpd, GATE, self._room("l2tp"), port=1701)
        for number, proto in enumerate(("udp", "tcp-server")):
            self._try(
                stack,
                "openvpn",
                office_servers.openvpn,
                GATE,
                self._room(proto),
                proto,
                f"10.9.{number}.0",
            )

    def _router(self, stack: ExitStack) -> None:
        net = servers_network
        self._try(stack, "nmbd", net.nmbd, ROUTER, self._room("nmb"))
        self._try(stack, "minissdpd", net.minissdpd, self._room("upnp"))
        self._try(stack, "rpcbind", net.rpcbind, ROUTER, self._room("rpc"))
        room = self._room("ntp")
        self._try(stack, "ntpd", net.ntpd, ROUTER, room, "restrict default nomodify noquery")
        room = self._room("snmp")
        self._try(stack, "snmpd", net.snmpd, ROUTER, room, "rocommunity public", port=161)
        self._try(stack, "cupsd", servers_mail.cupsd, ROUTER, self._room("cups"), "Example 1")
