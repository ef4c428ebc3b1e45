"""Which release of Windows this is: from build number and edition, never from its name.

``ProductName`` still says "Windows 10" on Windows 11, so it is not asked. Build numbers are
Microsoft's published ones; the cycles are those of endoflife.date: ``11-24h2-w`` with ``w`` for
Home and Pro, ``e`` for Enterprise and Education, ``e-lts`` and ``iot-lts`` for the long-term
editions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from posture_scan.checks.host.windows_version import KEY, is_windows_server

from posture_scan.sdk import Look

_CLIENT: Final = {
    7600: "7-sp1", 7601: "7-sp1", 9200: "8", 9600: "8.1", 10240: "10-1507", 10586: "10-1511",
    14393: "10-1607", 15063: "10-1703", 16299: "10-1709", 17134: "10-1803", 17763: "10-1809",
    18362: "10-1903", 18363: "10-1909", 19041: "10-2004", 19042: "10-20h2", 19043: "10-21h1",
    19044: "10-21h2", 19045: "10-22h2", 22000: "11-21h2", 22621: "11-22h2", 22631: "11-23h2",
    26100: "11-24h2", 26200: "11-25h2", 28000: "11-26h1",
}  # fmt: skip
_SERVER: Final = {
    6002: "2008-sp2", 6003: "2008-sp2", 7600: "2008-r2-sp1", 7601: "2008-r2-sp1", 9200: "2012",
    9600: "2012-r2", 14393: "2016", 16299: "1709-sac", 17134: "1803-sac", 17763: "2019",
    18362: "1903-sac", 18363: "1909-sac", 19041: "2004-sac", 19042: "20h2-sac", 20348: "2022",
    25398: "23h2-ac", 26100: "2025",
}  # fmt: skip
_BOTH_CHANNELS: Final = 17763
"""Server 2019 and the short-lived 1809 share their build; the edition parts them."""

_HOME_AND_PRO: Final = (
    "Core", "CoreN", "CoreSingleLanguage", "CoreCountrySpecific", "Professional",
    "ProfessionalN", "ProfessionalSingleLanguage", "ProfessionalCountrySpecific",
    "ProfessionalWorkstation", "ProfessionalWorkstationN", "ProfessionalEducation",
    "ProfessionalEducationN", "Cloud", "CloudN", "CloudEdition",
)  # fmt: skip
_ENTERPRISE: Final = (
    "Enterprise", "EnterpriseN", "EnterpriseEval", "EnterpriseG", "Education", "EducationN",
    "IoTEnterprise", "ServerRdsh",
)  # fmt: skip
_LONG_TERM: Final = ("EnterpriseS", "EnterpriseSN", "EnterpriseSEval", "EnterpriseSNEval")
_LONG_TERM_IOT: Final = ("IoTEnterpriseS", "IoTEnterpriseSK", "IoTEnterpriseSEval")
_IOT_APART: Final = (19_044, 26_100)
"""Releases whose long-term edition for devices is maintained longer than the other one."""
_FIRST_ELEVEN: Final = 22_000
_FIRST_TEN: Final = 10_240


@dataclass(frozen=True)
class Windows:
    """One release: the cycles it may belong to, and how to show it."""

    product: str = "windows"
    """The product in the data: ``windows`` or ``windows-server``."""
    cycles: tuple[str, ...] = ()
    """Names of its cycle, several where the edition does not say which."""
    shown: str = ""


def windows_release(look: Look) -> Windows:
    """Read build and edition; without a build number there is nothing to name."""
    build = look.value(KEY, "CurrentBuild")
    if not isinstance(build, str) or not build.isdecimal() or len(build) > len("99999"):
        return Windows()
    edition = look.value(KEY, "EditionID")
    edition = edition if isinstance(edition, str) else ""
    display = look.value(KEY, "DisplayVersion")
    patch = look.value(KEY, "UBR")
    number = f"{build}.{patch}" if isinstance(patch, int) else build
    label = display if isinstance(display, str) else ""
    server = bool(is_windows_server(look))
    name = "Windows Server" if server else _client_name(int(build))
    return Windows(
        product="windows-server" if server else "windows",
        cycles=server_cycles(int(build), edition) if server else cycles(int(build), edition),
        shown=" ".join(part for part in (name, label, edition, f"({number})") if part)[:120],
    )


def cycles(build: int, edition: str) -> tuple[str, ...]:
    """Return the cycles that a client of this build and edition may belong to."""
    base = _CLIENT.get(build, "")
    if not base:
        return ()
    if edition in _LONG_TERM:
        return (f"{base}-e-lts",)
    if edition in _LONG_TERM_IOT:
        return (f"{base}-iot-lts",) if build in _IOT_APART else (f"{base}-e-lts",)
    if edition in _HOME_AND_PRO:
        return (f"{base}-w", base)
    if edition in _ENTERPRISE:
        return (f"{base}-e", base)
    return (f"{base}-w", f"{base}-e", base)


def server_cycles(build: int, edition: str) -> tuple[str, ...]:
    """Return the cycle of a server of this build and edition."""
    if build == _BOTH_CHANNELS and "ACor" in edition:
        return ("1809-sac",)
    return (_SERVER[build],) if build in _SERVER else ()


def _client_name(build: int) -> str:
    if build >= _FIRST_ELEVEN:
        return "Windows 11"
    return "Windows 10" if build >= _FIRST_TEN else "Windows"
