"""A mount namespace whose ``/etc`` and ``/var`` are copies: what happens there leaves no trace."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.lab.daemon import need

ROOT = Path(__file__).parents[2]
_MOUNT = """set -e
mount --make-rprivate /
mount -t tmpfs none {base}
for name in etc var; do
  mkdir -p {base}/$name-upper {base}/$name-work
  layers=lowerdir=/$name,upperdir={base}/$name-upper,workdir={base}/$name-work
  mount -t overlay none -o $layers /$name
done
"""


class Sandbox:
    """Runs shell commands, and then the collectors, on a computer that is thrown away."""

    def __init__(self, folder: Path) -> None:
        need("unshare", "mount")
        self.folder = folder
        self._base = folder / "base"
        self._base.mkdir()
        if os.geteuid() != 0 or self._run("true\n", check=False).returncode:
            pytest.skip("needs root and a kernel that permits mount namespaces with overlays")

    def look(self, preparation: str) -> dict[str, Any]:
        """Prepare with a shell script, look at it all, and return what was made of it."""
        return self.looks(preparation, 0)[0]

    def looks(self, preparation: str, *later: int) -> list[dict[str, Any]]:
        """Likewise, with one look for each number of seconds from now."""
        words = [sys.executable, "-m", "tests.lab.updates_inside", *map(str, later)]
        inside = shlex.join(words)
        script = f"{{\n{preparation}\n}} >&2 </dev/null\ncd {shlex.quote(str(ROOT))}\n{inside}\n"
        result = self._run(script, check=False)
        assert result.returncode == 0, result.stderr.decode()[-4000:]
        answer = json.loads(result.stdout)
        assert isinstance(answer, list)
        return answer

    def _run(self, script: str, *, check: bool) -> subprocess.CompletedProcess[bytes]:
        mounts = _MOUNT.format(base=shlex.quote(str(self._base)))
        return subprocess.run(
            ["unshare", "--mount", "bash", "-c", mounts + script],
            check=check, capture_output=True, stdin=subprocess.DEVNULL, timeout=170,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
