"""The table of commands and the parser made from it."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

from explorer import __version__
from explorer.cli.trouble import Trouble

COMMANDS = {
    "list": "blocks, architectures or data sets that there are",
    "check": "problems of a design",
    "summary": "shapes, parameters and cost of every layer",
    "diff": "what differs between two designs",
    "export": "write a design as Python source, weights or a picture",
    "train": "train a design on a data set",
    "inspect": "feature maps, filters, attention, attribution or statistics as a picture",
    "render": "the canvas, or a figure for a slide, as a picture",
    "weights": "published weights of a network: list, fetch, write for the design",
    "cards": "what every block does, as pictures on one sheet",
    "engine": "the engine on stdin and stdout (the app starts it)",
    "doctor": "versions, devices and what is missing",
}
"""Each is a module of this package called `NAME_command` with `add_arguments` and `run`."""


def run(words: Sequence[str]) -> int:
    """Run one command; returns 0 done, 1 the design or data have problems, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="explorer", description="Architecture Explorer")
    parser.add_argument("--version", action="version", version=f"explorer {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    chosen = words[0] if words and words[0] in COMMANDS else None
    for name, about in COMMANDS.items():
        sub = commands.add_parser(name, help=about, description=about[0].upper() + about[1:] + ".")
        if name == chosen:
            importlib.import_module(f"explorer.cli.{name}_command").add_arguments(sub)
    try:
        arguments = parser.parse_args(words)
    except SystemExit as end:
        return int(end.code or 0)
    try:
        code: int = importlib.import_module(f"explorer.cli.{arguments.command}_command").run(arguments)
        return code
    except Trouble as trouble:
        print(f"explorer: {trouble}", file=sys.stderr)
        return trouble.code
    except BrokenPipeError:
        return 0
    except KeyboardInterrupt:
        return 130
