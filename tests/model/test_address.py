"""Addresses are kept without what would let somebody in, whatever stands in a password."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posture_scan.sdk import redacted_address


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("ssh://backup@nas:2222/./r", "ssh://nas:2222/./r"),
        ("sftp:yuki@nas:/r", "sftp:nas:/r"),
        ("sftp:yuki@nas/r", "sftp:nas/r"),
        ("rest:https://u:p@host:8000/r", "rest:https://host:8000/r"),
        ("sftp://u:p@ss@host/r", "sftp://host/r"),
        ("ftp://u:two words@host/r", "ftp://host/r"),
        ("ftp://u:sl/ash@host/r", "ftp://host/r"),
        ("rest:http://nas:8000/a@b", "rest:http://nas:8000/a@b"),
        ("rest:http://[::1]:8000/a@b", "rest:http://[::1]:8000/a@b"),
        ("yuki@nas:/r", "nas:/r"),
        ("yuki:pw@nas::module", "nas::module"),
        ("s3:https://h/b?access_key=AAA&x=1", "s3:https://h/b"),
        ("smb://yuki;pw@nas/tm", "smb://nas/tm"),
        ("//nas/tm;password=pw", "//nas/tm;password="),
        (":s3,provider=AWS,secret_access_key=AAA:bucket/x", ":s3"),
        ('rclone::sftp,host=nas,pass="a:b":x', "rclone::sftp"),
        ("rclone:drive:x", "rclone:drive:x"),
        ("s3:s3.example/bucket", "s3:s3.example/bucket"),
        ("file:///srv/repo", "file:///srv/repo"),
        ("/srv/a@b", "/srv/a@b"),
        ("D:\\Backup", "D:\\Backup"),
        ("", ""),
    ],
)
def test_names_and_passwords_are_taken_out(text: str, clean: str) -> None:
    assert redacted_address(text) == clean
    assert redacted_address(clean) == clean


SECRET = st.text("ab:@/ ;?", max_size=6)


@given(SECRET, SECRET, st.sampled_from(["sftp://u:{}@nas/r", "rest:https://u:{}@nas:8000/r"]))
def test_no_password_of_a_url_survives(before: str, after: str, form: str) -> None:
    assert "HUNTER2" not in redacted_address(form.format(f"{before}HUNTER2{after}"))
