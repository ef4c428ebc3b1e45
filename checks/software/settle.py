"""Names the look at the server itself that settles what no banner shows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from posture_scan.checks.software.recognise import NO_DISTRIBUTION, Software

from posture_scan.sdk import Home, ProductData, is_rpm

_ALL: Final = {"dpkg": "dpkg-query -W", "rpm": "rpm -qa"}
_ONE: Final = {"dpkg": "dpkg-query -W {package}", "rpm": "rpm -q {package}"}


def command(software: Software, homes: Iterable[Home], data: ProductData) -> str:
    """Return the command that shows the package's revision, for every family it may come from."""
    known = data.product(software.product)
    packages = known.packages if known else {}
    kinds = sorted({"rpm" if is_rpm(name) else "dpkg" for name in _families(software, homes)})
    return " / ".join(
        _ONE[kind].format(package=packages[kind]) if kind in packages else _ALL[kind]
        for kind in kinds
    )


def _families(software: Software, homes: Iterable[Home]) -> set[str]:
    if software.distribution and software.distribution not in NO_DISTRIBUTION:
        return {software.distribution}
    return {home.distribution for home in homes} or {"debian", "rhel"}
