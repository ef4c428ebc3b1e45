"""Whether a restart is due: Linux by what runs and what is installed."""

from __future__ import annotations

from typing import Any

from posture_scan.sdk import Attempt
from tests.checks.computer import FakeHost, out
from tests.checks.host.updating import debian, judge, told

KERNEL = "6.1.0-40-amd64"
VERSION = "Linux version {} (x@y) (gcc) #1 SMP Debian {} (2026-11-01)\n"


def running(*installed: str, kernel: str = KERNEL, build: str = "6.1.5-1", **more: Any) -> FakeHost:
    files: dict[str, Any] = {f"/boot/vmlinuz-{name}": "x" for name in installed}
    files["/proc/version"] = VERSION.format(kernel, "6.1.5-1")
    commands: dict[str, Any] = {
        "uname -r": out(f"{kernel}\n"), f"dpkg-query -W -f=${{Version}} linux-image-{kernel}":
        out(build),
    }  # fmt: skip
    return debian(
        files=files | more.pop("files", {}), commands=commands | more.pop("commands", {}), **more
    )


def test_the_newest_kernel_runs() -> None:
    host = running(KERNEL, "6.1.0-9-amd64", "6.1.0-41-rt-amd64")
    assert told(host, "reboot_pending") == ("pass", "nothing_due")


def test_a_newer_kernel_waits_for_a_restart() -> None:
    verdict = judge(running(KERNEL, "6.1.0-100-amd64"), "reboot_pending")
    assert (verdict.status.value, verdict.reason) == ("fail", "older_kernel")
    assert dict(verdict.values)["installed"] == "6.1.0-100-amd64"


def test_a_new_build_under_the_same_name_waits_too() -> None:
    assert told(running(KERNEL, build="6.1.9-1"), "reboot_pending") == ("fail", "replaced")


def test_the_systems_own_mark_wins() -> None:
    files = {"/run/reboot-required": "*** System restart required ***\n",
             "/run/reboot-required.pkgs": "libc6\nlinux-image\nlibc6\n"}  # fmt: skip
    verdict = judge(running(KERNEL, files=files), "reboot_pending")
    assert (verdict.reason, verdict.actual) == ("asked", "libc6, linux-image")
    inside = debian(files=files | {"/.dockerenv": ""})
    assert told(inside, "reboot_pending") == ("fail", "asked")


def test_in_a_container_or_without_a_known_kernel_nothing_is_said() -> None:
    inside = running(KERNEL, files={"/run/systemd/container": "lxc"})
    assert told(inside, "reboot_pending") == ("unknown", "no_way_to_tell")
    assert told(running("6.1.0-9-amd64"), "reboot_pending") == ("unknown", "no_way_to_tell")
    assert told(running(), "reboot_pending") == ("unknown", "no_way_to_tell")
    closed = judge(running(KERNEL, closed=("/boot/vmlinuz-*",)), "reboot_pending")
    assert (closed.reason, dict(closed.values)["lift"]) == ("not_seen", "administrator")


def test_an_unseen_build_is_no_pass() -> None:
    key = f"dpkg-query -W -f=${{Version}} linux-image-{KERNEL}"
    host = running(KERNEL, commands={key: Attempt.TIMEOUT})
    assert told(host, "reboot_pending")[0] == "unknown"
    assert told(running(KERNEL, build=""), "reboot_pending")[0] == "unknown"


def red_hat(installed_at: int, started_at: int, **more: Any) -> FakeHost:
    kernel = "5.14.0-427.el9.x86_64"
    text = f"package dbus-broker is not installed\nglibc {installed_at}\nsystemd 5\n"
    files: dict[str, Any] = {
        "/usr/bin/dnf": "x", f"/boot/vmlinuz-{kernel}": "x", "/proc/version": "Linux version x",
        "/boot/vmlinuz-0-rescue-0123": "x", "/proc/stat": f"cpu 1\nbtime {started_at}\n",
    }  # fmt: skip
    commands = {"uname -r": out(f"{kernel}\n"), "rpm -q": out(text, 1)}
    return FakeHost(files | more.pop("files", {}), commands | more.pop("commands", {}))


def test_core_packages_replaced_since_the_start_ask_for_a_restart() -> None:
    assert told(red_hat(100, 200), "reboot_pending") == ("pass", "nothing_due")
    verdict = judge(red_hat(300, 200), "reboot_pending")
    assert (verdict.status.value, dict(verdict.values)["what"]) == ("fail", "glibc")


def test_without_the_package_database_or_the_start_nothing_is_believed() -> None:
    for more in ({"commands": {"rpm -q": out("")}}, {"files": {"/proc/stat": "cpu 1\n"}},
                 {"commands": {"rpm -q": Attempt.PERMISSION_DENIED}}):  # fmt: skip
        assert told(red_hat(100, 200, **more), "reboot_pending")[0] == "unknown"
