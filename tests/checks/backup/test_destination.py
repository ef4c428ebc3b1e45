"""Where a copy is, by its address or by the disk below it; never with a password."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posture_scan.checks.backup.destination import (
    Mount,
    classify_path,
    classify_url,
    parse_disks,
    parse_mount,
    redacted,
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
    ("text", "clean"),
    [
        ("ssh://backup@nas:2222/./r", "ssh://nas:2222/./r"),
        ("sftp:yuki@nas:/r", "sftp:nas:/r"),
        ("rest:https://u:p@host/r", "rest:https://host/r"),
        ("sftp://u:p@ss@host/r", "sftp://host/r"),
        ("yuki@nas:/r", "nas:/r"),
        ("s3:https://h/b?access_key=AAA&x=1", "s3:https://h/b?access_key=&x=1"),
        ("smb://yuki;pw@nas/tm", "smb://nas/tm"),
        ("/srv/a@b", "/srv/a@b"),
    ],
)
def test_names_and_passwords_are_taken_out(text: str, clean: str) -> None:
    assert redacted(text) == clean


@given(st.text("abc:@", min_size=1, max_size=8).filter(lambda s: "@" not in s.rstrip("@")))
def test_no_userinfo_of_a_url_survives(secret: str) -> None:
    assert "@" not in redacted(f"sftp://{secret.rstrip('@') or 'x'}@nas/r")


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
