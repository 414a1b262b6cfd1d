"""`explorer check DESIGN`: its problems, with repairs that were tried."""

from __future__ import annotations

import argparse
import json

from explorer.cli.designs import add_design, open_design, resolved
from explorer.cli.problem_rows import problem_rows


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The design, and how to print."""
    add_design(parser)
    parser.add_argument("--json", action="store_true", help="one JSON value")


def run(arguments: argparse.Namespace) -> int:
    """Print the problems; exit code 1 when there are any."""
    document = open_design(arguments)
    flow = resolved(document)
    rows = problem_rows(document, flow)
    if arguments.json:
        print(json.dumps(rows, ensure_ascii=False))
    elif not rows:
        print(f"{document.name}: no problems, {flow.leaves} layers, {flow.parameters:,} parameters.")
    for row in rows if not arguments.json else ():
        print(f"{row['address'] or document.name}: {row['message']}")
        for fix in row["fixes"]:
            print("    " + "  ".join(part for part in (fix["title"], fix["effect"], fix["cost"]) if part))
    return 1 if rows else 0
