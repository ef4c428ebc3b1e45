"""What is in a bundle, and what is refused as an interpreter."""

from __future__ import annotations

import ast
import io
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest

from posture_scan.bundle import build
from posture_scan.bundle.contents import files, host_packs
from posture_scan.engine.pack_set import PackSet
from posture_scan.engine.packs import load_packs
from posture_scan.errors import UsageError
from posture_scan.model.scope import Scope

SCOPE = Scope("例", "山田", date(2026, 11, 20), date(2036, 12, 20), ("192.0.2.1",))
INTERPRETER = {"python.exe": b"MZ", "python313.dll": b"MZ", "python313.zip": b"PK"}


@pytest.fixture(scope="module")
def packs() -> PackSet:
    return load_packs()


@pytest.fixture(scope="module")
def content(packs: PackSet) -> dict[str, bytes]:
    return files(packs)


def archive(content: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name, data in content.items():
            file.writestr(name, data)
    return made.getvalue()


def test_only_packs_that_look_at_the_computer_travel(packs: PackSet) -> None:
    names = {pack.name for pack in host_packs(packs)}
    assert "backup" in names
    assert not names & {"encryption", "remote_access", "web"}


def test_everything_in_it_is_standard_library_or_our_own(content: dict[str, bytes]) -> None:
    known = set(sys.stdlib_module_names) | {"posture_scan", "winreg"}
    for name, data in content.items():
        if not name.endswith(".py"):
            continue
        for node in ast.walk(ast.parse(data)):
            if isinstance(node, ast.Import):
                roots = {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                roots = {(node.module or "").split(".")[0]}
            else:
                continue
            assert roots <= known, name


def test_every_module_it_imports_travels(content: dict[str, bytes]) -> None:
    assert "posture_scan/bundle/start.py" in content
    assert "posture_scan/collect/windows_registry.py" in content
    assert "posture_scan/checks/backup/backup.toml" in content
    assert "posture_scan/text/host.ja.toml" in content
    assert not [name for name in content if "/cli/" in name or "/rating/" in name]
    for name, data in content.items():
        nodes = ast.walk(ast.parse(data)) if name.endswith(".py") else ()
        for node in nodes:
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("posture_scan"):
                place = str(node.module).replace(".", "/")
                assert {f"{place}.py", f"{place}/__init__.py"} & set(content), (name, place)


def test_the_same_scope_makes_the_same_bundle(tmp_path: Path, packs: PackSet) -> None:
    order = build.order_for(SCOPE, "ab" * 32, "ja")
    one = build.build_pyz(tmp_path / "a.pyz", order, packs)
    other = build.build_pyz(tmp_path / "b.pyz", order, packs)
    assert one.sha256 == other.sha256
    with pytest.raises(UsageError) as error:
        build.build_pyz(tmp_path / "a.pyz", order, packs)
    assert error.value.code == "bundle.exists"


def test_the_windows_zip_holds_interpreter_program_and_one_file_to_start(
    tmp_path: Path, packs: PackSet
) -> None:
    python = tmp_path / "python.zip"
    python.write_bytes(archive(INTERPRETER))
    order = build.order_for(SCOPE, "ab" * 32, "ja")
    made = build.build_windows(tmp_path / "w.zip", order, packs, python)
    with zipfile.ZipFile(tmp_path / "w.zip") as file:
        names = set(file.namelist())
        assert {"posture-scan.cmd", "python/python.exe", "app/run.py", "app/order.json"} <= names
        assert {name.split("/")[0] for name in names} == {"posture-scan.cmd", "python", "app"}
        assert made.python.encode() in file.read("app/order.json")


@pytest.mark.parametrize(
    "content",
    [
        {"python.exe": b"MZ"},
        {"python.exe": b"MZ", "python310.dll": b"MZ"},
        {"python313.dll": b"MZ"},
        {**INTERPRETER, "../x": b""},
        {**INTERPRETER, "Lib/os.py": b""},
        {**INTERPRETER, **{f"f{number}": b"" for number in range(600)}},
    ],
)
def test_what_is_no_embeddable_python_is_refused(tmp_path: Path, content: dict[str, bytes]) -> None:
    path = tmp_path / "python.zip"
    path.write_bytes(archive(content))
    with pytest.raises(UsageError) as error:
        build.read_interpreter(path)
    assert error.value.code == "bundle.not_python"


def test_a_file_that_is_no_archive_or_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"PK\x03\x04 nothing")
    for name, code in (("x.zip", "bundle.not_python"), ("y.zip", "bundle.unreadable_python")):
        with pytest.raises(UsageError) as error:
            build.read_interpreter(tmp_path / name)
        assert error.value.code == code


def test_an_archive_that_unpacks_without_end_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "LARGEST", 100_000)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name in INTERPRETER:
            file.writestr(name, b"\0" * 60_000)
    (tmp_path / "bomb.zip").write_bytes(made.getvalue())
    with pytest.raises(UsageError) as error:
        build.read_interpreter(tmp_path / "bomb.zip")
    assert error.value.code == "bundle.not_python"
