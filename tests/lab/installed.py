"""What the lab needs and does not find: skipped by hand, failed where everything was promised.

``tests/run`` installs every program of the lab. Where it ran for continuous integration
(``CI=true``), a program that is missing all the same is a mistake, and no reason to look away.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final, NoReturn

import pytest

PACKAGES: Final[Mapping[str, str]] = {
    "apt-ftparchive": "apt-utils", "bacula-dir": "bacula-director", "bconsole": "bacula-console",
    "borg": "borgbackup", "clamd": "clamav-daemon",
    "clamonacc": "clamav-daemon", "containerd": "docker.io", "createrepo_c": "createrepo-c",
    "cryptsetup": "cryptsetup-bin", "cupsd": "cups-daemon", "dbus-run-session": "dbus-daemon",
    "dconf": "dconf-cli", "dockerd": "docker.io", "dovecot": "dovecot-imapd",
    "dropbear": "dropbear-bin", "dropbearkey": "dropbear-bin", "erl": "ejabberd",
    "etcd": "etcd-server", "firewall-cmd": "firewalld",
    "freerdp-shadow-cli": "freerdp2-shadow-x11", "gnutls-cli": "gnutls-bin",
    "gnutls-serv": "gnutls-bin", "gsettings": "libglib2.0-bin", "in.rlogind": "rsh-redone-server",
    "in.rshd": "rsh-redone-server", "ip": "iproute2", "ip6tables-nft": "iptables",
    "iptables-legacy": "iptables", "iptables-nft": "iptables",
    "journalctl": "systemd-journal-remote", "kdb5_util": "krb5-kdc", "krb5kdc": "krb5-kdc",
    "ldns-keygen": "ldnsutils", "ldns-signzone": "ldnsutils", "lsh-keygen": "lsh-server",
    "lsh-make-seed": "lsh-server", "lsh-writekey": "lsh-server", "lshd": "lsh-server",
    "mariadb-admin": "mariadb-server", "mariadb-install-db": "mariadb-server",
    "mariadbd": "mariadb-server", "modifyrepo_c": "createrepo-c", "mosquitto_passwd": "mosquitto",
    "nft": "nftables", "nginx": "nginx-light", "nmbd": "samba", "ntpd": "ntpsec",
    "pdfinfo": "poppler-utils", "pdftoppm": "poppler-utils", "pdftotext": "poppler-utils",
    "python3-ldb": "samba", "rpmbuild": "rpm", "rsync": "rsnapshot", "sigtool": "clamav",
    "smbd": "samba", "smtpd": "opensmtpd", "ss": "iproute2", "ssh": "openssh-server",
    "ssh-keygen": "openssh-server", "sshd": "openssh-server", "stunnel": "stunnel4",
    "swanctl": "strongswan-swanctl", "systemctl": "systemd-journal-remote",
    "telnetd": "inetutils-telnetd", "testparm": "samba", "tinysshd-makekey": "tinysshd",
    "unattended-upgrade": "unattended-upgrades", "Xtigervnc": "tigervnc-standalone-server",
    "Xvfb": "xvfb",
}  # fmt: skip
"""The package of ``tests/run`` that brings a program, where it has another name.

Some packages bring it by what they depend on: rsnapshot brings rsync.
"""

BASE: Final = frozenset({
    "apt-get", "cat", "dpkg", "dpkg-deb", "dpkg-query", "findmnt", "lastlog", "losetup", "lsblk",
    "mount", "nsenter", "passwd", "setpriv", "sh", "unshare", "utmpdump",
})  # fmt: skip
"""What every Debian has: nothing installs it, and it is missing on other systems only."""

LEFT_OUT: Final[Mapping[str, str]] = {
    "firewalld": "it would guard the very machine that the tests run on",
}
"""What ``tests/run`` does not install, and why; its tests are skipped everywhere else."""


def lacking(*names: str) -> NoReturn:
    """Skip the test, naming the packages that are missing; fail it in continuous integration."""
    packages = sorted({PACKAGES.get(name, name) for name in names})
    why = [f"{name} is left out: {LEFT_OUT[name]}" for name in packages if name in LEFT_OUT]
    said = "; ".join(why) or "tests/run installs it (what is Debian's, as root with apt)"
    message = f"needs {', '.join(packages)}: {said}"
    if os.environ.get("CI") == "true" and not why:
        pytest.fail(f"{message}; in continuous integration nothing may be missing")
    pytest.skip(message, allow_module_level=True)
