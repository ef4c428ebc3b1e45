"""Facts that bring out every reason the checks of this pack can give, for their sentences."""

from __future__ import annotations

from posture_scan.checks.database.answer import DatabaseAnswer

from posture_scan.sdk import Facts

FACTS: tuple[Facts, ...] = (
    *(DatabaseAnswer(p, a) for p in ("", "redis") for a in ("open", "password", "unseen")),
    DatabaseAnswer("redis", "protected"),
    *(DatabaseAnswer("postgresql", tls=tls) for tls in ("offered", "required", "none")),
    DatabaseAnswer("mysql", host_refused=True),
)
