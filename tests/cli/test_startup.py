"""``--help`` stays fast because it imports nothing heavy: asserted without a stopwatch."""

from __future__ import annotations

import subprocess
import sys

HEAVY = {"rich", "requests", "nmap", "pydantic", "cryptography", "jinja2", "ssl", "asyncio"}


def test_help_and_version_import_nothing_heavy() -> None:
    for argument in ("--help", "--version"):
        code = (
            "import sys\nfrom posture_scan.cli.main import execute\n"
            f"assert execute([{argument!r}]) == 0\n"
            "print(sorted({name.split('.')[0] for name in sys.modules}))"
        )
        ran = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
        )
        loaded = set(eval(ran.stdout.splitlines()[-1]))  # noqa: S307 -- our own list
        assert not loaded & HEAVY
