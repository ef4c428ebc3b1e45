"""What the collectors of the system and its updates may bring, the sound answer first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from posture_scan.checks.host.collect_system import OperatingSystem
from posture_scan.checks.host.update_facts import (
    Automatic,
    Because,
    Installs,
    Listing,
    Restart,
    UpdateState,
    Waiting,
)

from posture_scan.sdk import Facts
from tests.checks.computer import NOW

DAY = timedelta(days=1)

VARIANTS: Mapping[type[Facts], tuple[Facts, ...]] = {
    OperatingSystem: (
        OperatingSystem("linux", True, "debian", ("13",), "Debian 13"),  # noqa: FBT003
        OperatingSystem("windows", True, "windows", ("11-22h2-w",), "Windows 11"),  # noqa: FBT003
        OperatingSystem("darwin", False, "macos", ("27",), "macOS 27"),  # noqa: FBT003
    ),
    UpdateState: (
        UpdateState(
            "linux", True, "apt", Listing.COMPLETE, (), NOW - DAY,  # noqa: FBT003
            automatic=Automatic(Installs.ON, Because.LOCAL, NOW - DAY, proves_runs=True),
            restart=Restart(asked=False, looked=True),
        ),
        UpdateState(
            "linux", True, "apt", Listing.COMPLETE,  # noqa: FBT003
            (Waiting("openssl", out_by=NOW - 60 * DAY),), NOW - DAY,
            automatic=Automatic(Installs.OFF, Because.SWITCHED_OFF),
            restart=Restart(asked=True, packages=("linux-image",)),
        ),
        UpdateState("linux", False, "apt"),  # noqa: FBT003
    ),
}  # fmt: skip
