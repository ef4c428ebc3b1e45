"""Device exports that bring out every reason of the checks on them, for their sentences."""

from __future__ import annotations

from posture_scan.checks.edge_device.device_facts import DeviceExport, Setting


def export(product: str, version: str, **states: str) -> DeviceExport:
    """An export with settings such as ``pptp="on"`` or ``admin_ssh="on!"`` (outside)."""
    settings = tuple(
        Setting(name, state.rstrip("!"), outside=state.endswith("!"))
        for name, state in states.items()
    )
    return DeviceExport("maker", product, "Device", version, "0" * 64, settings=settings)


EXPORTS = (
    export("fortios", "7.6.6", pptp="off", admin_https="off"),
    export("fortios", "7.2.1", pptp="on", admin_https="on!", admin_ssh="on!"),
    export("fortios", "99.1", pptp="unclear", admin_ssh="unclear"),
    export("fortios", ""),
    export("pan-os", "10.2.0"),
    export("sonicos", "7.0.1-5035"),
    export("cisco-asa", "9.16(4)"),
    export("cisco-ios-xe", "17.15.4"),
    export("cisco-ios", "15.4(3)M2"),
    export("yamaha-rtx", "14.01.42"),
    export("netscaler-adc", "14.1-47.45"),
    export("checkpoint-gaia", "R82.10 JHF30"),
    export("routeros", "6.42.1"),
    # No border device has paid support in the data: any product that does fills the sentence.
    export("openssl", "3.0.1"),
)
