"""The programs that may be run on this computer, and with which arguments: readers only.

A program is allowed by the whole form of its arguments, not by its name alone, because
``systemctl show`` reads and ``systemctl stop`` does not. Left out on purpose although they look
harmless: ``timeshift --list`` mounts a device and writes a log, ``secedit /export`` writes a
file, ``restic check`` and ``borg`` lock the repository.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from posture_scan.model.powershell import POWERSHELL

FOLDERS: Final[Mapping[str, tuple[str, ...]]] = {
    "linux": ("/usr/sbin", "/usr/bin", "/sbin", "/bin"),
    "darwin": ("/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/libexec/ApplicationFirewall"),
    "windows": ("C:\\Windows\\System32", "C:\\Windows\\System32\\WindowsPowerShell\\v1.0"),
}
"""Where the programs of the system lie; the user's PATH is never asked."""

_NAME: Final = r"[A-Za-z0-9*][A-Za-z0-9@:._*\\-]*"
_PATH: Final = r"/[^\0\n]*"
_WORDS: Final = r"[A-Za-z0-9][A-Za-z0-9,:_+-]*"
_OUTPUT: Final = (r"--output=json", r"--no-pager", r"--quiet")


@dataclass(frozen=True)
class Form:
    """One permitted use: these words first, then any number of arguments of these shapes."""

    words: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()

    def fits(self, arguments: tuple[str, ...]) -> bool:
        """Tell whether the arguments have this form."""
        count = len(self.words)
        if arguments[:count] != self.words:
            return False
        return all(
            any(re.fullmatch(shape, item) for shape in self.rest) for item in arguments[count:]
        )


def _exactly(*uses: str) -> tuple[Form, ...]:
    return tuple(Form(tuple(use.split())) for use in uses)


_UNITS: Final = (
    *_OUTPUT, _NAME, r"--all", r"--plain", r"--full", r"--no-legend", r"--user",
    r"--property=[A-Za-z,]+", r"--type=[a-z,]+", r"--state=[a-z,-]+",
)  # fmt: skip

PROGRAMS: Final[Mapping[str, tuple[Form, ...]]] = {
    "systemctl": tuple(
        Form((verb,), _UNITS)
        for verb in (
            "show", "list-timers", "list-units", "list-unit-files", "is-active", "is-enabled",
            "is-system-running", "get-default",
        )
    ),
    "journalctl": (
        Form((), (*_OUTPUT, r"--lines=\d{1,5}", rf"--unit={_NAME}", r"--since=@\d+", r"--reverse",
                  r"--list-boots", r"[A-Z_]+=[A-Za-z0-9@:._-]+")),
    ),
    "findmnt": (Form(("-J",), (r"-o", r"-T", r"-t", _WORDS, _PATH)),),
    "lsblk": (Form(("-J",), (r"-o", r"-b", _WORDS)),),
    "timedatectl": (Form(("show",), (r"--property=[A-Za-z,]+",)),),
    "chronyc": _exactly("-c tracking"),
    "crontab": _exactly("-l"),
    "uname": _exactly("-r", "-m", "-s"),
    "getent": (Form(("group",), (_NAME,)), Form(("passwd",), (_NAME,))),
    "netstat": _exactly("-anW -p tcp"),
    "nft": _exactly("-j list ruleset"),
    "ufw": _exactly("status verbose"),
    "firewall-cmd": _exactly("--state"),
    "gsettings": (Form(("get",), (_NAME,)),),
    "dpkg-query": (Form(("-W",), (r"-f=[^\0]+", _NAME)),),
    "rpm": (Form(("-q",), (r"-a", r"--qf=[^\0]+", _NAME)),),
    "apt-config": _exactly("dump"),
    "apt-mark": _exactly("showhold"),
    # "upgrade" keeps back what needs a new package, as every new kernel does;
    # the two caches are named empty because apt would write them.
    "apt-get": _exactly(
        "-s -o Debug::NoLocking=1 -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= "
        "--ignore-hold dist-upgrade",
    ),
    "dnf": _exactly(
        "-q --cacheonly updateinfo list --security", "-q --cacheonly updateinfo info --security"
    ),
    "zypper": _exactly("--non-interactive --no-refresh --xmlout lp --category security"),
    "clamdscan": _exactly("--version"),
    "mdatp": _exactly("health --output json"),
    "sshd": _exactly("-T"),
    "passwd": _exactly("-S -a"),
    "dsregcmd": _exactly("/status"),
    "dscl": _exactly(". -list /Users UniqueID", ". -read /Groups/admin GroupMembership"),
    "launchctl": _exactly("print-disabled system"),
    "pwpolicy": _exactly("-getaccountpolicies"),
    "tmutil": _exactly(
        "destinationinfo -X", "latestbackup", "status -X", "listlocalsnapshots /"
    ),
    "diskutil": _exactly("apfs list -plist"),
    "sw_vers": (Form((), (r"-productVersion", r"-buildVersion")),),
    "fdesetup": _exactly("status"),
    "socketfilterfw": _exactly("--getglobalstate"),
    "sysadminctl": _exactly("-screenLock status"),
    "csrutil": _exactly("status"),
    "spctl": _exactly("--status"),
    "system_profiler": _exactly("SPFirewallDataType -json", "SPInstallHistoryDataType -json"),
}  # fmt: skip
"""Everything but PowerShell, which is judged by its script. To it ``Remove-item`` is as good as
``Remove-Item``, so that small letters make nothing permitted."""

_VERB_NOUN: Final = re.compile(r"\b([A-Za-z]+)-([A-Za-z]+)\b")
_READING: Final = frozenset({"get", "convertto", "select", "where", "foreach", "sort", "measure"})
_OBJECTS: Final = frozenset({"Schedule.Service", "Microsoft.Update.Session",
                             "Microsoft.Update.AutoUpdate", "Shell.Application"})  # fmt: skip
_STATIC: Final = re.compile(r"\[([A-Za-z.0-9]+)\]::([A-Za-z0-9]+)")
_STATICS: Final = frozenset({
    ("Console", "OutputEncoding"), ("Text.UTF8Encoding", "new"), ("DateTime", "UtcNow"),
    ("DateTime", "FromFileTimeUtc"), ("TimeSpan", "FromDays"),
})  # fmt: skip
_NEVER: Final = re.compile(
    r"`|\biex\b|\bicm\b|\bsaps\b|\bni\b|\bsc\b|\bri\b|\brm\b|\bdel\b|\bcopy\b|\bmove\b|"
    r"(?:^|[\s;{(|])&|(?:^|[\s;{(|])\.\s|>|\bAdd-Type\b|\[char",
    re.IGNORECASE | re.MULTILINE,
)


def is_permitted(argv: tuple[str, ...]) -> bool:
    """Tell whether this command may be run: known to read, and to change nothing."""
    if not argv or any("\0" in item for item in argv):
        return False
    if argv[0] == POWERSHELL[0]:
        return _permits_powershell(argv)
    return any(form.fits(argv[1:]) for form in PROGRAMS.get(argv[0], ()))


def _permits_powershell(argv: tuple[str, ...]) -> bool:
    """Accept a script made of reading cmdlets and a few named objects only.

    This is a check against mistakes of a pack's author, no prison for a hostile one: packs are
    code and run with the user's rights anyway.
    """
    if argv[:-1] != POWERSHELL:
        return False
    try:
        script = base64.b64decode(argv[-1], validate=True).decode("utf-16-le")
    except (binascii.Error, UnicodeDecodeError):
        return False
    bare = re.sub(r"'[^'\n]*'", "''", script)
    if _NEVER.search(bare):
        return False
    for verb, noun in _VERB_NOUN.findall(bare):
        if verb.lower() in _READING or (verb, noun) == ("New", "Object"):
            continue
        return False
    made = re.findall(r"New-Object\s+-ComObject\s+'?([A-Za-z.]+)", script)
    if len(made) != len(re.findall(r"New-Object", bare)) or not set(made) <= _OBJECTS:
        return False
    return set(_STATIC.findall(bare)) <= _STATICS
