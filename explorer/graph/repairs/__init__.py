"""Repairs for problems: each is tried on a copy of the design before it is offered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from time import monotonic

from explorer.graph.catalogue import Catalogue
from explorer.graph.document import Document
from explorer.graph.edits import Edit, SetField
from explorer.graph.flow import Flow, NodeFlow, Problem
from explorer.graph.model import ROOT, Node
from explorer.graph.repairs import inserts, values, wiring
from explorer.graph.repairs.case import Case, Proposal, known_at
from explorer.graph.repairs.trial import Trial
from explorer.graph.resolve import Resolver

MOST = 3


@dataclass(frozen=True)
class Repair:
    """A cure that works.

    Attributes:
        title: what it does, e.g. `Insert Flatten`. block: id of the block it inserts, if it does.
        edit: what carries it out, in one undo step. effect: what it gives, e.g. `16×5×5 → 400`.
        cost: what the repaired node gets, e.g. `fc1 gets 48,120 parameters`.

    """

    title: str
    block: str
    edit: Edit
    effect: str
    cost: str


def repairs(document: Document, resolver: Resolver, flow: Flow, problem: Problem) -> list[Repair]:
    """Return up to three repairs of a problem on the top level or in a group, the best first.

    Each was applied to a copy: the problem is gone there and no new fault has come.
    """
    return next(iter(all_repairs(document, resolver, flow, (problem,))))


def all_repairs(
    document: Document, resolver: Resolver, flow: Flow, problems: Iterable[Problem], seconds: float = 5
) -> Iterator[list[Repair]]:
    """Yield the repairs of one problem after the other; none for those that come when the time is up."""
    trial = Trial(document, resolver)
    end = monotonic() + seconds
    try:
        for problem in problems:
            found = list[Repair]()
            if problem.waits_for is None and monotonic() < end:
                for repair in search(trial, resolver.catalogue, flow, problem):
                    found += [repair] if repair is not None else []
                    if monotonic() >= end:
                        break
            yield found
    finally:
        trial.close()


def advice(found: Sequence[Repair]) -> str:
    """What helps, in words, made from repairs that were tried; empty where none was found."""
    titles = [repair.title[:1].lower() + repair.title[1:] for repair in found]
    if not titles:
        return ""
    said = " or ".join(filter(None, (", ".join(titles[:-1]), titles[-1])))
    return f"{said[:1].upper()}{said[1:]}."


def search(trial: Trial, catalogue: Catalogue, flow: Flow, problem: Problem) -> Iterator[Repair | None]:
    """Try one repair after the other; yields each that works, up to three, and None for each that does not.

    Args:
        trial: where to try. catalogue: where blocks are looked up.
        flow: of the design as it is. problem: one of its faults.

    """
    place = _place(trial.document, problem.address) if problem.waits_for is None else None
    if place is None:
        return
    scope, node = place
    wire = next((e for e in trial.document.graph(scope).into(node.id) if e.into == problem.port), None)
    case = Case(trial.document, catalogue, flow, problem, node, scope, wire)
    before, found, titles = _faults(flow), set[object](), set[str]()
    for title, block, edit in _proposals(case):
        repair, what = _try(case, trial, before, title, block, edit) if title not in titles else (None, None)
        if what in found:
            repair = None  # the same under another name
        if repair is not None:
            found.add(what)
            titles.add(title)
        yield repair
        if len(found) == MOST:
            break


def _place(document: Document, address: str) -> tuple[str, Node] | None:
    scope = ROOT
    parts = address.split(".")
    for depth, name in enumerate(parts):
        graph = document.graph(scope)
        if name not in graph:
            return None
        node = graph[name]
        if depth == len(parts) - 1:
            return scope, node
        if node.group is None or node.group not in document.groups:
            return None  # inside a composite nothing can be edited
        scope = node.group
    return None


def _faults(flow: Flow) -> Counter[tuple[str, str]]:
    return Counter((problem.address, problem.code) for problem in flow.faults)


def _try(
    case: Case, trial: Trial, before: Counter[tuple[str, str]], title: str, block: str, edit: Edit
) -> tuple[Repair | None, object]:
    """The repair, if it is one, and what it makes of the faulty node: equal for equal cures."""
    flow = trial.flow_after(edit)
    if flow is None:
        return None, None
    left, this = _faults(flow), (case.problem.address, case.problem.code)
    if left[this] >= before[this] or not left <= before:
        return None, None
    node = known_at(flow, case.problem.address)
    cost = f"{case.node.id} gets {node.parameters:,} parameters" if node and node.parameters else ""
    made = _made(node) if not block and isinstance(edit, SetField) else None
    return Repair(title, block, edit, _effect(case, flow), cost), made or title


def _made(node: NodeFlow | None) -> object:
    """What a node is, however its fields are written."""
    if node is None or node.block is None or node.state != "ok":
        return None
    if node.block.is_composite:
        return node.block
    return node.block.module_for(node.arriving), tuple(node.outputs.values())


def _effect(case: Case, flow: Flow) -> str:
    """Shape before and after, at the wire that was repaired."""
    repaired = known_at(flow, case.problem.address)
    if repaired is None:
        return ""
    arrives = repaired.inputs.get(case.problem.port or "")
    if case.problem.got is not None and arrives is not None and arrives != case.problem.got:
        return f"{case.problem.got.text} → {arrives.text}"
    leaves = next(iter(repaired.outputs.values()), None)
    return f"→ {leaves.text}" if leaves else ""


def _proposals(case: Case) -> Iterator[Proposal]:
    for propose in _BY_CODE.get(case.problem.code, ()):
        yield from propose(case)


_BY_CODE: dict[str, tuple[Callable[[Case], Iterator[Proposal]], ...]] = {
    "axes": (
        values.other_choices,
        inserts.flatten,
        inserts.tokens,
        inserts.global_pool,
        inserts.equal_shapes,
    ),
    "dtype": (inserts.tokens,),
    "window": (values.smaller_window, values.nearby, inserts.larger),
    "groups": (values.dividing, values.nearby, inserts.rounded),
    "divide": (values.dividing, values.nearby, values.other_choices, inserts.rounded),
    "heads": (values.dividing, values.nearby),
    "unequal": (inserts.equal_shapes, values.other_choices, values.nearby),
    "two_wires": (wiring.one_wire,),
    "cycle": (wiring.break_circle,),
    "port": (wiring.move_wires, wiring.drop_bad_wires),
    "field": (values.padding_for_stride, values.reset_fields, values.nearby),
    "empty": (values.undo_stride, values.smaller_window, values.nearby, inserts.larger),
    "size": (values.other_choices, values.nearby),
    "shape": (values.other_choices, values.nearby),
    "muted": (wiring.unmute,),
    "shared": (wiring.own_weights,),
}
