from __future__ import annotations

import hashlib
import re
import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posture_scan.collect.scope_file import judge_entry, read_scope, scope_template
from posture_scan.errors import IncompleteError, PostureError, UsageError
from posture_scan.mistakes import MistakesError
from posture_scan.model.evidence import Vantage
from posture_scan.model.scope import Intensity
from posture_scan.text.catalog import Catalog

GOOD = """\
organisation  = "株式会社例"
authorised_by = "例 太郎(代表取締役)"
valid_from    = 2026-11-20
valid_until   = 2026-12-20
targets       = ["203.0.113.0/28", "www.example.jp", "*.example.jp", "2001:db8::/112"]
exclude       = ["203.0.113.5"]
computers     = 12
servers       = 2
vantage       = "external"
intensity     = "light"
nothing_listens = ["203.0.113.9"]
data_on = ["FS01", "経理PC"]
[names]
"203.0.113.7" = ["shop.example.jp"]
"""


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "scope.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def refused(folder: Path, text: str | bytes) -> UsageError:
    with pytest.raises(UsageError) as caught:
        read_scope(written(folder, text))
    return caught.value


def test_reads_every_setting(tmp_path: Path) -> None:
    found = read_scope(written(tmp_path, GOOD))
    scope = found.scope
    assert scope.organisation == "株式会社例"
    assert (scope.valid_from, scope.valid_until) == (date(2026, 11, 20), date(2026, 12, 20))
    assert scope.names == {"203.0.113.7": ("shop.example.jp",)}
    assert (scope.computers, scope.servers) == (12, 2)
    assert (scope.vantage, scope.intensity) == (Vantage.EXTERNAL, Intensity.LIGHT)
    assert scope.allows_address("203.0.113.7")
    assert not scope.allows_address("203.0.113.5")
    assert scope.nothing_listens == ("203.0.113.9",)
    assert scope.data_on == ("FS01", "経理PC")
    assert found.digest == hashlib.sha256(GOOD.encode()).hexdigest()


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ('"例 太郎(代表取締役)"', '"  "', "scope.empty", 2),
        ("valid_from    = 2026-11-20", 'valid_from = "2026-11-20"', "scope.bad_date", 3),
        ("2026-12-20", "2026-12-20T00:00:00Z", "scope.bad_date", 4),
        ("2026-12-20", "2026-10-20", "scope.window_reversed", 4),
        ('"203.0.113.0/28"', '"10.0.0.0/8"', "scope.network_too_large", 5),
        ('"203.0.113.0/28"', '"::/0"', "scope.network_too_large", 5),
        ('"203.0.113.0/28"', '"203.0.113.5/28"', "scope.host_bits", 5),
        ('"203.0.113.0/28"', '"203.0.113.999"', "scope.bad_network", 5),
        ('"203.0.113.0/28"', '"https://example.jp/"', "scope.bad_network", 5),
        ('"*.example.jp"', '"*.jp"', "scope.bad_name", 5),
        ('"*.example.jp"', '"ex ample.jp"', "scope.bad_name", 5),
        ('"*.example.jp"', "7", "scope.bad_entry", 5),
        ('exclude       = ["203.0.113.5"]', 'exclude = "203.0.113.5"', "scope.not_a_list", 6),
        ("computers     = 12", "computers = -1", "scope.bad_count", 7),
        ("computers     = 12", "computers = true", "scope.bad_count", 7),
        ("servers       = 2", "servers = 13", "scope.servers_exceed", 8),
        ('vantage       = "external"', 'vantage = "host"', "scope.bad_choice", 9),
        ('intensity     = "light"', 'intensity = "hard"', "scope.bad_choice", 10),
        ('["203.0.113.9"]', '["203.0.113.0/24"]', "scope.not_an_address", 11),
        ('["203.0.113.9"]', '["www.example.jp"]', "scope.not_an_address", 11),
        ('"203.0.113.7" =', '"203.0.113.0/24" =', "scope.names_not_address", 14),
        ('["shop.example.jp"]', '["*.example.jp"]', "scope.names_bad", 14),
        ("[names]", 'domains = "example.jp"\n[names]', "scope.not_a_list", 13),
        ("[names]", 'domains = ["jp"]\n[names]', "scope.bad_domain", 13),
        ('"経理PC"', "7", "scope.bad_computer", 12),
        ("[names]", 'domains = ["203.0.113.7"]\n[names]', "scope.bad_domain", 13),
        ("[names]", 'domains = ["*.example.jp"]\n[names]', "scope.bad_domain", 13),
        ("[names]", 'proof = "ABC"\n[names]', "scope.bad_proof", 13),
        ("[names]", "proof = 7\n[names]", "scope.bad_proof", 13),
        ("servers  ", "server ", "scope.unknown_key", 8),
        ("2026-11-20", "2026-13-20", "file.not_toml", 3),
    ],
)
def test_names_the_mistake_and_its_line(
    tmp_path: Path, old: str, new: str, code: str, line: int
) -> None:
    assert old in GOOD
    error = refused(tmp_path, GOOD.replace(old, new, 1))
    assert error.code == code
    if isinstance(error, MistakesError):
        assert [m.line for m in error.mistakes] == [line]
        assert error.mistakes[0].file == str(tmp_path / "scope.toml")
    else:
        assert error.values["where"] == f"{tmp_path / 'scope.toml'}:{line}"
    for language in ("ja", "en"):
        sentence = Catalog(language)(f"error.{error.code}", **error.values)
        assert "{" not in sentence
        assert "\n" not in sentence


@pytest.mark.parametrize(
    "key", ["organisation", "authorised_by", "valid_from", "valid_until", "targets"]
)
def test_what_is_missing_is_named(tmp_path: Path, key: str) -> None:
    lines = [line for line in GOOD.splitlines() if not line.startswith(key)]
    error = refused(tmp_path, "\n".join(lines))
    assert (error.code, error.values["key"]) == ("scope.missing", key)
    assert error.values["line"] == 1


def test_all_mistakes_are_named_at_once_in_the_order_of_their_lines(tmp_path: Path) -> None:
    text = GOOD.replace('"external"', '"moon"').replace("= 2026-12-20", "= 2026-01-01")
    error = refused(tmp_path, "colour = 1\n" + text)
    assert isinstance(error, MistakesError)
    codes = [mistake.code for mistake in error.mistakes]
    assert codes == ["scope.unknown_key", "scope.window_reversed", "scope.bad_choice"]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_template_reads_once_it_is_filled_in(tmp_path: Path, language: str) -> None:
    template = scope_template(language, "0" * 32)
    error = refused(tmp_path, template)
    assert isinstance(error, MistakesError)
    assert {m.values["key"] for m in error.mistakes} == {
        "organisation", "authorised_by", "valid_from", "valid_until", "targets",
    }  # fmt: skip
    filled = template.replace("# valid", "valid").replace('# "203', '"203')
    filled = re.sub(
        r'^(organisation|authorised_by)( *)= ""', r'\1\2= "X"', filled, flags=re.MULTILINE
    )
    filled = re.sub(
        r"^targets( *)= \[\]", r'targets\1= ["203.0.113.0/28"]', filled, flags=re.MULTILINE
    )
    assert read_scope(written(tmp_path, filled)).scope.targets == ("203.0.113.0/28",)


def test_both_templates_have_the_same_settings() -> None:
    proof = "0" * 32
    japanese, english = scope_template("ja", proof), scope_template("en", proof)
    assert tomllib.loads(japanese) == tomllib.loads(english)
    assert tomllib.loads(japanese)["proof"] == proof


def test_files_that_are_no_scope(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as missing:
        read_scope(tmp_path / "none.toml")
    assert missing.value.code == "file.missing"
    with pytest.raises(IncompleteError) as folder:
        read_scope(tmp_path)
    assert folder.value.code == "file.unreadable"
    shift_jis = refused(tmp_path, 'a = 1\norganisation = "株式会社"'.encode("cp932"))
    assert (shift_jis.code, str(shift_jis.values["where"])[-2:]) == ("file.not_text", ":2")
    assert refused(tmp_path, b"#" * 1_048_577).code == "file.too_large"
    assert refused(tmp_path, "a = " + "[" * 5000).code == "file.not_toml"


def test_a_byte_order_mark_from_a_windows_editor_is_fine(tmp_path: Path) -> None:
    assert read_scope(written(tmp_path, b"\xef\xbb\xbf" + GOOD.encode())).scope.servers == 2


def test_leaving_much_out_is_allowed() -> None:
    assert judge_entry("10.0.0.0/8", sized=False) == ("", {})


@given(st.binary(max_size=200))
def test_any_bytes_give_a_typed_error(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    with pytest.raises(PostureError):
        read_scope(written(tmp_path_factory.mktemp("any"), data))
