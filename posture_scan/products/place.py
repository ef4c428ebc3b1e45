"""Where product data lives, and which of two files counts: the newer good one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

from posture_scan.collect.local_file import read_bytes
from posture_scan.errors import PostureError, UsageError
from posture_scan.model.product import ProductData
from posture_scan.products.read import LIMIT, read

NAME: Final = "product_data.json"
VARIABLE: Final = "POSTURE_SCAN_DATA"
"""Environment variable that names the file to use, as ``--data`` does."""


@dataclass(frozen=True)
class Chosen:
    """The data to judge by, and why a newer-looking file was passed over, if one was."""

    data: ProductData
    path: Path | None = None
    """The file it was read from; None for the one that ships with the program."""
    passed_over: PostureError | None = None


def builtin_bytes() -> bytes:
    """Return the file that ships with the program."""
    return resources.files(__package__).joinpath(NAME).read_bytes()


@cache
def builtin() -> ProductData:
    """Return the data that ships with the program."""
    return read(builtin_bytes(), NAME, "builtin")


def user_file(environment: Mapping[str, str], system: str) -> Path:
    """Return where an updated or imported file lives for this user.

    ``%LOCALAPPDATA%`` on Windows, ``$XDG_DATA_HOME`` (XDG Base Directory 0.8) elsewhere.
    """
    if system == "win32":
        base = environment.get("LOCALAPPDATA") or "~/AppData/Local"
    else:
        base = environment.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(base).expanduser() / "posture-scan" / NAME


def choose(
    named: Path | None, environment: Mapping[str, str], system: str, today: date | None = None
) -> Chosen:
    """Return the data to judge by: the named file, or the newer of the user's and ours.

    A broken file of the user is passed over, and the reason is handed back to be said. So is
    one dated after ``today``: it would stay the newest for ever, and its silence would count.

    Raises:
        PostureError: when the file that somebody named cannot be used.
    """
    wanted = named or (Path(environment[VARIABLE]) if environment.get(VARIABLE) else None)
    if wanted is not None:
        return Chosen(_read(wanted, "file", today), wanted)
    path = user_file(environment, system)
    if not path.exists():
        return Chosen(builtin())
    try:
        mine = _read(path, "user", today)
    except PostureError as error:
        return Chosen(builtin(), passed_over=error)
    return Chosen(mine, path) if age_order(mine) > age_order(builtin()) else Chosen(builtin())


def _read(path: Path, origin: str, today: date | None) -> ProductData:
    data = read(read_bytes(path, LIMIT), str(path), origin)
    newest = max(data.as_of, data.exploited_as_of)
    if today is not None and newest > today + timedelta(days=1):
        raise UsageError("products.file_future", path=str(path), got=newest)
    return data


def matching(
    sha256: str, named: Path | None, environment: Mapping[str, str], system: str
) -> ProductData:
    """Return the data with this digest if it is at hand, else the data to judge by.

    Raises:
        PostureError: when the file that somebody named cannot be used.
    """
    chosen = choose(named, environment, system).data
    return builtin() if chosen.sha256 != sha256 == builtin().sha256 else chosen


def age_order(data: ProductData) -> tuple[str, str]:
    """Return what orders two files: the list of exploited flaws first, it ages faster."""
    return data.exploited_as_of.isoformat(), data.as_of.isoformat()
