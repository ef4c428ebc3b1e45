"""Whether disks are encrypted: trees of Linux devices, BitLocker and FileVault, constructed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from posture_scan.checks.host.collect_disk import DiskEncryption, disk_encryption

from posture_scan.sdk import Attempt
from tests.checks.computer import FakeHost, out
from tests.checks.host.protect import seen, windows
from tests.checks.host.verdicts import judge, lift, told

CHECK = "disk.not_encrypted"


def node(name: str, kind: str, number: str, *children: Any, **more: Any) -> dict[str, Any]:
    row = {"name": name, "kname": name, "type": kind, "rm": False, "tran": None, "maj:min": number}
    return row | more | ({"children": list(children)} if children else {})


def crypt(name: str, kernel: str, number: str, *children: Any) -> dict[str, Any]:
    return node(name, "crypt", number, *children, kname=kernel)


def mounted(*rows: tuple[str, str, str, str]) -> str:
    return "".join(
        f"{25 + i} 1 {number} / {target} rw - {kind} {source} rw\n"
        for i, (target, number, kind, source) in enumerate(rows)
    )


def linux(tree: list[Any], mounts: str, swaps: str = "", **files: Any) -> FakeHost:
    table = out(json.dumps({"blockdevices": tree}))
    base = {
        "/proc/self/mountinfo": mounts,
        "/proc/swaps": f"Filename\tType\tSize\tUsed\tPriority\n{swaps}",
    }
    more = files.pop("files", {})
    return FakeHost(files=base | more, commands={"lsblk": table}, **files)


BOOT = node("sda1", "part", "8:1")
LUKS2 = "CRYPT-LUKS2-0123456789abcdef-sda2_crypt"
ROOT = ("/", "253:1", "ext4", "/dev/mapper/vg-root")


def laptop(uuid: str = LUKS2, **more: Any) -> FakeHost:
    """The Debian installer's "encrypted LVM": /boot plain, all else in one LUKS."""
    tree = [node("sda", "disk", "8:0", BOOT, node("sda2", "part", "8:2", crypt(
        "sda2_crypt", "dm-0", "253:0",
        node("vg-root", "lvm", "253:1", kname="dm-1"),
        node("vg-swap", "lvm", "253:2", kname="dm-2"),
    )))]  # fmt: skip
    mounts = mounted(ROOT, ("/boot", "8:1", "ext2", "/dev/sda1"))
    files = {"/sys/block/dm-0/dm/uuid": uuid} | more.pop("files", {})
    return linux(tree, mounts, "/dev/dm-2 partition 1 0 -2\n", files=files, **more)


def said(host: FakeHost, program: str) -> Any:
    """What a program of this computer prints."""
    reply = host.commands[program]
    assert not isinstance(reply, Attempt)
    return json.loads(reply.stdout)


def outcome(host: Any) -> tuple[str, str]:
    return told(CHECK, seen(disk_encryption, host))


def test_everything_inside_luks_is_sound() -> None:
    assert outcome(laptop()) == ("pass", "encrypted")


def test_administrator_and_anybody_see_the_same() -> None:
    assert outcome(laptop(elevated=False)) == outcome(laptop(elevated=True))


@pytest.mark.parametrize("kind", ["VERITY", "INTEGRITY"])
def test_a_mapping_that_only_notices_changes_does_not_encrypt(kind: str) -> None:
    assert outcome(laptop(f"CRYPT-{kind}-0123-x")) == ("fail", "plain")


def plain(**more: Any) -> FakeHost:
    """An ordinary disk, beside a LUKS partition that nobody has opened."""
    tree = [node("sda", "disk", "8:0", BOOT, node("sda2", "part", "8:2"),
                 node("sda3", "part", "8:3", fstype="crypto_LUKS"))]  # fmt: skip
    return linux(tree, mounted(("/", "8:2", "ext4", "/dev/sda2")), **more)


def test_a_plain_root_is_weak_even_beside_a_locked_luks_partition() -> None:
    assert outcome(plain()) == ("fail", "plain")


def test_swap_outside_gives_away_what_was_in_memory() -> None:
    host = laptop()
    table = said(host, "lsblk")
    table["blockdevices"].append(node("sdb", "disk", "8:16"))
    host.commands = {"lsblk": out(json.dumps(table))}
    host.files = {**host.files, "/proc/swaps": "x\n/dev/sdb partition 1 0 -2\n"}
    found = judge(CHECK, seen(disk_encryption, host))
    assert (found.status, dict(found.values)) == ("fail", {"what": "swap"})


def test_a_closed_list_of_swap_is_no_computer_without_any() -> None:
    host = laptop()
    for path in ("/proc/swaps", "/sys/block/dm-0/dm/uuid"):
        host.files = {**laptop().files, path: Attempt.PERMISSION_DENIED}
        assert outcome(host) == ("unknown", "not_told")


def test_swap_in_compressed_memory_or_in_a_file_is_no_disk() -> None:
    host = laptop()
    host.files = {
        **host.files, "/proc/swaps": "x\n/dev/zram0 partition 1 0 5\n/swapfile file 1 0 -2\n",
    }  # fmt: skip
    assert outcome(host) == ("pass", "encrypted")


def test_a_plain_home_beside_an_encrypted_root_is_weak_but_a_stick_and_a_snap_are_not() -> None:
    host = laptop()
    table = said(host, "lsblk")
    table["blockdevices"] += [
        node("sdc", "disk", "8:32", node("sdc1", "part", "8:33"), rm=True),
        node("loop3", "loop", "7:3"),
    ]
    host.commands = {"lsblk": out(json.dumps(table))}
    aside = (("/media/stick", "8:33", "vfat", "/dev/sdc1"), ("/snap/x", "7:3", "squashfs", "l"))
    host.files = {**host.files, "/proc/self/mountinfo": mounted(ROOT, *aside)}
    assert outcome(host) == ("pass", "encrypted")
    table["blockdevices"].append(node("sdb", "disk", "8:16"))
    host.commands = {"lsblk": out(json.dumps(table))}
    host.files = {
        **host.files,
        "/proc/self/mountinfo": mounted(ROOT, ("/home", "8:16", "xfs", "/dev/sdb")),
    }
    found = judge(CHECK, seen(disk_encryption, host))
    assert (found.status, dict(found.values)) == ("fail", {"what": "/home"})


def test_a_mirror_with_one_leg_outside_luks_is_not_encrypted() -> None:
    leg = node("md0", "raid1", "9:0")
    tree = [
        node("sda", "disk", "8:0", crypt("c", "dm-0", "253:0", leg)),
        node("sdb", "disk", "8:16", leg),
    ]
    files = {"/sys/block/dm-0/dm/uuid": LUKS2}
    mounts = mounted(("/", "9:0", "ext4", "/dev/md0"))
    assert outcome(linux(tree, mounts, files=files)) == ("fail", "plain")
    assert outcome(linux(tree[:1], mounts, files=files)) == ("pass", "encrypted")


def test_btrfs_over_two_devices_is_judged_by_both() -> None:
    tree = [
        node("sda", "disk", "8:0", crypt("c", "dm-0", "253:0")),
        node("sdb", "disk", "8:16"),
    ]
    mounts = mounted(
        ("/", "0:25", "btrfs", "/dev/mapper/c"), ("/home", "0:26", "btrfs", "/dev/dm-0")
    )
    files: dict[str, Any] = {"/sys/block/dm-0/dm/uuid": LUKS2, "/sys/fs/btrfs/u/devices/dm-0": ""}
    assert outcome(linux(tree, mounts, files=files)) == ("pass", "encrypted")
    files["/sys/fs/btrfs/u/devices/sdb"] = ""
    assert outcome(linux(tree, mounts, files=files)) == ("fail", "plain")


@pytest.mark.parametrize(
    ("files", "sign"),
    [
        ({"/sys/class/dmi/id/sys_vendor": "QEMU\n"}, "sys_vendor: QEMU"),
        ({"/sys/class/dmi/id/sys_vendor": "Amazon EC2\n"}, "sys_vendor: Amazon EC2"),
        (
            {"/sys/class/dmi/id/sys_vendor": "Microsoft Corporation\n",
             "/sys/class/dmi/id/product_name": "Virtual Machine\n"},
            "product_name: Virtual Machine",
        ),
        ({"/proc/cpuinfo": "processor\t: 0\nflags\t\t: fpu hypervisor x\n"}, "cpuinfo: hypervisor"),
        ({"/proc/sys/kernel/osrelease": "5.15.0-microsoft-standard-WSL2\n"}, "kernel: WSL"),
        ({"/sys/hypervisor/type": "xen\n"}, "hypervisor: xen"),
    ],
)  # fmt: skip
def test_a_virtual_disk_may_be_encrypted_outside(files: dict[str, str], sign: str) -> None:
    found = judge(CHECK, seen(disk_encryption, plain(files=files)))
    assert (found.status, found.reason) == ("unknown", "virtual_machine")
    assert dict(found.values)["sign"] == sign


def test_a_surface_is_a_real_computer() -> None:
    files = {"/sys/class/dmi/id/sys_vendor": "Microsoft Corporation\n",
             "/sys/class/dmi/id/product_name": "Surface Laptop 4\n"}  # fmt: skip
    assert outcome(plain(files=files)) == ("fail", "plain")


def test_folders_encrypted_on_a_plain_disk_are_for_a_person_to_judge() -> None:
    assert outcome(plain(files={"/.fscrypt/policies/x": ""})) == ("unknown", "other_method")
    host = plain()
    host.files = {
        **host.files,
        "/proc/self/mountinfo": mounted(
            ("/", "8:2", "ext4", "/dev/sda2"), ("/home/a", "0:50", "ecryptfs", "/home/.e/a")
        ),
    }
    assert outcome(host) == ("unknown", "other_method")


@pytest.mark.parametrize("kind", ["zfs", "overlay", "nfs4"])
def test_a_root_that_is_no_device_of_this_computer_is_not_judged(kind: str) -> None:
    host = linux([node("sda", "disk", "8:0")], mounted(("/", "0:30", kind, "rpool/ROOT")))
    assert outcome(host) == ("unknown", "other_kind")


@pytest.mark.parametrize("said", [out(""), out("{", 0), out('{"blockdevices": []}'), out("", 1)])
def test_a_tree_that_cannot_be_read_is_unknown(said: Any) -> None:
    host = laptop()
    host.commands = {"lsblk": said}
    assert outcome(host) == ("unknown", "not_seen")


def test_a_tree_without_end_is_unknown() -> None:
    start = '{"name":"x","kname":"x","type":"disk","children":['
    host = linux([], mounted(ROOT))
    host.commands = {"lsblk": out('{"blockdevices":[' + start * 40 + "]}" * 40 + "]}")}
    assert outcome(host) == ("unknown", "not_seen")
    host.commands = {"lsblk": out('{"blockdevices":[' + start * 50_000)}
    assert outcome(host) == ("unknown", "not_seen")


def test_no_lsblk_is_unknown() -> None:
    assert outcome(FakeHost()) == ("unknown", "not_seen")
    host = laptop()
    host.commands = {"lsblk": Attempt.TIMEOUT}
    assert lift(CHECK, seen(disk_encryption, host)) == "again"


# --- Windows, constructed from documentation -------------------------------------------------


def bitlocker(shell: object, *volumes: Any, elevated: bool = False, **values: Any) -> FakeHost:
    answer = {
        "system": {"drive": "C:"}, "drives": {"drive": "C:", "protection": shell},
        "volumes": list(volumes), "AntiVirusProduct": [], "FirewallProduct": [], "defender": {},
    }  # fmt: skip
    return windows(answer, elevated=elevated, **values)


@pytest.mark.parametrize(
    ("shell", "result"),
    [
        (1, ("pass", "encrypted")), (2, ("fail", "plain")), (3, ("unknown", "encrypting")),
        (4, ("fail", "decrypting")), (5, ("unknown", "not_told")), (6, ("pass", "encrypted")),
        (None, ("unknown", "not_told")), ("1", ("unknown", "not_told")),
    ],
)  # fmt: skip
def test_what_explorer_knows_is_open_to_everybody(shell: object, result: tuple[str, str]) -> None:
    assert outcome(bitlocker(shell)) == result


def test_a_stick_is_no_disk_of_this_computer() -> None:
    plain = {"drive": "E:", "protection": 0, "conversion": 0}
    system = {"drive": "C:", "protection": 1, "conversion": 1, "kind": 0}
    answer = {
        "system": {"drive": "C:"}, "drives": {"error": "InvalidOperation", "id": "x"},
        "volumes": [system, plain | {"kind": 2}],
    }  # fmt: skip
    assert outcome(windows(answer, elevated=True)) == ("pass", "encrypted")
    answer["volumes"] = [system, plain | {"kind": 1}]
    assert outcome(windows(answer, elevated=True)) == ("fail", "plain")


@pytest.mark.parametrize(
    ("protection", "conversion", "result"),
    [
        (1, 1, ("pass", "encrypted")), (0, 0, ("fail", "plain")), (0, 1, ("fail", "suspended")),
        (1, 0, ("fail", "plain")), (0, 2, ("unknown", "encrypting")),
        (0, 3, ("fail", "decrypting")), (2, None, ("pass", "encrypted")),
        (None, None, ("unknown", "not_told")),
    ],
)  # fmt: skip
def test_the_administrator_gets_bitlockers_own_answer(
    protection: object, conversion: object, result: tuple[str, str]
) -> None:
    """A drive whose property says 1 and which is decrypted all the same: the conversion wins."""
    volume = {"drive": "C:", "protection": protection, "conversion": conversion}
    assert outcome(bitlocker(5, volume, elevated=True)) == result


def test_a_second_drive_counts_and_an_unlisted_volume_does_not() -> None:
    host = bitlocker(1)
    facts = seen(disk_encryption, host)
    assert [volume.name for volume in facts.volumes] == ["C:"]
    answer = said(host, "powershell")
    answer["drives"] = [{"drive": "C:", "protection": 1}, {"drive": "D:", "protection": 2}]
    found = judge(CHECK, seen(disk_encryption, windows(answer)))
    assert (found.status, dict(found.values)) == ("fail", {"what": "D:"})


def test_an_administrator_sees_all_volumes_where_explorer_says_nothing() -> None:
    on = {"protection": 1, "conversion": 1}
    answer = {
        "system": {"drive": "C:"}, "drives": {"error": "ResourceUnavailable", "id": "x"},
        "volumes": [on | {"drive": "C:"}, {"drive": "D:", "protection": 0, "conversion": 0}],
    }  # fmt: skip
    found = judge(CHECK, seen(disk_encryption, windows(answer, elevated=True)))
    assert (found.status, dict(found.values)) == ("fail", {"what": "D:"})


def test_a_refusal_to_a_user_asks_for_the_administrator() -> None:
    assert lift(CHECK, seen(disk_encryption, bitlocker(5))) == "administrator"


def test_windows_in_a_virtual_machine_and_with_another_product() -> None:
    bios = r"HKLM\HARDWARE\DESCRIPTION\System\BIOS"
    host = bitlocker(2, values={rf"{bios}\SystemManufacturer": "VMware, Inc."})
    assert outcome(host) == ("unknown", "virtual_machine")
    key = r"HKLM\SYSTEM\CurrentControlSet\Services\veracrypt\Start"
    assert outcome(bitlocker(2, values={key: 0})) == ("unknown", "other_method")


@pytest.mark.parametrize(
    "said", [out(""), out("エラー".encode("cp932")), out("[]"), out('{"system":{"drive":"C:"')]
)
def test_powershell_that_says_nothing_usable_is_unknown(said: Any) -> None:
    """Exit code 0 with nothing printed is what Wine's stub does."""
    assert outcome(windows(said)) == ("unknown", "not_seen")
    assert outcome(windows()) == ("unknown", "not_seen")


def test_a_block_that_failed_is_unknown() -> None:
    failed = {"error": "InvalidOperation", "id": "x"}
    assert outcome(windows({"system": {"drive": "C:"}, "drives": failed})) == (
        "unknown",
        "not_seen",
    )


# --- macOS, constructed ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("FileVault is On.\n", ("pass", "encrypted")),
        ("FileVault is Off.\n", ("fail", "plain")),
        ("FileVault is On.\nEncryption in progress: Percent completed = 40\n",
         ("unknown", "encrypting")),
        ("FileVault is Off.\nDecryption in progress: Percent completed = 4\n",
         ("fail", "decrypting")),
        ("", ("unknown", "not_seen")),
        ("FileVault est actif.\n", ("unknown", "not_seen")),
    ],
)  # fmt: skip
def test_filevault(text: str, result: tuple[str, str]) -> None:
    host = FakeHost(platform="darwin", commands={"fdesetup status": out(text)})
    assert outcome(host) == result


def test_filevault_off_on_a_deferred_mac_is_weak() -> None:
    text = "FileVault is Off.\nDeferred enablement appears to be active for user 'x'.\n"
    host = FakeHost(platform="darwin", commands={"fdesetup status": out(text)})
    facts = seen(disk_encryption, host)
    assert isinstance(facts, DiskEncryption)
    assert told(CHECK, facts) == ("fail", "plain")
