"""What holds for every test: hypothesis judges results, never the time a machine took."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("posture_scan", deadline=None)
settings.load_profile("posture_scan")
