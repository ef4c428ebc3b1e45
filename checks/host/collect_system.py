"""The operating system this computer runs, and whether paid or free extended support is in use."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from posture_scan.checks.host.apt_lists import LISTS, archives
from posture_scan.checks.host.assignments import os_release
from posture_scan.checks.host.system_windows import windows_release

from posture_scan.sdk import PASSIVE, Host, HostFacts, Look, Machine, collector


class Extended(StrEnum):
    """Whether this computer takes part in support beyond the public one."""

    SHOWN = "shown"
    NOT_SHOWN = "not_shown"
    """Where it would be seen, there is nothing."""
    UNSEEN = "unseen"
    """It could not be looked up, or no place is known here that would show it."""


@dataclass(frozen=True)
class OperatingSystem(HostFacts):
    """The release of the operating system, in the words of the product data."""

    product: str = ""
    """``debian``, ``windows-server``, ``macos`` …; the system's own id where the data has none."""
    releases: tuple[str, ...] = ()
    """The release; several where an edition does not say which; none on a rolling system."""
    shown: str = ""
    """As the system calls itself."""
    rolling: bool = False
    extended: Extended = Extended.UNSEEN
    """Support by contract: Ubuntu Pro, Red Hat ELS, SUSE LTSS, Freexian's ELTS for Debian."""
    long_term: Extended = Extended.UNSEEN
    """Debian's free LTS."""


_IDS: Final = {
    "rocky": "rocky-linux", "ol": "oracle-linux", "sles_sap": "sles", "sled": "sles",
    "opensuse-leap": "opensuse", "amzn": "amazon-linux", "alpine": "alpine-linux",
}  # fmt: skip
_BY_MAJOR: Final = frozenset(
    {"rhel", "centos", "centos-stream", "almalinux", "rocky-linux", "oracle-linux", "debian"}
)
_ROLLING: Final = frozenset({"opensuse-tumbleweed", "opensuse-slowroll", "arch", "gentoo", "void"})
_VERSION: Final = re.compile(r"\d{1,6}(?:\.\d{1,6}){0,3}")
_ELS: Final = re.compile(r"^\[[^\]\n]{0,100}-(?:els|eus|e4s|tus)-[^\]\n]{0,100}\]", re.MULTILINE)
_ON: Final = re.compile(r"^enabled\s{0,5}=\s{0,5}1\s*$", re.MULTILINE)


@collector(on=Machine(), intrusiveness=PASSIVE)
def operating_system(host: Host) -> OperatingSystem:
    """Read the system's own record of its release."""
    look = Look(host)
    read = {"windows": _windows, "darwin": _macos}.get(host.platform, _linux)
    return read(look)


def _windows(look: Look) -> OperatingSystem:
    found = windows_release(look)
    return _system(look, found.product, found.cycles, found.shown)


def _macos(look: Look) -> OperatingSystem:
    said = look.run(("sw_vers", "-productVersion"), hides="system")
    match = _VERSION.match(said.stdout.decode("ascii", "replace")) if said else None
    if match is None:
        return _system(look, "macos", (), "")
    return _system(look, "macos", (match[0],), f"macOS {match[0]}")


def _linux(look: Look) -> OperatingSystem:
    fields = os_release(look, hides="system")
    own = fields.get("ID", "linux" if fields else "")
    product = _IDS.get(own, own)
    if own == "centos" and "stream" in fields.get("NAME", "").lower():
        product = "centos-stream"
    release = release_of(product, fields.get("VERSION_ID", ""))
    return _system(
        look, product, (release,) if release else (), fields.get("PRETTY_NAME", own)[:120],
        rolling=own in _ROLLING, extended=_extended(look, product),
        long_term=_debian_lts(look, product, fields.get("VERSION_CODENAME", "")),
    )  # fmt: skip


def _system(
    look: Look, product: str, releases: tuple[str, ...], shown: str, *, rolling: bool = False,
    extended: Extended = Extended.UNSEEN, long_term: Extended = Extended.UNSEEN,
) -> OperatingSystem:  # fmt: skip
    return OperatingSystem(
        platform=look.host.platform, elevated=look.host.elevated, product=product[:60],
        releases=releases, shown=shown, rolling=rolling, extended=extended, long_term=long_term,
        not_read=look.noted(),
    )  # fmt: skip


def release_of(product: str, version: str) -> str:
    """Return the release as the data names it: Red Hat's family by its first number."""
    match = _VERSION.match(version)
    if match is None:
        return ""
    if product in _BY_MAJOR:
        return match[0].partition(".")[0]
    if product == "sles" and "." not in match[0]:
        return f"{match[0]}.0"
    return match[0]


# --- support beyond the public one ------------------------------------------------------------


def _extended(look: Look, product: str) -> Extended:
    ways = {"debian": _freexian, "ubuntu": _ubuntu, "rhel": _red_hat, "sles": _suse}
    return ways[product](look) if product in ways else Extended.UNSEEN


def _debian_lts(look: Look, product: str, codename: str) -> Extended:
    """Tell whether this Debian takes the packages of Debian LTS.

    LTS is free and comes through the very archive that carried security updates before, so that
    nobody enrols. What shows it is that apt has fetched this release's security archive; how old
    those lists are is for the checks on updates.
    """
    if product != "debian":
        return Extended.UNSEEN
    before = len(look.not_read)
    known = archives(look)
    if any(item.is_security and item.codename.startswith(codename or "?") for item in known):
        return Extended.SHOWN
    if len(look.not_read) > before or not known:
        return Extended.UNSEEN
    return Extended.NOT_SHOWN


def _freexian(look: Look) -> Extended:
    """Tell whether apt fetches Freexian's paid continuation of Debian's LTS."""
    before = len(look.not_read)
    lists = look.files(f"{LISTS}/*Release", hides="extended")
    if any("freexian" in info.path and "extended-lts" in info.path for info in lists):
        return Extended.SHOWN
    return Extended.UNSEEN if len(look.not_read) > before or not lists else Extended.NOT_SHOWN


def _ubuntu(look: Look) -> Extended:
    """Tell whether Ubuntu Pro is attached, has not expired and brings ESM packages."""
    path = "/var/lib/ubuntu-advantage/status.json"
    data = look.data(path, hides="extended")
    if data is None:
        return Extended.NOT_SHOWN if look.is_missing(path) else Extended.UNSEEN
    try:
        status = json.loads(data)
    except (ValueError, RecursionError):
        return Extended.UNSEEN
    if not isinstance(status, dict) or not isinstance(status.get("attached"), bool):
        return Extended.UNSEEN
    services = status.get("services")
    items = services if isinstance(services, list) else []
    listed = [item for item in items if isinstance(item, dict)]
    esm = any(
        item.get("name") == "esm-infra" and item.get("status") == "enabled" for item in listed
    )
    valid = not _is_past(status.get("expires"), look.host.now)
    return Extended.SHOWN if status["attached"] and esm and valid else Extended.NOT_SHOWN


def _is_past(value: object, now: datetime) -> bool:
    """Tell whether a contract's end has come; a free contract has none."""
    if not value or not isinstance(value, str):
        return False
    try:
        ends = datetime.fromisoformat(value)
    except ValueError:
        return True
    return (ends if ends.tzinfo else ends.replace(tzinfo=UTC)) < now


def _red_hat(look: Look) -> Extended:
    """Tell whether a source of Red Hat's extended life cycle (ELS, EUS …) is switched on."""
    path = "/etc/yum.repos.d/redhat.repo"
    text = look.text(path, hides="extended")
    if text is None:
        return Extended.NOT_SHOWN if look.is_missing(path) else Extended.UNSEEN
    sections = re.split(r"(?m)^(?=\[)", text)
    shown = any(_ELS.match(section) and _ON.search(section) for section in sections)
    return Extended.SHOWN if shown else Extended.NOT_SHOWN


def _suse(look: Look) -> Extended:
    """Tell whether the LTSS product is installed beside the system's own."""
    before = len(look.not_read)
    products = look.files("/etc/products.d/*.prod", hides="extended")
    if any("ltss" in info.path.lower() for info in products):
        return Extended.SHOWN
    return Extended.UNSEEN if len(look.not_read) > before or not products else Extended.NOT_SHOWN
