"""Debian's own mail and print servers, started for a test on a loopback address."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from posture_scan.sdk import Service
from tests.lab.daemon import daemon, free_port, need, program
from tests.lab.servers_network import need_root


@contextlib.contextmanager
def dovecot(
    address: str, folder: Path, *settings: str, certificate: tuple[Path, Path] | None = None,
    ports: tuple[int, int] | None = None,
) -> Iterator[tuple[Service, Service]]:  # fmt: skip
    """Dovecot's IMAP and POP3 with these settings."""
    need("dovecot")
    need_root()
    imap, pop3 = ports or (free_port(address), free_port(address))
    tls = f"ssl_cert = <{certificate[0]}\nssl_key = <{certificate[1]}\n" if certificate else ""
    config = folder / "dovecot.conf"
    config.write_text(
        f"base_dir = {folder}/run\nstate_dir = {folder}/run\nlog_path = {folder}/mail.log\n"
        f"protocols = imap pop3\nlisten = {address}\nmail_location = maildir:{folder}/mail\n"
        "passdb {\n  driver = static\n  args = nopassword=n\n}\n"
        f"service imap-login {{\n  inet_listener imap {{\n    port = {imap}\n  }}\n"
        "  inet_listener imaps {\n    port = 0\n  }\n}\n"
        f"service pop3-login {{\n  inet_listener pop3 {{\n    port = {pop3}\n  }}\n"
        "  inet_listener pop3s {\n    port = 0\n  }\n}\n"
        + tls
        + "".join(f"{line}\n" for line in settings)
    )
    for place in (folder, *list(folder.parents)[:3]):
        place.chmod(place.stat().st_mode | 0o755)
    argv = [program("dovecot"), "-F", "-c", str(config)]
    with daemon(argv, address, imap, log=folder / "dovecot.log"):
        yield (
            Service("imap", address=address, port=imap),
            Service("pop3", address=address, port=pop3),
        )


@contextlib.contextmanager
def opensmtpd(
    address: str, folder: Path, listen: str = "", *, certificate: tuple[Path, Path] | None = None,
    port: int = 0,
) -> Iterator[Service]:  # fmt: skip
    """OpenSMTPD, which delivers nothing; ``listen`` is said behind its address and port."""
    need("smtpd")
    need_root()
    port = port or free_port(address)
    pki = ""
    if certificate:
        certificate[1].chmod(0o600)
        pki = f'pki lab cert "{certificate[0]}"\npki lab key "{certificate[1]}"\n'
    config = folder / "smtpd.conf"
    config.write_text(
        f'{pki}table users {{ "example" = "x" }}\nlisten on {address} port {port} {listen}\n'
        'action "drop" maildir "/nonexistent"\nmatch for domain "example.invalid" action "drop"\n'
    )
    argv = [program("smtpd"), "-d", "-f", str(config)]
    with daemon(argv, address, port, log=folder / "smtpd.log"):
        yield Service("smtp", address=address, port=port)


@contextlib.contextmanager
def cupsd(address: str, folder: Path, model: str) -> Iterator[Service]:
    """CUPS with one printer that prints nowhere; see ``in_own_network``.

    To its own computer's loopback addresses CUPS answers under the name of localhost alone.
    """
    need("cupsd")
    need_root()
    port = 631
    for name in ("spool", "cache", "state", "root", "ssl", "tmp", "etc"):
        (folder / name).mkdir()
    (folder / "etc" / "cups-files.conf").write_text(
        f"RequestRoot {folder}/spool\nCacheDir {folder}/cache\nStateDir {folder}/state\n"
        f"ServerRoot {folder}/etc\nTempDir {folder}/tmp\nErrorLog stderr\nAccessLog stderr\n"
        f"PageLog stderr\nServerKeychain {folder}/ssl\n"
    )
    (folder / "etc" / "printers.conf").write_text(
        "<DefaultPrinter office>\nInfo Secret room\nLocation Secret room\n"
        f"MakeModel {model}\nDeviceURI file:/dev/null\nState Idle\nAccepting Yes\n"
        "Shared Yes\n</DefaultPrinter>\n"
    )
    (folder / "etc" / "cupsd.conf").write_text(
        f"Listen 127.0.0.1:{port}\nListen {address}:{port}\nServerAlias *\nBrowsing No\n"
        "DefaultEncryption Never\n"
        "<Location />\n  Order allow,deny\n  Allow all\n</Location>\n"
    )
    argv = [program("cupsd"), "-f", "-c", str(folder / "etc" / "cupsd.conf"), "-s",
            str(folder / "etc" / "cups-files.conf")]  # fmt: skip
    with daemon(argv, address, port, log=folder / "cupsd.log"):
        yield Service("http", address=address, port=port)
