"""Files that a person names: whatever is no plain file is refused at once, never waited for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from posture_scan.collect.chain import read_anchors
from posture_scan.collect.local_file import open_file, read_bytes
from posture_scan.errors import IncompleteError, UsageError

ENDLESS = ("/dev/zero", "/dev/null")


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


def test_a_pipe_nobody_writes_to_does_not_hang(pipe: Path) -> None:
    with pytest.raises(IncompleteError):
        read_bytes(pipe, 100)
    with pytest.raises(UsageError):
        read_anchors(str(pipe))


def test_a_link_to_a_pipe_is_a_pipe(pipe: Path) -> None:
    link = pipe.with_name("link")
    link.symlink_to(pipe)
    with pytest.raises(IncompleteError):
        read_bytes(link, 100)


@pytest.mark.parametrize("name", ENDLESS)
def test_a_device_is_not_read(name: str) -> None:
    with pytest.raises(OSError, match=name):
        open_file(Path(name))


def test_a_folder_is_called_one(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        open_file(tmp_path)


def test_a_plain_file_and_a_link_to_it_are_read(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert read_bytes(tmp_path / "b", 3) == b"abc"
    with pytest.raises(UsageError):
        read_bytes(tmp_path / "a", 2)
