"""First answers of this pack's protocols; constructed from zgrab2's description of the answer."""

from __future__ import annotations

SAMPLES: dict[str, tuple[bytes, ...]] = {"checkpoint_topology": (b"Y\0\0\0",)}
