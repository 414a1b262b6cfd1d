"""Problems of a design as `check` and `summary` print them, each with the repairs that were tried."""

from __future__ import annotations

from typing import Any

from explorer.cli.designs import resolver
from explorer.graph.document import Document
from explorer.graph.flow import Flow
from explorer.graph.repairs import all_repairs


def problem_rows(document: Document, flow: Flow) -> list[dict[str, Any]]:
    """Address, code, message and fixes of every problem (the contract of `--json`)."""
    cures = all_repairs(document, resolver(), flow, flow.problems)
    return [
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
