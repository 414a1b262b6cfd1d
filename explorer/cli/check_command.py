"""`explorer check DESIGN`: its problems and remarks, with repairs that were tried."""

from __future__ import annotations

import argparse
import json

from explorer import words
from explorer.cli.designs import add_design, open_design, resolved
from explorer.cli.problem_rows import problem_rows, remark_rows


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The design, and how to print."""
    add_design(parser)
    parser.add_argument("--json", action="store_true", help="one JSON value")


def run(arguments: argparse.Namespace) -> int:
    """Print problems and remarks; exit code 1 when there are problems."""
    document = open_design(arguments)
    flow = resolved(document)
    rows, noticed = problem_rows(document, flow), remark_rows(document, flow)
    if arguments.json:
        print(json.dumps(rows + noticed, ensure_ascii=False))
        return 1 if rows else 0
    if not rows:
        also = f", {words.plural(len(noticed), 'remark')}" if noticed else ""
        print(f"{document.name}: no problems{also}, {flow.leaves} layers, {flow.parameters:,} parameters.")
    for row in rows + noticed:
        mark = "Remark: " if "kind" in row else ""
        print(f"{mark}{row['address'] or document.name}: {row['message']}")
        for fix in row["fixes"]:
            print("    " + "  ".join(part for part in (fix["title"], fix["effect"], fix["cost"]) if part))
    return 1 if rows else 0
