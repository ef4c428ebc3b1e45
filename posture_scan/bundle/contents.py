"""Which of the program's files a bundle needs: found by following its imports, not by a list."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from posture_scan.engine.pack_set import Pack, PackSet
from posture_scan.engine.source import pack_files
from posture_scan.errors import InternalError
from posture_scan.model.evidence import Machine

ROOT: Final = "posture_scan"
START: Final = "posture_scan.bundle.start"
CHECKS: Final = "posture_scan.checks"
_WORDS: Final = "posture_scan.text"


def files(packs: PackSet) -> dict[str, bytes]:
    """Return every file a bundle's program consists of, by its path inside the bundle."""
    found = dict(map(_inside, sorted(_modules())))
    words = _folder(_WORDS)
    found |= {
        f"posture_scan/text/{path.name}": path.read_bytes() for path in sorted(words.glob("*.toml"))
    }
    checks = _folder(CHECKS)
    found |= {f"posture_scan/checks/{path.name}": path.read_bytes() for path in checks.glob("*.py")}
    for pack in host_packs(packs):
        folder = checks / pack.name
        for path in pack_files(folder):
            inside = f"posture_scan/checks/{pack.name}/{path.relative_to(folder).as_posix()}"
            found[inside] = path.read_bytes()
    return found


def host_packs(packs: PackSet) -> tuple[Pack, ...]:
    """Return the built-in packs that look at the computer itself."""
    return tuple(
        pack
        for pack in packs.packs
        if pack.origin == "built in" and any(isinstance(c.on, Machine) for c in pack.collectors)
    )


def _modules() -> set[str]:
    """Follow every import of the program's own modules, wherever in a module it stands."""
    known: set[str] = set()
    waiting = [START]
    while waiting:
        name = waiting.pop()
        if name in known:
            continue
        known.add(name)
        parent = name.rpartition(".")[0]
        waiting += [parent] if parent else []
        waiting += [item for item in _imports(name) if item.split(".")[0] == ROOT]
    return {name for name in known if not name.startswith(CHECKS)}


def _imports(name: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(_source(name).read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module
            for alias in node.names:  # "from package import module" names a module, too
                inside = f"{node.module}.{alias.name}"
                if node.module.split(".")[0] == ROOT and _is_module(inside):
                    yield inside


def _is_module(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ImportError:  # the module it would stand in is no package, or not for this platform
        return False


def _inside(module: str) -> tuple[str, bytes]:
    """Return where a module's file stands inside the bundle, and what is in it."""
    path = _source(module)
    package = "/__init__" if path.name == "__init__.py" else ""
    return f"{module.replace('.', '/')}{package}.py", path.read_bytes()


def _source(name: str) -> Path:
    """Return a module's file without importing it: some are for another platform only."""
    package, _, last = name.rpartition(".")
    if not package:
        return _folder(name) / "__init__.py"
    folder = _folder(package)
    for path in (folder / f"{last}.py", folder / last / "__init__.py"):
        if path.is_file():
            return path
    raise InternalError("internal", kind="bundle", detail=name)


def _folder(package: str) -> Path:
    spec = find_spec(package)
    places = list(spec.submodule_search_locations or ()) if spec else []
    if not places:
        raise InternalError("internal", kind="bundle", detail=package)
    return Path(places[0])
