"""Cures of remarks: each is tried on a copy of the design before it is offered, like repairs of problems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from explorer.graph.document import Document
from explorer.graph.flow import Flow, NodeFlow
from explorer.graph.repairs import MOST, Repair
from explorer.graph.repairs.case import known_at
from explorer.graph.repairs.trial import Trial
from explorer.graph.resolve import Resolver
from explorer.remarks.finding import again, aim_of
from explorer.remarks.look import Aim
from explorer.remarks.registry import kinds
from explorer.remarks.remark import Cure, Remark


def cures(
    document: Document, resolver: Resolver, flow: Flow, remark: Remark, aim: Aim | None = None
) -> list[Repair]:
    """Return up to three cures that work: the remark is gone, no fault and no remark of its kind has come."""
    trial = Trial(document, resolver)
    try:
        return [repair for repair in search_cures(trial, flow, remark, aim) if repair is not None]
    finally:
        trial.close()


def search_cures(trial: Trial, flow: Flow, remark: Remark, aim: Aim | None = None) -> Iterator[Repair | None]:
    """Try one cure after the other; yields each that works, and None for each that does not."""
    found = 0
    aim = aim or aim_of(trial.document)
    before = _kind_found(trial, flow, remark, aim)
    for cure in remark.cures:
        repair = _try(trial, flow, remark, cure, aim, before)
        found += repair is not None
        yield repair
        if found == MOST:
            return


def _kind_found(trial: Trial, flow: Flow, remark: Remark, aim: Aim) -> set[str]:
    return {one.address for one in again(trial.document, flow, aim, remark, kinds()[remark.code])}


def _try(trial: Trial, flow: Flow, remark: Remark, cure: Cure, aim: Aim, before: set[str]) -> Repair | None:
    with trial.after(cure.edit) as then:
        if then is None or not _faults(then) <= _faults(flow):
            return None
        if len(then.outputs) < len(flow.outputs) and cure.edit and remark.code != "equal_outputs":
            return None
        left = _kind_found(trial, then, remark, aim)
        if remark.address in left or not left <= before:
            return None
        return Repair(
            cure.title, cure.block, cure.edit, _effect(flow, then, remark.address), _cost(flow, then)
        )


def _faults(flow: Flow) -> Counter[tuple[str, str]]:
    return Counter((problem.address, problem.code) for problem in flow.faults)


def _effect(flow: Flow, then: Flow, address: str) -> str:
    """What leaves the node before and after, where that is another shape; else the design's answer."""
    here = _leaving(known_at(flow, address)), _leaving(known_at(then, address))
    if all(here) and here[0] != here[1]:
        return f"{here[0]} → {here[1]}"
    return ""


def _leaving(node: NodeFlow | None) -> str:
    tensor = next(iter(node.outputs.values()), None) if node else None
    return tensor.text if tensor else ""


def _cost(flow: Flow, then: Flow) -> str:
    if flow.parameters == then.parameters:
        return ""
    return f"{flow.parameters:,} → {then.parameters:,} parameters"
