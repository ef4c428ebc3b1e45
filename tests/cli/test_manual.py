"""``help``: topics, the table, and a topic that is not there."""

from __future__ import annotations

import json

from posture_scan.help.observations import observations
from tests.cli.conftest import Run


def test_the_table_is_shown_for_people_and_for_programs(run: Run) -> None:
    rows = json.loads(run("help", "observed", "--json").stdout)["observations"]
    assert {row["id"] for row in rows} == {row.id for row in observations()}
    shown = run("help", "observed", "--lang", "ja").stdout
    names = [row.words["ja"].get("name", row.name) for row in observations()]
    assert [name for name in names if name not in shown] == []


def test_the_topics_are_listed_and_others_refused(run: Run) -> None:
    assert "observed" in run("help").stdout
    wrong = run("help", "nothing")
    assert wrong.returncode == 2
    assert "nothing" in wrong.stderr
