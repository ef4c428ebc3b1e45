"""Web servers for a test on a loopback address: nginx, Apache, and openssl for old TLS."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from posture_scan.sdk import Service
from tests.lab.daemon import daemon, free_port, need, program

OLD_TLS = "-cipher DEFAULT:@SECLEVEL=0"
"""What lets today's openssl speak TLS 1.0 and 1.1 beside 1.2 and 1.3."""


@contextlib.contextmanager
def nginx(
    address: str, folder: Path, server: str = 'return 200 "hello";', *, port: int = 0,
    http: str = "", tls: bool = False,
) -> Iterator[Service]:  # fmt: skip
    """Nginx with one server; ``http`` and ``server`` are configuration inside those blocks."""
    need("nginx")
    port = port or free_port(address)
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off; pid {folder}/pid; error_log stderr; events {{}}\n"
        f"http {{ access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;\n"
        f"fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n"
        f"{http}\nserver {{ listen {address}:{port}{' ssl' if tls else ''}; {server} }} }}\n"
    )
    argv = [program("nginx"), "-p", str(folder), "-e", "stderr", "-c", str(config)]
    with daemon(argv, address, port, log=folder / "nginx.log"):
        yield Service("http", tls=tls, address=address, port=port)


@contextlib.contextmanager
def s_server(
    address: str, folder: Path, certificate: tuple[Path, Path], *options: str, port: int = 0
) -> Iterator[Service]:
    """``openssl s_server`` that answers every request with a page about the connection."""
    need("openssl")
    port = port or free_port(address)
    chain, key = certificate
    argv = [
        program("openssl"), "s_server", "-accept", f"{address}:{port}", "-www",
        "-cert", str(chain), "-key", str(key), *options,
    ]  # fmt: skip
    with daemon(argv, address, port, log=folder / "s_server.log", cwd=folder):
        yield Service("http", tls=True, address=address, port=port)


@contextlib.contextmanager
def apache(address: str, folder: Path, *, port: int = 0) -> Iterator[Service]:
    """Apache as Debian builds it, telling its version."""
    need("apache2")
    port = port or free_port(address)
    modules = Path("/usr/lib/apache2/modules")
    config = folder / "apache.conf"
    config.write_text(
        f"ServerRoot {folder}\nListen {address}:{port}\nPidFile {folder}/pid\n"
        f"DocumentRoot {folder}\nErrorLog /dev/stderr\nServerName lab\n"
        f"LoadModule mpm_event_module {modules}/mod_mpm_event.so\n"
        f"LoadModule authz_core_module {modules}/mod_authz_core.so\n"
        "User nobody\nGroup nogroup\n"
    )
    argv = [program("apache2"), "-D", "FOREGROUND", "-f", str(config)]
    with daemon(argv, address, port, log=folder / "apache.log"):
        yield Service("http", address=address, port=port)
