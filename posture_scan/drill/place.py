"""What is said of a repository: its address without secrets, and where that is if it says so."""

from __future__ import annotations

import re
from typing import Final

from posture_scan.errors import UsageError

_PASSWORD: Final = re.compile(r"://[^/@\s:]*:[^/@\s]+@|[?&;][a-z_-]*(?:key|secret|token|password)=",
                              re.IGNORECASE)  # fmt: skip
_USER: Final = re.compile(r"(?<=://)[^/@\s]+@|^[^@/:\s]+@(?=[^/:\s]+:)|(?<=^sftp:)[^@/\s]+@")
_SCHEME: Final = re.compile(r"([a-z0-9+]{2,20}):", re.IGNORECASE)
_OWN: Final = re.compile(r"(?:localhost|127(?:\.\d+){3}|\[?::1\]?)(?=[:/]|$)")
_CLASSES: Final = {
    "ssh": "other_host", "sftp": "other_host", "scp": "other_host", "rsync": "other_host",
    "ftp": "other_host", "ftps": "other_host", "rest": "rest_server", "s3": "object_storage",
    "b2": "object_storage", "azure": "object_storage", "gs": "object_storage",
    "swift": "object_storage", "boto3+s3": "object_storage",
}  # fmt: skip
"""The names that the survey of a computer gives to destinations."""


def refuse_password(repository: str) -> None:
    """Refuse an address with a password in it: command lines are seen by every user.

    Raises:
        UsageError: ``drill.password_in_address``.
    """
    if _PASSWORD.search(repository):
        raise UsageError("drill.password_in_address")


def without_secrets(repository: str) -> str:
    """Return an address without user name, password and keys."""
    clean = _USER.sub("", repository)
    return re.sub(r"[?;&][^/]*$", "", clean)[:300]


def classify(repository: str) -> str:
    """Return the class that the address itself shows; a path or anything new is ``unknown``."""
    address = without_secrets(repository)
    found = _SCHEME.match(address)
    place = _CLASSES.get(found[1].lower(), "unknown") if found else "unknown"
    host = re.sub(r"^[^:]+:(?://)?", "", address) if found else ""
    host = re.sub(r"^https?://", "", host)
    return "same_host" if place != "unknown" and _OWN.match(host) else place
