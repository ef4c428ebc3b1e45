"""Web servers that show a folder on loopback: Apache, lighttpd, Caddy and Python's own."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

from posture_scan.sdk import Service
from tests.lab.daemon import daemon, free_port, need, program

MODULES = (
    "mpm_event", "authz_core", "mime", "dir", "autoindex", "alias", "headers", "ssl", "setenvif",
    "authn_core", "authn_file", "authz_user", "auth_basic",
)  # fmt: skip


@contextlib.contextmanager
def apache_site(
    address: str, folder: Path, root: Path, site: str = "", *,
    certificate: tuple[Path, Path] | None = None,
) -> Iterator[Service]:  # fmt: skip
    """Apache that serves ``root``, over TLS where it is given a certificate."""
    need("apache2")
    port, modules = free_port(address), Path("/usr/lib/apache2/modules")
    config = folder / "apache.conf"
    loaded = "".join(f"LoadModule {name}_module {modules}/mod_{name}.so\n" for name in MODULES)
    tls = ""
    if certificate:
        tls = "SSLEngine on\nSSLCertificateFile {}\nSSLCertificateKeyFile {}\n".format(*certificate)
    config.write_text(
        f"ServerRoot {folder}\nListen {address}:{port}\nPidFile {folder}/pid\n{loaded}"
        "User nobody\nGroup nogroup\nTypesConfig /etc/mime.types\nErrorLog /dev/stderr\n"
        f"ServerName www.example.jp\nDocumentRoot {root}\nDirectoryIndex index.html\n{tls}{site}\n"
    )
    argv = [program("apache2"), "-D", "FOREGROUND", "-f", str(config)]
    with daemon(argv, address, port, log=folder / "apache.log"):
        yield Service("http", tls=certificate is not None, address=address, port=port)


@contextlib.contextmanager
def lighttpd(address: str, folder: Path, root: Path, site: str = "") -> Iterator[Service]:
    """Run lighttpd without encryption, serving ``root``."""
    need("lighttpd")
    port = free_port(address)
    config = folder / "lighttpd.conf"
    config.write_text(
        f'server.document-root = "{root}"\nserver.bind = "{address}"\nserver.port = {port}\n'
        'server.modules = ("mod_indexfile", "mod_dirlisting", "mod_staticfile", "mod_redirect")\n'
        f'mimetype.assign = (".html" => "text/html")\n{site}\n'
    )
    argv = [program("lighttpd"), "-D", "-f", str(config)]
    with daemon(argv, address, port, log=folder / "lighttpd.log"):
        yield Service("http", address=address, port=port)


@contextlib.contextmanager
def caddy(
    address: str, folder: Path, site: str, *, certificate: tuple[Path, Path] | None = None
) -> Iterator[Service]:
    """Caddy with one site, over TLS where it is given a certificate for www.example.jp."""
    need("caddy")
    port = free_port(address)
    place = f"https://www.example.jp:{port}" if certificate else f"http://:{port}"
    tls = "tls {} {}".format(*certificate) if certificate else ""
    config = folder / "Caddyfile"
    config.write_text(
        f"{{\nadmin off\nauto_https off\nskip_install_trust\n}}\n"
        f"{place} {{\nbind {address}\n{tls}\n{site}\n}}\n"
    )
    argv = [program("caddy"), "run", "--adapter", "caddyfile", "--config", str(config)]
    home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with daemon(argv, address, port, log=folder / "caddy.log", env=home):
        yield Service("http", tls=certificate is not None, address=address, port=port)


@contextlib.contextmanager
def python_server(address: str, folder: Path, root: Path) -> Iterator[Service]:
    """``python -m http.server``: the quickest way to show a folder to everybody."""
    port = free_port(address)
    argv = [sys.executable, "-m", "http.server", "-d", str(root), "-b", address, str(port)]
    with daemon(argv, address, port, log=folder / "python.log"):
        yield Service("http", address=address, port=port)
