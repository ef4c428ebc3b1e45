from __future__ import annotations

from pathlib import Path

from posture_scan.engine.packs import BUILT_IN, load_packs
from tests.engine.door_pack import COLLECT, SUBJECT, WORDS, write_pack


def test_a_folder_pack_comes_in_by_the_same_door(tmp_path: Path) -> None:
    write_pack(tmp_path)
    loaded = load_packs([tmp_path])
    assert loaded.problems == ()
    house = next(pack for pack in loaded.packs if pack.name == "house")
    assert [item.id for item in house.checks] == ["door.open", "door.crashing"]
    assert [spec.name for spec in house.protocols] == ["knock"]
    assert house.checks[0].meta.words["ja"].title == "戸が開いている"
    assert loaded.facts_type("house.Knock") is house.facts["Knock"]
    assert all(pack.origin == BUILT_IN for pack in loaded.packs if pack.name != "house")


def test_the_digest_follows_the_content_and_nothing_else(tmp_path: Path) -> None:
    write_pack(tmp_path / "one")
    write_pack(tmp_path / "two")
    write_pack(tmp_path / "three", subject=SUBJECT + "\n# softened\n")
    digests = [
        next(p.digest for p in load_packs([tmp_path / n]).packs if p.name == "house")
        for n in ("one", "two", "three")
    ]
    assert digests[0] == digests[1] != digests[2]


def _reasons(folder: Path) -> list[tuple[str, str]]:
    return [(problem.reason, problem.pack) for problem in load_packs([folder]).problems]


def test_a_pack_that_does_not_import_is_a_problem_not_a_crash(tmp_path: Path) -> None:
    write_pack(tmp_path, collect="import nothing_of_that_name\n")
    assert _reasons(tmp_path) == [("import_failed", "house")]


def test_a_pack_that_is_not_python_is_a_problem(tmp_path: Path) -> None:
    write_pack(tmp_path, collect="def (:\n")
    assert _reasons(tmp_path) == [("import_failed", "house")]


def test_a_pack_that_opens_its_own_sockets_is_refused_before_it_runs(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    code = f"import socket\nopen({str(mark)!r}, 'w').close()\n" + COLLECT
    write_pack(tmp_path, collect=code)
    problems = load_packs([tmp_path]).problems
    assert [(item.reason, item.detail) for item in problems] == [
        ("forbidden_import", "collect.py:1 socket")
    ]
    assert not mark.exists()


def test_a_pack_that_would_ask_what_nobody_may_ask_is_refused_whole(tmp_path: Path) -> None:
    """Were its question left unasked, its check would call the silence an absence."""
    question = 'sends=b"GET /remote/fgt_lang?lang=/../x HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n"'
    write_pack(tmp_path, collect=COLLECT.replace('sends=b"?"', question))
    loaded = load_packs([tmp_path])
    assert [(item.reason, item.pack, item.detail) for item in loaded.problems] == [
        ("never_request", "house", "protocol knock: never_request:fortios_language")
    ]
    assert "house" not in {pack.name for pack in loaded.packs}
    for pack in loaded.packs:
        assert pack.origin == BUILT_IN


def test_a_check_without_words_in_both_languages_is_refused(tmp_path: Path) -> None:
    write_pack(tmp_path / "a", words=WORDS.format(name="open"))
    assert _reasons(tmp_path / "a") == [("words", "house")]
    only_japanese = WORDS.format(name="open").split("[open.en]")[0] + WORDS.format(name="crashing")
    write_pack(tmp_path / "b", words=only_japanese)
    problems = load_packs([tmp_path / "b"]).problems
    assert "no title in en" in problems[0].detail


def test_terms_come_in_both_languages_or_not_at_all(tmp_path: Path) -> None:
    crashing = WORDS.format(name="crashing")
    ja, en = '[open.ja.terms]\n"no way" = "道がない"\n', '[open.en.terms]\n"no way" = "no way"\n'
    write_pack(tmp_path / "a", words=WORDS.format(name="open") + ja + crashing)
    problems = load_packs([tmp_path / "a"]).problems
    assert "the terms of ja and en differ" in problems[0].detail
    write_pack(tmp_path / "b", words=WORDS.format(name="open") + ja + en + crashing)
    loaded = load_packs([tmp_path / "b"])
    words = next(item.meta.words for item in loaded.checks if item.id == "door.open")
    assert loaded.problems == ()
    assert words["ja"].terms == {"no way": "道がない"}
    assert words["en"].severity == "high"


def test_on_a_collision_the_first_pack_wins_loudly(tmp_path: Path) -> None:
    write_pack(tmp_path, "house")
    write_pack(tmp_path, "other")
    loaded = load_packs([tmp_path])
    other = next(pack for pack in loaded.packs if pack.name == "other")
    assert other.checks == ()
    assert other.protocols == ()
    assert sorted(problem.detail for problem in loaded.problems) == [
        "door.crashing",
        "door.open",
        "protocol knock",
    ]


def test_a_pack_may_not_take_the_name_of_another(tmp_path: Path) -> None:
    first = write_pack(tmp_path / "a")
    second = write_pack(tmp_path / "b")
    problems = load_packs([first, second]).problems
    assert [(item.reason, item.detail) for item in problems] == [("collision", "pack house")]
