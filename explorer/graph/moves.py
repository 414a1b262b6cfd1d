"""How addresses move when a design is edited, so that what was learnt there can follow.

A *step* holds pairs of addresses, the old one and the new one, that move at the same time with all that
stands below them. Addresses are those of the running module: of layers that share weights the owner's. In a
step

- what no old address covers stays where it is, unless something else moves there;
- an old address that is named twice lives on at both places;
- of two that move to one place the first that has anything takes it.

`*` stands for one name, whatever it is: what a wrapper wraps runs below a name that the wrapper gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from explorer.graph import edits as e
from explorer.graph.model import ROOT, Graph
from explorer.graph.sharing import owner_of

if TYPE_CHECKING:
    from explorer.graph.document import Document

Step: TypeAlias = tuple[tuple[str, str], ...]
ANY = "*"
MOST_PLACES = 10_000
"""Places at which one group is used, also through other groups; no design with more of them can run."""


def moves_of(edit: e.Edit, document: Document) -> tuple[Step, ...]:
    """Return how addresses moved with the edit that was applied last.

    Args:
        edit: that `document` has just told its listeners, or what was given to `apply`.
        document: after the edit.

    Returns:
        Steps, one after the other; none for most edits.

    Raises:
        ValueError: another edit has been applied since; the levels of this one may be gone.

    """
    if document.newest is not edit:
        raise ValueError("only the newest edit can say what it moved")
    return document.moved


def step_of(edit: e.Edit, inverse: e.Edit, graphs: Mapping[str, Graph]) -> Step:
    """What an edit that was just applied moved by itself, apart from the edits inside it."""
    if isinstance(edit, e.Rename):
        return tuple(_at_places(((edit.scope, edit.old, edit.new),), graphs)) if edit.old != edit.new else ()
    if isinstance(edit, e.SetShares) and isinstance(inverse, e.SetShares):
        return tuple(_at_places(_handed_over(edit, inverse.owner or edit.id, edit.owner or edit.id), graphs))
    return tuple(_at_places(edit.moves, graphs)) if isinstance(edit, e.Batch) else ()


def _handed_over(edit: e.SetShares, before: str, after: str) -> Sequence[tuple[str, str, str]]:
    """A node runs another module now: that one stays as it is, and takes over where it has nothing yet."""
    if before == after:
        return ()
    return [(edit.scope, old, new) for old, new in ((after, after), (before, before), (before, after))]


def _at_places(
    moves: Iterable[tuple[str, str, str]], graphs: Mapping[str, Graph]
) -> Iterator[tuple[str, str]]:
    """Moves on levels as moves of addresses: a level that is used twice gives two."""
    places: dict[str, list[str]] = {}
    for scope, old, new in moves:
        if scope not in places:
            found = _places(scope, graphs)
            places[scope] = found if len(found) <= MOST_PLACES else []
        for place in places[scope]:
            yield place + old, place + new


def _places(scope: str, graphs: Mapping[str, Graph]) -> list[str]:
    """What stands in front of the ids of a level in addresses, for each of its uses; one too many at most."""
    if scope == ROOT:
        return [""]
    found: dict[str, None] = {}
    for outer, graph in graphs.items():
        nodes = [graph[node_id] for node_id in graph.register.using(scope)]
        uses = {(owner_of(node), node.group == scope) for node in nodes}
        for before in _places(outer, graphs) if uses else ():
            for use, plain in sorted(uses):
                found[f"{before}{use}." if plain else f"{before}{use}.{ANY}."] = None
                if len(found) > MOST_PLACES:
                    return list(found)
    return list(found)


def follow(steps: Iterable[Step], names: Iterable[str]) -> dict[str, str]:
    """Follow names below addresses through steps.

    Args:
        steps: in order. names: addresses, or names of tensors.

    Returns:
        What stood under which old name, by new name. An old name occurs several times where one address
        lives on at several places, and not at all where nothing of it is left.

    """
    held = {name: name for name in names}
    for step in steps:
        held = _moved(step, held)
    return held


def _moved(step: Step, held: dict[str, str]) -> dict[str, str]:
    exact = {old for old, _ in step if ANY not in old.split(".")}
    loose = [(old, old.split(".")) for old, _ in step if old not in exact]
    covered: dict[str, list[tuple[tuple[str, ...], str, str]]] = {}
    free: list[str] = []
    for name in held:
        found = _cover(name, exact, loose)
        if found is None:
            free.append(name)
        else:
            old, met, rest = found
            covered.setdefault(old, []).append((met, rest, name))
    after: dict[str, str] = {}
    for old, new in step:
        for met, rest, name in covered.get(old, ()):
            after.setdefault(_filled(new, met) + rest, held[name])
    for name in free:
        after.setdefault(name, held[name])
    return after


def _cover(
    name: str, exact: set[str], loose: list[tuple[str, list[str]]]
) -> tuple[str, tuple[str, ...], str] | None:
    """The longest old address that is, or stands above, a name; what its `*` stand for, and what follows."""
    end = len(name)
    while end > 0:
        head = name[:end]
        if head in exact:
            return head, (), name[end:]
        parts = head.split(".") if loose else []
        for old, pattern in loose:
            if len(pattern) == len(parts) and all(p in (ANY, q) for p, q in zip(pattern, parts, strict=True)):
                met = tuple(q for p, q in zip(pattern, parts, strict=True) if p == ANY)
                return old, met, name[end:]
        end = name.rfind(".", 0, end)
    return None


def _filled(address: str, met: tuple[str, ...]) -> str:
    if not met:
        return address
    left = iter(met)
    return ".".join(next(left, part) if part == ANY else part for part in address.split("."))
