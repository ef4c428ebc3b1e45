"""Facts that bring out every reason the checks of this pack can give, for their sentences."""

from __future__ import annotations

from posture_scan.checks.exposure.collect_admin_panel import AdminPage
from posture_scan.checks.exposure.collect_docker import DockerAnswer
from posture_scan.checks.exposure.collect_ftp import FtpGreeting
from posture_scan.checks.exposure.collect_kubernetes import KubernetesAnswer
from posture_scan.checks.exposure.collect_management import ManagementFace
from posture_scan.checks.exposure.collect_smb import SmbNegotiation

from posture_scan.sdk import Facts, ServiceSeen

FACTS: tuple[Facts, ...] = (
    ServiceSeen("x", tls=False, greeting=b"", recognised_by="answer"),
    *(SmbNegotiation(state, 0x0302) for state in ("accepted", "refused", "timeout")),
    SmbNegotiation("refused", 0x0311, signing_required=True), SmbNegotiation("timeout"),
    *(FtpGreeting(code) for code in (234, 500, 431)),
    FtpGreeting(0, tls_from_the_start=True),
    *(DockerAnswer(found, "24") for found in (True, False)),
    *(KubernetesAnswer("api", access, "v1.30.2") for access in ("open", "refused", "unseen")),
    KubernetesAnswer(),
    ManagementFace(), ManagementFace("veeam", "Veeam"), ManagementFace(asked=False),
    AdminPage(), AdminPage("x", "X"), AdminPage(complete=False), AdminPage(suspected="X"),
)  # fmt: skip
