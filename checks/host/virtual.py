"""Whether this computer is a virtual machine, and which sign says so.

A disk of a virtual machine may be encrypted by whoever runs it, which nothing inside can see.
"""

from __future__ import annotations

from typing import Final

from posture_scan.sdk import Look

_MAKERS: Final = (
    "qemu", "vmware", "innotek", "xen", "amazon ec2", "google compute", "microsoft corporation",
    "parallels", "openstack", "digitalocean", "alibaba cloud", "nutanix", "bochs", "red hat",
    "hetzner", "vultr", "scaleway", "bhyve", "ovirt", "sakura internet",
)  # fmt: skip
"""Starts or parts of the firmware's maker, in lower case, as clouds and hypervisors set it."""

_PRODUCTS: Final = ("virtual", "kvm", "bochs", "hvm domu", "rhev", "bhyve", "ovirt", "openstack")
_ALSO_REAL: Final = frozenset({"microsoft corporation", "red hat", "google"})
"""Makers of real computers too (Surface): these count only with a product that says so."""

_FIRMWARE: Final = r"HKLM\HARDWARE\DESCRIPTION\System\BIOS"
_MOST: Final = 65_536


def virtual_by(look: Look) -> str:
    """Return the sign, such as ``sys_vendor: QEMU``; empty where there is none."""
    if look.host.platform == "windows":
        maker = look.value(_FIRMWARE, "SystemManufacturer", hides="virtual")
        product = look.value(_FIRMWARE, "SystemProductName", hides="virtual")
        return _by_firmware(str(maker or ""), str(product or ""))
    if look.host.platform != "linux":
        return ""
    firmware = "/sys/class/dmi/id"
    said = (_line(look, f"{firmware}/sys_vendor"), _line(look, f"{firmware}/product_name"))
    return _by_firmware(*said) or _by_kernel(look)


def _by_firmware(maker: str, product: str) -> str:
    low_maker, low_product = maker.strip().lower(), product.strip().lower()
    if any(word in low_product for word in _PRODUCTS):
        return f"product_name: {product.strip()[:60]}"
    known = any(word in low_maker for word in _MAKERS)
    if known and not any(word in low_maker for word in _ALSO_REAL):
        return f"sys_vendor: {maker.strip()[:60]}"
    return ""


def _by_kernel(look: Look) -> str:
    """Ask the kernel where there is no firmware table: containers of clouds, WSL, small VMs."""
    if "microsoft" in _line(look, "/proc/sys/kernel/osrelease").lower():
        return "kernel: WSL"
    if _line(look, "/sys/hypervisor/type"):
        return f"hypervisor: {_line(look, '/sys/hypervisor/type')[:60]}"
    processor = look.text("/proc/cpuinfo", hides="virtual", limit=16 * _MOST) or ""
    for line in processor.splitlines():
        name, _, flags = line.partition(":")
        if name.strip() in ("flags", "Features"):
            return "cpuinfo: hypervisor" if "hypervisor" in flags.split() else ""
    return ""


def _line(look: Look, path: str) -> str:
    return (look.text(path, hides="virtual", limit=_MOST) or "").strip()
