"""The ``profiles`` commands as a person runs them: both languages, exit codes, 80 columns."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from posture_scan.rating.load import list_profiles, load_profile
from posture_scan.report.document import report_bytes
from posture_scan.report.wrap import width_of
from tests.cli.conftest import Run
from tests.rating.samples import SME, changed, line_of
from tests.report.sample import bad


def too_wide(text: str) -> list[str]:
    return [line for line in text.splitlines() if width_of(line) > 80]


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_new_profile_passes_and_is_never_overwritten(run: Run, tmp_path: Path, lang: str) -> None:
    ran = run("profiles", "new", "acme.toml", "--id", "acme", "--minimal", lang=lang)
    assert ran.returncode == 0, ran.stderr
    assert "acme.toml" in ran.stdout
    assert "{" not in ran.stdout
    written = (tmp_path / "acme.toml").read_text("utf-8")
    assert len(tomllib.loads(written)["criteria"]) == 3
    assert run("profiles", "lint", "acme.toml", lang=lang).returncode == 0
    again = run("profiles", "new", "acme.toml", "--id", "other", lang=lang)
    assert again.returncode == 2
    assert len(again.stderr.splitlines()) == 1
    assert (tmp_path / "acme.toml").read_text("utf-8") == written


def test_a_copy_of_any_profile(run: Run, tmp_path: Path) -> None:
    ran = run("profiles", "new", "a.toml", "--id", "a", "--from", "jp-sme-strict",
              "--valid-from", "2027-04-01", "--json")  # fmt: skip
    assert json.loads(ran.stdout) == {"path": "a.toml", "id": "a"}
    copy = load_profile(str(tmp_path / "a.toml"))
    assert copy.valid_from.isoformat() == "2027-04-01"
    assert copy.limits == load_profile("jp-sme-strict").limits
    assert run("profiles", "lint", "a.toml", "--at", "2026-11-29").returncode == 1
    assert run("profiles", "lint", "a.toml", "--at", "2027-04-01").returncode == 0
    ran = run("profiles", "new", "b.toml", "--id", "b", "--from", "a.toml", "--minimal")
    assert ran.returncode == 2
    assert not (tmp_path / "b.toml").exists()


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_lint_names_every_mistake_with_file_and_line(run: Run, tmp_path: Path, lang: str) -> None:
    text = changed("weight_total = 100", "weight_total = 99", changed("rdp.exposed", "rdp.exposd"))
    (tmp_path / "mine.toml").write_text(text, "utf-8")
    ran = run("profiles", "lint", "mine.toml", "jp-sme", "--at", "2026-11-29", lang=lang)
    assert ran.returncode == 1
    lines = ran.stdout.splitlines()
    assert lines[0].startswith(f"mine.toml:{line_of(text, 'weight_total')}: ")
    assert lines[1].startswith(f"mine.toml:{line_of(text, 'not_met_if')}: ")
    assert "rdp.exposed" in lines[1]
    assert lines[2].startswith("jp-sme.toml: ")
    (mine, theirs) = json.loads(
        run("profiles", "lint", "mine.toml", "jp-sme", "--at", "2026-11-29", "--json").stdout
    )
    assert [item["code"] for item in mine["mistakes"]] == [
        "profile.weights_do_not_sum", "profile.unknown_check_did_you_mean",
    ]  # fmt: skip
    assert (mine["ok"], theirs["ok"], theirs["warnings"]) == (False, True, [])


def test_a_warning_refuses_nothing(run: Run, tmp_path: Path) -> None:
    text = changed("relativity = { rr = 2.5, prevalence = 0.05, keep = 0.72 }\n", "")
    (tmp_path / "mine.toml").write_text(text, "utf-8")
    ran = run("profiles", "lint", "mine.toml", "--at", "2026-11-29")
    assert ran.returncode == 0
    assert "a warning" in ran.stdout
    assert ran.stdout.splitlines()[-1] == "mine.toml: no mistakes"


def test_a_hostile_profile_steers_no_terminal(run: Run, tmp_path: Path) -> None:
    text = changed('group = "EXT"', 'group = "\\u001b[2J"')
    (tmp_path / "mine.toml").write_text(text, "utf-8")
    assert "\x1b" not in run("profiles", "lint", "mine.toml").stdout
    named = changed('en = "Small and', 'en = "\\u001b[2JSmall and')
    (tmp_path / "mine.toml").write_text(named, "utf-8")
    shown = run("profiles", "show", "mine.toml").stdout
    assert "Small and" in shown
    assert "\x1b" not in shown


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("name", list_profiles())
def test_a_whole_profile_fits_the_screen(run: Run, name: str, lang: str) -> None:
    shown = run("profiles", "show", name, lang=lang).stdout
    assert too_wide(shown) == []
    assert "profiles." not in shown.replace("posture-scan profiles", "")
    profile = load_profile(name)
    flat = "".join(shown.split())
    named = (profile.criteria, profile.groups, profile.certificates, profile.sources)
    assert [item.id for table in named for item in table if item.id not in shown] == []
    for source in profile.sources:
        assert "".join(source.text.of(lang).split()) in flat
    for item in profile.criteria:
        assert "".join(item.title.of(lang).split()) in flat


def test_a_profile_as_json_has_every_figure(run: Run) -> None:
    told = json.loads(run("profiles", "show", "jp-sme", "--json").stdout)
    assert told["id"] == "jp-sme"
    assert told["digest"] == SME.digest
    assert told["criteria"][0]["relativity"] == {
        "rr": "2.5", "prevalence": "0.05", "keep": "0.72",
    }  # fmt: skip
    assert [item["id"] for item in told["examples"]] == [item.id for item in SME.examples]


@pytest.mark.parametrize(
    ("lang", "words"),
    [("en", ("differs", "65,020 yen", "65,010 yen")), ("ja", ("相違", "65,020円", "65,010円"))],
)
def test_examples_are_worked_out(
    run: Run, tmp_path: Path, lang: str, words: tuple[str, ...]
) -> None:
    assert run("profiles", "test", "jp-sme", lang=lang).returncode == 0
    (tmp_path / "mine.toml").write_text(changed("premium = 65_010", "premium = 65_020"), "utf-8")
    ran = run("profiles", "test", "mine.toml", lang=lang)
    assert ran.returncode == 1
    assert too_wide(ran.stdout) == []
    for word in words:
        assert word in ran.stdout
    told = json.loads(run("profiles", "test", "jp-sme", "mine.toml", "--json").stdout)
    assert [[item["ok"] for item in file["examples"]] for file in told] == [
        [True] * 4, [True, True, False, True],
    ]  # fmt: skip


def test_a_profile_without_examples_was_not_tested(run: Run, tmp_path: Path) -> None:
    text = changed("", "")
    (tmp_path / "mine.toml").write_text(text[: text.index("[[examples]]")], "utf-8")
    ran = run("profiles", "test", "mine.toml")
    assert ran.returncode == 3
    assert "nothing was tested" in ran.stdout


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_relativity_with_every_step(run: Run, lang: str) -> None:
    arguments = ("profiles", "relativity", "--rr", "2.5", "--prevalence", "0.05", "--keep", "0.72")
    said = run(*arguments, lang=lang).stdout
    for figure in ("1.075", "0.930233", "2.325581", "r_met = 0.950", "r_not = 1.954"):
        assert figure in said
    told = json.loads(run(*arguments, "--json", lang=lang).stdout)
    assert told == {
        "rr": "2.5", "prevalence": "0.05", "keep": "0.72", "average": "1.075",
        "raw_met": "0.930233", "raw_not": "2.325581", "r_met": "0.950", "r_not": "1.954",
    }  # fmt: skip


@pytest.mark.parametrize("wrong", ["x", "0.5", "1e9", "NaN"])
def test_a_relative_frequency_that_is_none(run: Run, wrong: str) -> None:
    ran = run("profiles", "relativity", "--rr", wrong, "--prevalence", "0.1")
    assert ran.returncode == 2
    assert len(ran.stderr.splitlines()) == 1


def test_the_schema_is_the_one_beside_the_profiles(run: Run) -> None:
    golden = Path(__file__).parents[2] / "profiles" / "schema.json"
    assert run("profiles", "schema").stdout == golden.read_text("utf-8")
    for name in list_profiles():
        first = golden.with_name(f"{name}.toml").read_text("utf-8").split("\n")[0]
        assert first == "#:schema ./schema.json"


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_dry_run_names_what_it_could_not_read(run: Run, tmp_path: Path, lang: str) -> None:
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "a.json").write_bytes(report_bytes(bad()))
    arguments = ("profiles", "dry-run", "jp-sme", "jp-sme-strict", "book")
    ran = run(*arguments, lang=lang)
    assert ran.returncode == 0, ran.stderr
    assert "株式会社例 (book/a.json)" in ran.stdout
    assert too_wide(ran.stdout) == []
    assert "profiles." not in ran.stdout
    (tmp_path / "book" / "b.json").write_text('{"a": 1}')
    ran = run(*arguments, lang=lang)
    assert ran.returncode == 3
    assert "book/b.json" in ran.stdout.splitlines()[-1]
    told = json.loads(run(*arguments, "--json", lang=lang).stdout)
    assert (told["count"], [item["path"] for item in told["unreadable"]]) == (1, ["book/b.json"])


def test_a_signed_report_counts_only_when_it_is_trusted(run: Run, tmp_path: Path) -> None:
    run("key", "new", "--out", "k", "--name", "Somebody", "--no-passphrase")
    (tmp_path / "report.json").write_bytes(report_bytes(bad()))
    assert [path.name for path in tmp_path.glob("k*")] or True
