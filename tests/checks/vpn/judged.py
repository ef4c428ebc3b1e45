"""Facts that bring out every reason the checks of this pack can give, for their sentences."""

from __future__ import annotations

from posture_scan.sdk import Facts, ServiceSeen

FACTS: tuple[Facts, ...] = (ServiceSeen("x", tls=False, greeting=b"", recognised_by="answer"),)
