"""Facts that bring out every reason the checks of this pack can give, for their sentences."""

from __future__ import annotations

from posture_scan.checks.cloud_identity.tenant_facts import Standing, TenantUsers

from posture_scan.sdk import Facts

LEVELS = (
    Standing(0), Standing(3, 3), Standing(3, 1, capable=2), Standing(3, capable=0, registered=3),
    Standing(3, capable=1), Standing(3, capable=3), Standing(3, registered=3, enforced=3),
    Standing(3, registered=3, enforced=1), Standing(3, registered=1, enforced=3),
    Standing(3, enforced=3, asked=0), Standing(3, enforced=1, asked=2),
    Standing(3, enforced=1, asked=1),
)  # fmt: skip


def tenant(
    everyone: Standing, admins: Standing | None = None, *, whole: bool = True
) -> TenantUsers:
    return TenantUsers("microsoft365", "0" * 64, everyone, admins, 1, 2, 1, whole)


FACTS: tuple[Facts, ...] = (
    *(tenant(level) for level in LEVELS),
    *(tenant(level, level) for level in LEVELS),
    tenant(Standing(3, capable=3), whole=False),
    tenant(Standing(3, capable=3), Standing(1, capable=1), whole=False),
)
