"""The tools beside which the TLS assessor is measured: each is given one server and tells findings.

A tool's findings are written with the ids of our checks, as far as it tells of them.
"""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from tests.checks.encryption.certificates import NAME
from tests.checks.encryption.judging import CHECKS, failing
from tests.lab import sslyze_reader
from tests.lab.daemon import program
from tests.lab.farm.running import Place
from tests.lab.tls_service import assess

MOST_SECONDS = 300


@dataclass(frozen=True)
class Tool:
    """Something that looks at one TLS server."""

    run: Callable[[Place], set[str]]
    tells: frozenset[str]
    """The checks it can answer; it is weighed by these alone."""


def ours(place: Place) -> set[str]:
    return failing(assess(place.folder, place.port, NAME, address=place.address))


def ours_started(place: Place) -> set[str]:
    """The same as a program that starts, as the others do."""
    argv = [sys.executable, "-m", "tests.bench.tls_tools", place.address, str(place.port),
            str(place.folder)]  # fmt: skip
    return set(_output(argv).split())


def sslyze(place: Place) -> set[str]:
    with warnings.catch_warnings(action="ignore"):
        ((_name, result),) = sslyze_reader.scan({"one": place})
        read = sslyze_reader.read(result)
    return sslyze_reader.findings(read) if read else set()


SUITES = {
    "EXPORT": "export", "_RC4_": "rc4", "_WITH_DES_": "des", "_DES40_": "des", "_3DES_": "3des",
    "_NULL_": "null", "_anon_": "anon",
}  # fmt: skip
NMAP_LINES = {
    "SSLv2 supported": "sslv2", "SSLv3:": "sslv3", "TLSv1.0:": "tls10", "TLSv1.1:": "tls11",
    "Forward Secrecy not supported by any cipher": "no_forward_secrecy",
}  # fmt: skip


def nmap(place: Place) -> set[str]:
    text = _output(
        [program("nmap"), "-Pn", "-n", "-p", str(place.port), "--script",
         "+sslv2,+ssl-enum-ciphers", "--script-args", f"tls.servername={NAME}", place.address]
    )  # fmt: skip
    found = {check for mark, check in {**SUITES, **NMAP_LINES}.items() if mark in text}
    found |= {"compression"} if "DEFLATE" in text else set()
    if "SSLv" in text or "TLSv1." in text:
        found |= set() if "TLSv1.2:" in text or "TLSv1.3:" in text else {"no_tls12"}
    return {f"tls.{check}" for check in found}


OFFERED = {
    "SSLv2": "sslv2", "SSLv3": "sslv3", "TLS1": "tls10", "TLS1_1": "tls11",
    "cipherlist_NULL": "null", "cipherlist_aNULL": "anon", "cipherlist_EXPORT": "export",
    "cipherlist_3DES_IDEA": "3des",
}  # fmt: skip
WRONG = {
    "RC4": "rc4", "PFS": "no_forward_secrecy", "secure_renego": "insecure_renegotiation",
    "secure_client_renego": "client_renegotiation", "CRIME_TLS": "compression",
    "fallback_SCSV": "no_fallback_protection",
}  # fmt: skip
FINE = ("OK", "INFO", "WARN", "DEBUG")


def testssl(place: Place) -> set[str]:
    written = place.folder / "testssl.json"
    written.unlink(missing_ok=True)
    _output(
        [program("testssl"), "--warnings", "off", "--quiet", "--color", "0", "--ip", place.address,
         "-p", "-s", "-f", "-S", "-R", "-C", "-Z", "-4", "--jsonfile", str(written),
         f"{NAME}:{place.port}"]
    )  # fmt: skip
    rows = json.loads(written.read_text("utf-8"))
    found = {OFFERED[row["id"]] for row in rows
             if row["id"] in OFFERED and row["finding"].startswith("offered")}  # fmt: skip
    found |= {WRONG[row["id"]] for row in rows
              if row["id"] in WRONG and row["severity"] not in FINE}  # fmt: skip
    return {f"tls.{check}" for check in found}


def _output(argv: list[str]) -> str:
    done = subprocess.run(
        argv, check=False, capture_output=True, text=True, timeout=MOST_SECONDS,
        stdin=subprocess.DEVNULL, env=None,
    )  # fmt: skip
    return done.stdout


def _tls(*names: str) -> frozenset[str]:
    return frozenset(f"tls.{name}" for name in names)


TOOLS = {
    "ours": Tool(ours, frozenset(CHECKS)),
    "ours, started": Tool(ours_started, frozenset(CHECKS)),
    "sslyze": Tool(sslyze, frozenset(sslyze_reader.TOLD)),
    "nmap": Tool(nmap, _tls(*SUITES.values(), *NMAP_LINES.values(), "compression", "no_tls12")),
    "testssl.sh": Tool(testssl, _tls(*OFFERED.values(), *WRONG.values())),
}


def through(place: Place, port: int) -> Place:
    """The same server behind a relay on another port."""
    return replace(place, port=port)


if __name__ == "__main__":
    address, port, folder = sys.argv[1:4]
    print(*sorted(ours(Place(address, int(port), Path(folder)))))
