"""The plugin door: built-in packs, other distributions' and folders' all come in the same way."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Final

from posture_scan import __version__
from posture_scan.collect.never_request import refuse_message
from posture_scan.engine.pack_set import LoadedCheck, Pack, PackProblem, PackSet
from posture_scan.engine.source import contents, digest, forbidden_import
from posture_scan.engine.words import CheckMeta, WordsError, read_subject
from posture_scan.model.evidence import Facts
from posture_scan.sdk import AttemptError, Check, Collector, ProtocolSpec

BUILT_IN: Final = "built in"
ENTRY_POINTS: Final = "posture_scan.checks"
LOCAL: Final = "posture_scan_local"


def load_packs(folders: Sequence[Path] = ()) -> PackSet:
    """Load the built-in packs, those of installed distributions and those in ``folders``.

    Never raises for a bad pack: what could not be used is listed in ``problems``. On a
    collision of ids the pack loaded first wins, and built-in packs are loaded first.
    """
    packs: list[Pack] = []
    problems: list[PackProblem] = []
    for source in _sources(folders):
        loaded = _load(source, taken={pack.name for pack in packs})
        if isinstance(loaded, PackProblem):
            problems.append(loaded)
            continue
        kept, collisions = _without_collisions(loaded, packs)
        packs.append(kept)
        problems.extend(collisions)
    return PackSet(tuple(packs), tuple(problems))


@dataclass(frozen=True)
class _Source:
    """Where a pack comes from, before anything of it is run."""

    name: str
    origin: str
    version: str
    folder: Path
    package: str


def _sources(folders: Sequence[Path]) -> Iterator[_Source]:
    base = importlib.import_module("posture_scan.checks")
    for folder in _pack_folders(Path(next(iter(base.__path__)))):
        package = f"posture_scan.checks.{folder.name}"
        yield _Source(folder.name, BUILT_IN, __version__, folder, package)
    yield from _installed()
    for place in folders:
        found = [place] if any(place.glob("*.py")) else _pack_folders(place)
        for folder in found:
            yield _Source(folder.name, str(place), "", folder, f"{LOCAL}.{folder.name}")


def _pack_folders(base: Path) -> list[Path]:
    return sorted(
        path for path in base.iterdir()
        if path.is_dir() and path.name.isidentifier() and any(path.glob("*.py"))
    )  # fmt: skip


def _installed() -> Iterator[_Source]:
    from importlib.metadata import entry_points

    for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda item: item.name):
        spec = importlib.util.find_spec(point.value)
        places = list(spec.submodule_search_locations or ()) if spec else []
        owner = point.dist
        origin = f"{owner.name} {owner.version}" if owner else "unknown"
        folder = Path(places[0]) if places else Path(point.value)
        yield _Source(point.name, origin, owner.version if owner else "", folder, point.value)


def _load(source: _Source, taken: set[str]) -> Pack | PackProblem:
    def problem(reason: str, detail: str) -> PackProblem:
        return PackProblem(source.name, source.origin, reason, detail, mark)

    mark = ""
    try:
        files = contents(source.folder)
        mark = digest(files)
        if source.name in taken:
            return problem("collision", f"pack {source.name}")
        bad = forbidden_import(files)
        if bad:
            return problem("forbidden_import", bad)
        pack = _collect(source, mark, _import_all(source.folder, source.package))
        never = _never_sent(pack)
        return problem("never_request", never) if never else pack
    except WordsError as error:
        return problem("words", str(error))
    except Exception as error:  # noqa: BLE001 -- a pack may fail in any way while importing
        return problem("import_failed", f"{type(error).__name__}: {error}")


def _import_all(folder: Path, package: str) -> list[ModuleType]:
    if package.startswith(f"{LOCAL}."):
        _mount(folder, package)
    stems = sorted(p.stem for p in folder.glob("*.py") if not p.stem.startswith("_"))
    return [importlib.import_module(f"{package}.{stem}") for stem in stems]


def _mount(folder: Path, package: str) -> None:
    """Make a folder importable under a name of its own, without touching ``sys.path``."""
    sys.modules.setdefault(LOCAL, ModuleType(LOCAL))
    for name in [n for n in sys.modules if n == package or n.startswith(f"{package}.")]:
        del sys.modules[name]
    module = ModuleType(package)
    module.__path__ = [str(folder)]
    sys.modules[package] = module
    start = folder / "__init__.py"
    if start.is_file():
        spec = importlib.util.spec_from_file_location(
            package, start, submodule_search_locations=[str(folder)]
        )
        if spec is None or spec.loader is None:
            raise ImportError(str(start))
        module = importlib.util.module_from_spec(spec)
        sys.modules[package] = module
        spec.loader.exec_module(module)


def _collect(source: _Source, mark: str, modules: Sequence[ModuleType]) -> Pack:
    protocols: dict[str, ProtocolSpec] = {}
    collectors: dict[str, Collector] = {}
    checks: dict[str, LoadedCheck] = {}
    facts: dict[str, type[Facts]] = {}
    for module in modules:
        subject = module.__name__.rsplit(".", 1)[-1]
        words = read_subject(source.folder / f"{subject}.toml")
        for value in vars(module).values():
            if isinstance(value, ProtocolSpec):
                protocols[value.name] = value
            elif isinstance(value, Collector):
                collectors[value.name] = value
            elif isinstance(value, Check) and value.function.__module__ == module.__name__:
                loaded = _check(source.name, subject, value, words)
                checks[loaded.id] = loaded
            elif isinstance(value, type) and _is_own_facts(value, source.package):
                facts[value.__name__] = value
    return Pack(
        source.name,
        source.origin,
        source.version,
        mark,
        tuple(protocols.values()),
        tuple(collectors.values()),
        tuple(checks.values()),
        facts,
    )


def _never_sent(pack: Pack) -> str:
    """Name the first question that no scan may send; the network would stop it every time.

    The whole pack is left out: without the question, its checks would take silence for absence.
    """
    for spec in pack.protocols:
        try:
            refuse_message(spec.sends)
        except AttemptError as error:
            return f"protocol {spec.name}: {error.detail}"
    return ""


def _is_own_facts(value: type, package: str) -> bool:
    return issubclass(value, Facts) and value.__module__.startswith(f"{package}.")


def _check(pack: str, subject: str, value: Check, words: dict[str, CheckMeta]) -> LoadedCheck:
    meta = words.get(value.name)
    if meta is None:
        raise WordsError(f"{subject}.toml: no table for {value.name}")
    return LoadedCheck(f"{subject}.{value.name}", pack, value, meta)


def _without_collisions(pack: Pack, earlier: Sequence[Pack]) -> tuple[Pack, list[PackProblem]]:
    names = {spec.name for other in earlier for spec in other.protocols}
    ids = {item.id for other in earlier for item in other.checks}
    problems = [
        PackProblem(pack.name, pack.origin, "collision", item.id, pack.digest)
        for item in pack.checks if item.id in ids
    ] + [
        PackProblem(pack.name, pack.origin, "collision", f"protocol {spec.name}", pack.digest)
        for spec in pack.protocols if spec.name in names
    ]  # fmt: skip
    kept = Pack(
        pack.name, pack.origin, pack.version, pack.digest,
        tuple(spec for spec in pack.protocols if spec.name not in names),
        pack.collectors, tuple(item for item in pack.checks if item.id not in ids), pack.facts,
    )  # fmt: skip
    return kept, problems
