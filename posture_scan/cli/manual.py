"""``help``: the manual that ships with the program."""

from __future__ import annotations

from typing import Final

import click

from posture_scan.cli.language import language, say
from posture_scan.cli.options import common
from posture_scan.cli.spoken import command, tell, tell_text
from posture_scan.errors import UsageError

TOPICS: Final = ("observed",)


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
    from posture_scan.help.observations import fingerprints, observations
    from posture_scan.help.pages import plain

    rows, products = observations(), fingerprints()
    if as_json:
        from posture_scan.cli.output import json_text
        from posture_scan.model.codec import encode

        click.echo(json_text({"observations": encode(rows), "products": encode(products)}))
        return
    for line in plain(rows, products, language()):
        tell_text(line)
