"""Problems and remarks as `check` and `summary` print them, each with the repairs that were tried."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from explorer.cli.designs import resolver
from explorer.graph.document import Document
from explorer.graph.flow import Flow, Problem
from explorer.graph.repairs import Repair, all_repairs
from explorer.remarks.curing import cures
from explorer.remarks.finding import remarks
from explorer.remarks.remark import Remark


def problem_rows(document: Document, flow: Flow) -> list[dict[str, Any]]:
    """Address, code, message and fixes of every problem (the contract of `--json`)."""
    tried = all_repairs(document, resolver(), flow, flow.problems)
    return [_row(problem, found) for problem, found in zip(flow.problems, tried, strict=True)]


def remark_rows(document: Document, flow: Flow) -> list[dict[str, Any]]:
    """The same of every remark that was not dismissed, with `kind` to tell them apart."""
    found = remarks(document, flow)
    return [{"kind": "remark", **_row(one, cures(document, resolver(), flow, one))} for one in found]


def _row(said: Problem | Remark, found: Sequence[Repair]) -> dict[str, Any]:
    return {
        "address": said.address,
        "code": said.code,
        "message": said.message,
        "fixes": [{"title": one.title, "effect": one.effect, "cost": one.cost} for one in found],
    }
