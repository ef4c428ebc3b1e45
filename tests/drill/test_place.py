"""What is said of a repository's address, and what is left out."""

from __future__ import annotations

import pytest

from posture_scan.drill.place import classify, without_secrets


@pytest.mark.parametrize(
    ("address", "place", "shown"),
    [
        ("/srv/repo", "unknown", "/srv/repo"),
        ("file:///srv/repo", "unknown", "file:///srv/repo"),
        ("ssh://backup@nas.example:22/./repo", "other_host", "ssh://nas.example:22/./repo"),
        ("sftp:backup@nas.example:/repo", "other_host", "sftp:nas.example:/repo"),
        ("sftp://backup@127.0.0.1/repo", "same_host", "sftp://127.0.0.1/repo"),
        ("rest:https://u:p@nas.example:8000/r", "rest_server", "rest:https://nas.example:8000/r"),
        ("rest:http://localhost:8000/", "same_host", "rest:http://localhost:8000/"),
        ("s3:s3.example/bucket", "object_storage", "s3:s3.example/bucket"),
        ("s3:https://s3.example/b?key=k", "object_storage", "s3:https://s3.example/b"),
        ("rclone:drive:x", "unknown", "rclone:drive:x"),
        ("backup@nas:repo", "unknown", "nas:repo"),
        ("", "unknown", ""),
    ],
)
def test_addresses(address: str, place: str, shown: str) -> None:
    assert (classify(address), without_secrets(address)) == (place, shown)
