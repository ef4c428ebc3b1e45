"""Object storage as a collector sees it: an address, and questions that change nothing.

``collect/object_store.py`` implements them for S3; tests implement them again as fakes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

_FORM: Final = re.compile(
    r"(?:boto3\+)?s3:(?:(?P<scheme>https?)://|(?P<plain>//)|)"
    r"(?P<first>[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?P<port>:\d{1,5})?"
    r"(?:/(?P<rest>[^\x00-\x1f\x7f]{0,1200}))?"
)
_BUCKET: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,254}")
_AWS: Final = re.compile(r"s3(?:[.-][a-z0-9-]+)*\.amazonaws\.com")
_AMAZON: Final = "amazonaws.com"
_PORTS: Final = {"https": "443", "http": "80"}


@dataclass(frozen=True)
class StoreAddress:
    """A place in object storage: where it is asked, the bucket, and the folder in it."""

    endpoint: str
    """``https://host[:port]``; empty for Amazon's own of the configured region."""
    bucket: str
    prefix: str = ""
    """Without slashes at its ends."""

    @property
    def place(self) -> tuple[str, str, str]:
        """What two spellings of the same place have in common."""
        scheme, _, authority = self.endpoint.partition("://")
        authority = authority.lower().removesuffix(f":{_PORTS.get(scheme, '')}")
        if not authority or _AWS.fullmatch(authority):
            authority = _AMAZON
        return authority, self.bucket, self.prefix

    def __str__(self) -> str:
        where = f"s3:{self.endpoint}" if self.endpoint else "s3:/"
        return "/".join(part for part in (where, self.bucket, self.prefix) if part)


def store_address(text: str) -> StoreAddress | None:
    """Read an address as engines write it; None for what is none, or holds a user name.

    ``s3:https://endpoint/bucket/prefix`` and ``s3:endpoint/bucket/prefix`` (restic),
    ``s3://bucket/prefix`` and ``boto3+s3://bucket/prefix`` (Amazon itself).
    """
    found = _FORM.fullmatch(text.strip())
    if found is None:
        return None
    first, rest = found["first"], found["rest"] or ""
    if found["plain"] and not found["port"] and not _AWS.fullmatch(first.lower()):
        endpoint, bucket, prefix = "", first, rest
    else:
        endpoint = f"{found['scheme'] or 'https'}://{first}{found['port'] or ''}"
        bucket, _, prefix = rest.partition("/")
    if not _BUCKET.fullmatch(bucket):
        return None
    return StoreAddress(endpoint, bucket, prefix.strip("/"))


@dataclass(frozen=True)
class LockRule:
    """What a bucket says of object lock, and of what it does for new objects by itself."""

    enabled: bool
    mode: str = ""
    """``COMPLIANCE`` or ``GOVERNANCE``; empty without a default rule."""
    days: int = 0


@dataclass(frozen=True)
class StoredObject:
    """One object of a listing."""

    key: str
    modified: datetime


@dataclass(frozen=True)
class Listing:
    """The current objects below a prefix; ``whole`` is false where there are more."""

    objects: tuple[StoredObject, ...]
    whole: bool


@dataclass(frozen=True)
class Retention:
    """Until when one object can be neither deleted nor overwritten; no mode: it can."""

    mode: str = ""
    until: datetime | None = None
    legal_hold: bool = False
    """Locked without a date, until somebody with the right for it takes the hold off."""


class ObjectStore(Protocol):
    """The only way to a bucket: read-only questions to the one address that was named.

    Every method raises AttemptError: permission_denied (detail: the right that is missing, such
    as ``s3:ListBucket``, or what is wrong with the key), tool_missing (``boto3``,
    ``credentials``), timeout, refused, unresolved, out_of_scope (it points elsewhere),
    limit_reached, protocol_mismatch.
    """

    address: StoreAddress

    def lock_rule(self) -> LockRule:
        """Ask for the bucket's object lock."""

    def versioning(self) -> str:
        """Return ``Enabled``, ``Suspended`` or, where it never was on, an empty string."""

    def listed(self, prefix: str) -> Listing:
        """List the current objects whose keys begin with the prefix, a bounded number."""

    def retention(self, key: str) -> Retention:
        """Ask for one object's lock; only a confirmed absence is returned as no mode."""
