"""Where a copy is, by its address or by the disk below it; never with a password."""

from __future__ import annotations

import json

import pytest
from posture_scan.checks.backup.destination import (
    Mount,
    classify_path,
    classify_url,
    is_here,
    parse_disks,
    parse_mount,
)
from posture_scan.checks.backup.facts import Place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("ssh://backup@nas.example.test:2222/./r", Place.OTHER_HOST),
        ("sftp:yuki@nas:/r", Place.OTHER_HOST),
        ("sftp://nas//r", Place.OTHER_HOST),
        ("yuki@nas:/r", Place.OTHER_HOST),
        ("rest:https://u:p@host/r", Place.REST_SERVER),
        ("s3:s3.amazonaws.com/b", Place.OBJECT_STORAGE),
        ("b2:bucket:p", Place.OBJECT_STORAGE),
        ("azure:c:/", Place.OBJECT_STORAGE),
        ("gs:b:/", Place.OBJECT_STORAGE),
        ("\\\\nas\\backup", Place.NETWORK_SHARE),
        ("smb://nas/tm", Place.NETWORK_SHARE),
        ("sftp:root@localhost:/r", Place.SAME_HOST),
        ("ssh://127.0.0.1/r", Place.SAME_HOST),
        ("rest:http://pc-1.example.test:8000/", Place.SAME_HOST),
        ("rclone:gdrive:b", Place.CLOUD_DRIVE),
        ("store:bucket", Place.OBJECT_STORAGE),
        ("rclone:who:b", Place.UNKNOWN),
        ("newscheme:x", Place.OTHER_HOST),
        ("boto3+s3://bucket/b", Place.OBJECT_STORAGE),
        ("onedrive://b", Place.CLOUD_DRIVE),
        ("pexpect+sftp://yuki@nas/b", Place.OTHER_HOST),
        ("rclone://gdrive:b", Place.CLOUD_DRIVE),
        ("/srv/r", None),
        ("D:\\Backup", None),
        ("file:///srv/r", None),
        ("relative/path", None),
    ],
)
def test_addresses(text: str, place: Place | None) -> None:
    remotes = {"gdrive": "drive", "store": "s3"}
    assert classify_url(text, ("pc-1",), remotes) is place


@pytest.mark.parametrize(
    "host",
    ["localhost", "LocalHost.", "localhost.localdomain", "127.0.0.1", "127.1", "[::1]", "0.0.0.0",
     "pc-1", "PC-1.example.test"],
)  # fmt: skip
def test_a_copy_on_this_very_computer_is_no_second_computer(host: str) -> None:
    assert is_here(host, ("pc-1",))
    for address in (f"ssh://u@{host}:22/r", f"rest:http://{host}/r"):
        assert classify_url(address, ("pc-1",)) is Place.SAME_HOST


@pytest.mark.parametrize("host", ["", "nas", "127.example", "localhost.example", "pc-10", "::2"])
def test_another_name_is_another_computer(host: str) -> None:
    assert not is_here(host, ("pc-1",))


LSBLK = json.dumps({"blockdevices": [
    {"name": "sda", "type": "disk", "tran": "sata", "rm": False, "children": [
        {"name": "sda1", "type": "part"},
        {"name": "sda2", "type": "part", "children": [{"name": "vg-home", "type": "lvm"}]}]},
    {"name": "sdb", "type": "disk", "tran": "sata", "rm": False},
    {"name": "sdc", "type": "disk", "tran": "usb", "rm": False, "children": [
        {"name": "sdc1", "type": "part"}]},
]}).encode()  # fmt: skip
HOME = Mount("/dev/mapper/vg-home", "ext4")


@pytest.mark.parametrize(
    ("mount", "place"),
    [
        (Mount("/dev/sda1", "ext4"), Place.SAME_DISK),
        (Mount("/dev/mapper/vg-home[/@snap]", "btrfs"), Place.SAME_DISK),
        (Mount("/dev/sdb", "xfs"), Place.OTHER_DISK),
        (Mount("/dev/sdc1", "exfat"), Place.REMOVABLE),
        (Mount("nas:/export", "nfs4"), Place.MOUNTED_SHARE),
        (Mount("//nas/b", "cifs"), Place.MOUNTED_SHARE),
        (Mount("overlay", "overlay"), Place.UNKNOWN),
        (None, Place.UNKNOWN),
    ],
)
def test_disks(mount: Mount | None, place: Place) -> None:
    assert classify_path(mount, HOME, parse_disks(LSBLK)) is place


def test_without_the_sources_disk_another_disk_is_not_known() -> None:
    assert classify_path(Mount("/dev/sdb", "xfs"), None, parse_disks(LSBLK)) is Place.UNKNOWN


@pytest.mark.parametrize("data", [b"", b"x", b"[]", b'{"blockdevices": 1}', b'{"filesystems": []}'])
def test_output_that_cannot_be_read_is_nothing(data: bytes) -> None:
    assert parse_disks(data) == {}
    assert parse_mount(data) is None


def test_the_mount_that_findmnt_names() -> None:
    text = b'{"filesystems":[{"target":"/","source":"/dev/vda","fstype":"ext4"}]}'
    assert parse_mount(text) == Mount("/dev/vda", "ext4")
