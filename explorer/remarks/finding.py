"""Looks for remarks on a design: its top level and the groups that it uses, each group once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from explorer.graph.document import Document
from explorer.graph.edits import Batch, SetSetting
from explorer.graph.flow import Flow
from explorer.remarks.look import Aim, Look
from explorer.remarks.registry import kinds_of_block, kinds_of_level
from explorer.remarks.remark import Cure, Found, Kind, Remark
from explorer.training.datasets import DATASETS
from explorer.training.tasks import TASKS

DISMISSED = "dismissed_remarks"
"""The setting of a design that names remarks nobody wants to see there."""
PAUSE = 32
"""Nodes after which the search pauses."""
MOST_GROUPS = 1024
EACH, NAMED = 2, 3
"""Remarks of one kind that are listed one by one; nodes that are named where they are said together."""


def aim_of(
    document: Document, *, dataset: str = "", loss: str = "", batch: int = 0, has_weights: bool = False
) -> Aim:
    """What a design is for: its own data set and the usual loss of that, unless told otherwise."""
    data = DATASETS.get(dataset or str(document.settings.get("dataset") or ""))
    return Aim(
        data,
        loss or (TASKS[data.task].losses[0] if data else ""),
        batch,
        has_weights or bool(document.settings.get("weights")),
    )


def remarks(document: Document, flow: Flow, aim: Aim | None = None) -> list[Remark]:
    """Return all remarks on a design, dismissed ones left out, in running order."""
    return shown(document, [found for found in search(document, flow, aim) if found is not None])


def shown(document: Document, found: Iterable[Remark]) -> list[Remark]:
    """Leave out what was dismissed, and say once what is true of many nodes."""
    gone = set(dismissed(document))
    by_kind: dict[str, list[Remark]] = {}
    for remark in found:
        if gone.isdisjoint(remark.keys):
            by_kind.setdefault(remark.code, []).append(remark)
    return [
        one for alike in by_kind.values() for one in (alike if len(alike) <= EACH else [_together(alike)])
    ]


def _together(alike: Sequence[Remark]) -> Remark:
    first, *rest = alike
    names = ", ".join(remark.address for remark in rest[:NAMED]) + (", …" if len(rest) > NAMED else "")
    message = f"{first.message} The same at {len(rest)} other places: {names}."
    cures = list(first.cures)
    if all(remark.cures for remark in alike):
        every = Batch(tuple(remark.cures[0].edit for remark in alike))
        cures.insert(0, Cure(f"{cures[0].title}, at all {len(alike)} places", every))
    return Remark(first.address, first.code, message, tuple(cures), tuple(one.address for one in rest))


def search(document: Document, flow: Flow, aim: Aim | None = None) -> Found:
    """Look for remarks, dismissed ones included.

    Yields None every few nodes, so that whoever waits for the window can go on later. It is of no use any
    more once the design was edited.
    """
    yield from _level(Look(document, flow, aim or aim_of(document)), set())


def dismissed(document: Document) -> Collection[str]:
    """Keys of the remarks that are not to be shown on this design."""
    found = document.settings.get(DISMISSED)
    return [str(key) for key in found] if isinstance(found, tuple | list) else []


def dismiss(document: Document, remark: Remark) -> SetSetting:
    """The edit after which a remark is no longer shown on this design."""
    return SetSetting(DISMISSED, (*dict.fromkeys((*dismissed(document), *remark.keys)),))


def _level(look: Look, seen: set[str]) -> Found:
    nodes = look.flow.nodes
    order = look.flow.order if len(look.flow.order) == len(nodes) else tuple(nodes)
    for number, node_id in enumerate(order):
        if number % PAUSE == PAUSE - 1:
            yield None
        if node_id not in look.graph or not look.works(node_id):
            continue
        node = look.graph[node_id]
        if node.group is not None:
            yield from _inside(look, node_id, node.group, seen)
        for kind in kinds_of_block(node.block):
            yield from kind.find(look, node_id)
    if not look.flow.faults:
        for kind in kinds_of_level():
            yield None
            yield from kind.find(look)


def _inside(look: Look, node_id: str, group: str, seen: set[str]) -> Found:
    inside = look.inside(node_id)
    if inside is None or group in seen or len(seen) > MOST_GROUPS:
        return
    seen.add(group)
    yield from _level(inside, seen)


def again(document: Document, flow: Flow, aim: Aim, remark: Remark, kind: Kind) -> Iterator[Remark]:
    """Remarks of one kind at one level, looked for once more."""
    look: Look | None = Look(document, flow, aim)
    *path, _ = remark.address.split(".")
    for name in path:
        look = look.inside(name) if look is not None else None
    if look is None:
        return
    if not kind.blocks:
        yield from (found for found in kind.find(look) if found is not None)
        return
    for node in (node for block in kind.blocks for node in look.graph.of_block(block)):
        if look.works(node.id):
            yield from (found for found in kind.find(look, node.id) if found is not None)
