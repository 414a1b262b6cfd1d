"""`explorer diff A B`: what differs between two designs."""

from __future__ import annotations

import argparse
import json
from typing import Any

from explorer.blocks.registry import registry
from explorer.cli.designs import open_named
from explorer.graph.difference import Difference, Row, difference
from explorer.graph.resolve import Resolver

SIGNS = {"added": "+", "removed": "−", "fields": "≠", "shapes": "~"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Both designs, and how to print."""
    for name in ("first", "second"):
        parser.add_argument(
            name, metavar=name[0].upper() + name[1:], help="a file, or the id of an architecture"
        )
    parser.add_argument("--json", action="store_true", help="one JSON value")


def run(arguments: argparse.Namespace) -> int:
    """Print what differs."""
    first, second = open_named(arguments.first), open_named(arguments.second)
    found = difference(first, second, Resolver(registry()))
    if arguments.json:
        print(json.dumps(as_json(found), ensure_ascii=False))
    elif found.is_none:
        print(f"The two designs are the same: {found.same} nodes, {found.first.parameters:,} parameters.")
    else:
        _print(found)
    return 0


def as_json(found: Difference) -> dict[str, Any]:
    """The difference as plain values."""
    return {
        "first": found.names[0],
        "second": found.names[1],
        "same": found.is_none,
        "nodes": [
            {
                "kind": row.kind,
                "first": row.first,
                "second": row.second,
                "block": row.block,
                "changes": [
                    {"name": change.name, "before": change.before, "after": change.after}
                    for change in row.changes
                ],
                "parameters": row.parameters,
            }
            for row in found.rows
        ],
        "wires": {
            "removed": [[e.src, e.out, e.dst, e.into] for e in found.gone],
            "added": [[e.src, e.out, e.dst, e.into] for e in found.new],
        },
        "unchanged": found.same,
        "totals": [
            {"nodes": total.nodes, "parameters": total.parameters, "macs": total.macs}
            for total in (found.first, found.second)
        ],
    }


def _print(found: Difference) -> None:
    first, second = found.first, found.second
    print(f"{found.names[0]} → {found.names[1]}")
    for row in found.rows:
        print(f"  {SIGNS[row.kind]} {row.address:<28} {_words(row)}")
    for sign, wires in (("−", found.gone), ("+", found.new)):
        for edge in wires:
            print(f"  {sign} wire {edge.src}.{edge.out} → {edge.dst}.{edge.into}")
    print(f"  {found.same} the same")
    for name, before, after in (
        ("nodes", first.nodes, second.nodes),
        ("parameters", first.parameters, second.parameters),
        ("MACs", first.macs, second.macs),
    ):
        more = f"  {(after - before) / before:+.0%}" if before else ""
        print(f"  {name:<12}{before:>16,} → {after:>16,}{more if before != after else ''}")


def _words(row: Row) -> str:
    if row.kind in ("added", "removed"):
        return f"{row.block}, {abs(row.parameters):,} parameters"
    changes = ", ".join(f"{change.name} {change.before} → {change.after}" for change in row.changes)
    renamed = f" (was {row.first})" if row.first != row.second else ""
    return changes + renamed
