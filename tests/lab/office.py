"""A desk from which a test runs the program, and what it reads from a report."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from posture_scan.discovery.ports import default_ports
from posture_scan.engine.packs import load_packs

SPARE = "127.70.99.99"
"""An address on which no test starts anything."""

Failing = set[tuple[str, str, int]]


@dataclass
class Desk:
    """A folder in which the program runs as its user would run it."""

    folder: Path

    def run(
        self, *arguments: str, language: str = "en", home: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run the program in a process of its own."""
        environment = {
            **os.environ, "HOME": home or str(self.folder),
            "XDG_CONFIG_HOME": str(self.folder / "config"), "COLUMNS": "160",
            "LANG": "ja_JP.UTF-8" if language == "ja" else "C.UTF-8",
        }  # fmt: skip
        return subprocess.run(
            [sys.executable, "-m", "posture_scan", *arguments], cwd=self.folder, env=environment,
            capture_output=True, text=True, timeout=280, check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def scope(
        self, targets: Sequence[str], *, exclude: Sequence[str] = (), computers: int = 3,
        names: Mapping[str, str] | None = None,
    ) -> Path:  # fmt: skip
        """Write a scope file that permits a scan of these targets this week."""
        begin, end = (date.today() + timedelta(days=days) for days in (-1, 7))
        lines = [
            'organisation = "株式会社例"', 'authorised_by = "例 太郎(代表取締役)"',
            f"valid_from = {begin}", f"valid_until = {end}",
            f"targets = {json.dumps(list(targets))}", f"exclude = {json.dumps(list(exclude))}",
            f"computers = {computers}", "servers = 1", 'vantage = "external"',
            'intensity = "light"', "[names]",
        ]  # fmt: skip
        lines += [f'"{address}" = ["{name}"]' for address, name in (names or {}).items()]
        path = self.folder / "scope.toml"
        path.write_text("\n".join(lines) + "\n", "utf-8")
        return path

    def scan(
        self, scope: Path, *options: str, engine: str = "builtin", expect: int, language: str = "en"
    ) -> dict[str, Any]:
        """Scan, compare the exit code, and return the report from the file it wrote."""
        out = self.folder / f"report-{engine}.json"
        done = self.run(
            "scan", "--scope", str(scope), "--engine", engine, "--pace", "lan", "--json",
            "--out", str(out), *options, language=language,
        )  # fmt: skip
        assert done.returncode == expect, (done.returncode, done.stderr[-2000:])
        report = json.loads(out.read_text("utf-8"))
        assert isinstance(report, dict)
        assert json.loads(done.stdout) == report
        return report


def failing(report: Mapping[str, Any]) -> Failing:
    """The weaknesses a report shows: check, address and port; what is told for information aside.

    The tests of the packs hold those: headers of a page, yardsticks of its encryption.
    """
    return {
        (finding["check"], finding["address"], finding["port"])
        for finding in report["findings"]
        if finding["status"] == "fail" and not for_information(finding)
    }


def for_information(finding: Mapping[str, Any]) -> bool:
    """Tell whether it is about a page's headers, or what yardsticks for people make of TLS."""
    subject = finding["check"].partition(".")[0]
    return finding["severity"] == "info" and subject in {"http", "yardstick"}


def errors(report: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """The findings that could not be worked out."""
    return [
        (finding["check"], finding["asset"], finding["reason"])
        for finding in report["findings"]
        if finding["status"] == "error"
    ]


def criteria(report: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Each criterion's status and what it rests on."""
    return {item["id"]: (item["status"], item["evidence_class"]) for item in report["criteria"]}


def need_quiet_loopback() -> None:
    """Skip where this computer serves one of the scanned ports on every address.

    Such a server would be found on each host of the office beside the servers of the test.
    """
    for port in default_ports(load_packs().protocols):
        with socket.socket() as probe:
            probe.settimeout(1)
            number = errno.ECONNREFUSED
            with contextlib.suppress(OSError):
                number = probe.connect_ex((SPARE, port))
            if number == 0 and probe.getsockname() != probe.getpeername():
                pytest.skip(f"something on this computer serves port {port} on every address")
