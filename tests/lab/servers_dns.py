"""A small Internet of names on loopback: NSD with signed zones, Unbound that validates them."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

from tests.checks.encryption.certificates import NOW, authority, issue
from tests.lab.daemon import daemon, need, program
from tests.lab.servers_network import need_root

AUTHORITY = "127.71.4.1"
RESOLVER = "127.71.4.2"
WEB = "127.71.4.3"
POLICY_PATH = "/.well-known/mta-sts.txt"
HEAD = "$ORIGIN {origin}\n$TTL 60\n@ SOA ns.test. root.test. 1 60 60 60 60\n@ NS ns.test.\n"


class Zones:
    """Zone files in a folder, signed from the leaves up to the root."""

    def __init__(self, folder: Path) -> None:
        need("ldns-keygen", "ldns-signzone", "nsd", "unbound")
        self.folder = folder
        self.files: dict[str, Path] = {}
        self.handed_up: list[str] = []

    def add(self, zone: str, text: str, *, signed: bool = True, wrong_ds: bool = False) -> None:
        """Write one zone below ``test``; signed, its DS record is handed up to it."""
        path = self._write(zone, text, signed=signed)
        self.handed_up.append(f"{zone}. NS ns.test.")
        if signed:
            ds = path.with_name("ds").read_text("ascii").strip()
            self.handed_up.append(ds[:-8] + "00000000" if wrong_ds else ds)

    def delegate(self, zone: str, server: str) -> None:
        """Hand a zone to a server that does not serve it."""
        self.handed_up.append(f"{zone}. NS {server}")

    def finish(self) -> Path:
        """Write ``test`` and the root above all zones; returns the trust anchor's file."""
        below = f"ns A {AUTHORITY}\nnobody A 127.71.4.99\n" + "\n".join(self.handed_up) + "\n"
        test = self._write("test", below, signed=True)
        ds = test.with_name("ds").read_text("ascii")
        root = self._write("", f"test. NS ns.test.\nns.test. A {AUTHORITY}\n{ds}", signed=True)
        return root.with_name("anchor")

    def _write(self, zone: str, text: str, *, signed: bool) -> Path:
        origin = f"{zone}."
        place = self.folder / (zone or "root")
        place.mkdir()
        path = place / "zone"
        path.write_text(HEAD.format(origin=origin) + text + "\n", "ascii")
        if signed:
            key = _run(place, "ldns-keygen", "-a", "ECDSAP256SHA256", "-k", origin)
            _run(place, "ldns-signzone", "-o", origin, "-f", "signed", "zone", key)
            (place / "ds").write_text((place / f"{key}.ds").read_text("ascii"), "ascii")
            (place / "anchor").write_text((place / f"{key}.key").read_text("ascii"), "ascii")
        self.files[zone or "."] = place / ("signed" if signed else "zone")
        return path


def _run(folder: Path, name: str, *arguments: str) -> str:
    done = subprocess.run(
        [program(name), *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@contextlib.contextmanager
def nsd(folder: Path, zones: Mapping[str, Path]) -> Iterator[None]:
    """NSD with these zones on port 53, where every resolver looks for it."""
    need_root()
    config = folder / "nsd.conf"
    config.write_text(
        f'server:\n  ip-address: {AUTHORITY}\n  port: 53\n  username: ""\n  chroot: ""\n'
        f'  server-count: 1\n  pidfile: "{folder}/nsd.pid"\n  xfrdfile: "{folder}/xfrd"\n'
        f'  zonelistfile: "{folder}/list"\n  xfrdir: "{folder}"\n  rrl-ratelimit: 0\n'
        f'  database: ""\n  zonesdir: "{folder}"\nremote-control:\n  control-enable: no\n'
        + "".join(f'zone:\n  name: "{name}"\n  zonefile: "{at}"\n' for name, at in zones.items())
    )
    argv = [program("nsd"), "-d", "-c", str(config)]
    with daemon(argv, AUTHORITY, 53, log=folder / "nsd.log"):
        yield


@contextlib.contextmanager
def recursor(folder: Path, port: int, anchor: Path | None) -> Iterator[tuple[str, int]]:
    """Unbound under our own root: with its trust anchor it validates, without it does not."""
    hints = folder / "hints"
    hints.write_text(f". 60 NS ns.test.\nns.test. 60 A {AUTHORITY}\n", "ascii")
    config = folder / f"unbound-{port}.conf"
    modules = "validator iterator" if anchor else "iterator"
    config.write_text(
        f'server:\n  interface: {RESOLVER}\n  port: {port}\n  username: ""\n  chroot: ""\n'
        f'  directory: "{folder}"\n  pidfile: "{folder}/unbound-{port}.pid"\n  do-ip6: no\n'
        f'  use-syslog: no\n  root-hints: "{hints}"\n  do-not-query-localhost: no\n'
        f'  access-control: 127.0.0.0/8 allow\n  local-zone: "test." nodefault\n'
        f'  module-config: "{modules}"\n  target-fetch-policy: "0 0 0 0 0"\n'
        + (f'  trust-anchor-file: "{anchor}"\n' if anchor else "")
        + "remote-control:\n  control-enable: no\n"
    )
    argv = [program("unbound"), "-d", "-c", str(config)]
    with daemon(argv, RESOLVER, port, log=folder / f"unbound-{port}.log"):
        yield RESOLVER, port


@contextlib.contextmanager
def policies(folder: Path, served: Mapping[str, str]) -> Iterator[None]:
    """Nginx with the MTA-STS policy of each name; an empty one is not there (404).

    The certificate is issued by an authority of the lab's own, whose file is ``root.pem``.
    """
    need("nginx")
    need_root()
    root = authority("Lab Root", number=97)
    names = tuple(served)
    shown = issue(names[0], issuer=root, names=names, ends=NOW + timedelta(days=60))
    for name, content in (("root", root.pem), ("leaf", shown.pem), ("key", shown.key_pem)):
        (folder / f"{name}.pem").write_bytes(content)
    sites = "".join(
        f"server {{ listen {WEB}:443 ssl; server_name {name}; location = {POLICY_PATH} {{"
        + (f' default_type text/plain; return 200 "{policy}";' if policy else " return 404;")
        + " } }\n"
        for name, policy in served.items()
    )
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/errors;"
        f"events {{}} http {{ access_log off; {temporary} server_names_hash_bucket_size 128;"
        f"ssl_certificate {folder}/leaf.pem; ssl_certificate_key {folder}/key.pem;\n{sites}}}",
        "utf-8",
    )
    with daemon([program("nginx"), "-c", str(config)], WEB, 443, log=folder / "nginx.log"):
        yield
