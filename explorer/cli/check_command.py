"""`explorer check DESIGN`: its problems, with repairs that were tried."""

from __future__ import annotations

import argparse
import json
from typing import Any

from explorer.blocks.registry import registry
from explorer.cli.designs import add_design, open_design
from explorer.graph.repairs import all_repairs
from explorer.graph.resolve import Resolver


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The design, and how to print."""
    add_design(parser)
    parser.add_argument("--json", action="store_true", help="one JSON value")


def run(arguments: argparse.Namespace) -> int:
    """Print the problems; exit code 1 when there are any."""
    document = open_design(arguments)
    resolver = Resolver(registry())
    flow = resolver.resolve(document)
    cures = all_repairs(document, resolver, flow, flow.problems)
    rows: list[dict[str, Any]] = [
        {
            "address": problem.address,
            "code": problem.code,
            "message": problem.message,
            "fixes": [
                {"title": repair.title, "effect": repair.effect, "cost": repair.cost} for repair in found
            ],
        }
        for problem, found in zip(flow.problems, cures, strict=True)
    ]
    if arguments.json:
        print(json.dumps(rows, ensure_ascii=False))
    elif not rows:
        print(f"{document.name}: no problems, {flow.leaves} layers, {flow.parameters:,} parameters.")
    for row in rows if not arguments.json else ():
        print(f"{row['address'] or document.name}: {row['message']}")
        for fix in row["fixes"]:
            print("    " + "  ".join(part for part in (fix["title"], fix["effect"], fix["cost"]) if part))
    return 1 if rows else 0
