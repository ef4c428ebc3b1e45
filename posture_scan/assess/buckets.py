"""What the buckets say that a computer saves to, asked only where the customer wants it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from posture_scan.assess.machine import Surveyed
from posture_scan.engine.collect import collect_bucket
from posture_scan.errors import UsageError
from posture_scan.model.evidence import Evidence
from posture_scan.model.store import StoreAddress, store_address
from posture_scan.sdk import ObjectStore


def parse_bucket(text: str) -> StoreAddress:
    """Read the address of a bucket to ask.

    Raises:
        UsageError: ``object_lock.form``; what was written is not repeated, as it may hold a key.
    """
    address = store_address(text)
    if address is None:
        raise UsageError("object_lock.form")
    return address


def ask_buckets(
    surveyed: Surveyed,
    addresses: Sequence[StoreAddress],
    *,
    now: datetime,
    store: Callable[[StoreAddress], ObjectStore] | None = None,
) -> tuple[Surveyed, tuple[Evidence, ...]]:
    """Add what the buckets say to a survey; nothing in them is changed.

    Args:
        surveyed: the computer.
        addresses: the buckets the customer asked to have looked at.
        now: the moment of the survey.
        store: opens a bucket; S3 unless a test says otherwise.

    Returns the survey with the buckets' records, and these records by themselves.
    """
    from posture_scan.collect.object_store import S3Store

    opened = [(store or S3Store)(address) for address in addresses]
    records = tuple(
        record
        for bucket in opened
        for record in collect_bucket(surveyed.packs, bucket, surveyed.asset, now)
    )
    return replace(surveyed, evidence=(*surveyed.evidence, *records)), records
