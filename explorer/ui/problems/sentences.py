"""Problems in the words of the panels."""

from __future__ import annotations

from explorer.graph.flow import Flow, NodeFlow, Problem
from explorer.graph.repairs import Repair
from explorer.remarks.registry import kinds
from explorer.remarks.remark import Remark
from explorer.ui.problems.box import ProblemNote

_TITLES = {
    "axes": "The input does not fit",
    "shape": "The input does not fit",
    "window": "The window does not fit",
    "groups": "The groups do not fit",
    "unconnected": "A wire is missing",
    "two_wires": "Two wires end at one input",
    "port": "A wire ends nowhere",
    "field": "A field does not fit",
    "block": "This block is not known",
    "cycle": "The wires run in a circle",
    "muted": "It cannot be passed through",
    "shared": "The weights do not fit here",
    "dtype": "The input does not fit",
}


def sentence(problem: Problem, node: NodeFlow | None = None) -> str:
    """Return the message without the node's own name, which stands beside it already."""
    if problem.waits_for is not None:
        shown = node.block.summary() if node and node.block and hasattr(node.block, "summary") else ""
        fine = f"Its own fields are fine ({shown})." if shown else "Nothing to repair here."
        return f"Waits for {problem.waits_for}. {fine}"
    return without_name(problem.message, problem.address)


def without_name(message: str, address: str) -> str:
    """Return a message without the name of the node it begins with."""
    name = address.rpartition(".")[2]
    message = message.removeprefix(f"{name} ")
    return message[:1].upper() + message[1:]


def note(problem: Problem, repairs: tuple[Repair, ...]) -> ProblemNote:
    """Return what the inspector says of a problem."""
    if problem.waits_for is not None:
        return ProblemNote(f"Waits for {problem.waits_for}", "Nothing to repair here.", waits=True)
    title = _TITLES.get(problem.code, "This does not work yet")
    best = repairs[0] if repairs else None
    effect = " · ".join(part for part in (best.effect, best.cost) if part) if best else ""
    return ProblemNote(title, sentence(problem), repair=best.title if best else "", effect=effect)


def remark_note(remark: Remark, cures: tuple[Repair, ...]) -> ProblemNote:
    """Return what the inspector says of a remark: its kind, the sentence, the best cure."""
    best = cures[0] if cures else None
    effect = " · ".join(part for part in (best.effect, best.cost) if part) if best else ""
    said = without_name(remark.message, remark.address)
    title = kinds()[remark.code].title
    return ProblemNote(title, said, repair=best.title if best else "", effect=effect, is_remark=True)


def at(flow: Flow, address: str) -> Problem | None:
    """Return the first problem of a node; faults go before waiting."""
    return flow.report.problem_at(address)
