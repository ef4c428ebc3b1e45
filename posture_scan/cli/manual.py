"""``help``: the manual that ships with the program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import click

from posture_scan.cli.language import language, say
from posture_scan.cli.options import common
from posture_scan.cli.spoken import command, tell, tell_text
from posture_scan.errors import UsageError

TOPICS: Final = ("observed", "inside", "support", "profile")
WRITTEN: Final = ("inside", "profile")
"""Topics that were written by hand; the others are made from the packs."""


@command("manual")
@click.argument("topic", required=False, metavar="[TOPIC]")
@common
def manual(topic: str | None, *, as_json: bool) -> None:
    """Show a topic of the manual, or list the topics."""
    if topic is None:
        for name in TOPICS:
            tell_text(f"{name}  {say(f'help.topic.{name}')}")
        tell("cli.manual.how", topic=TOPICS[0])
        return
    if topic not in TOPICS:
        raise UsageError("cli.unknown_topic", topic=topic, known=", ".join(TOPICS))
    lines, table = _page(topic)
    if as_json:
        from posture_scan.cli.output import json_text
        from posture_scan.model.codec import encode

        click.echo(json_text({name: encode(rows) for name, rows in table.items()}))
        return
    for line in lines:
        tell_text(line)


def _observed() -> tuple[Sequence[str], dict[str, Any]]:
    from posture_scan.help.observations import fingerprints, observations
    from posture_scan.help.pages import plain

    rows, products = observations(), fingerprints()
    return plain(rows, products, language()), {"observations": rows, "products": products}


def _page(topic: str) -> tuple[Sequence[str], dict[str, Any]]:
    if topic in WRITTEN:
        return _written(topic)
    return _support() if topic == "support" else _observed()


def _written(topic: str) -> tuple[Sequence[str], dict[str, Any]]:
    from posture_scan.help.pages import page_path

    text = page_path(topic, language()).read_text("utf-8")
    return text.rstrip().split("\n"), {"text": text}


def _support() -> tuple[Sequence[str], dict[str, Any]]:
    from posture_scan.engine.packs import load_packs
    from posture_scan.help.support import support, support_lines

    rows = support()
    return support_lines(rows, load_packs(), language()), {"support": rows}
