"""One product that protects against malware, and how much is known of its health."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Proof(StrEnum):
    """What is known of a product."""

    STATE = "state"
    """It, or the system, says what it does now."""
    PRESENCE = "presence"
    """It runs. Whether it may act, and what it found, only its console knows."""
    BUILT_IN = "built_in"
    """Part of the system, without a switch: it knows malware that was seen before."""


@dataclass(frozen=True)
class Agent:
    """A product; a value that is None is not known."""

    name: str
    proof: Proof
    on: bool | None = None
    """Whether it watches everything that is opened or started, now."""
    current: bool | None = None
    """Whether its own maker or the system calls its definitions up to date."""
    age_days: int | None = None
    """Days since its definitions were made or arrived."""
