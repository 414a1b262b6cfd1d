"""Edits as data. `Document.apply` carries one out and returns the edit that takes it back.

The same records serve undo and redo, lessons, scripts, tests, autosave and the change event.
`scope` is the level that is edited: `""` is the top, any other the name of a group.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from explorer.graph.marks import Exposed, Origin
from explorer.graph.model import Edge, FieldValue, Frame, Node, NodeId, Note, Position


class _Edit(msgspec.Struct, frozen=True, tag=True, omit_defaults=True, forbid_unknown_fields=True):
    """Common shape of the edits."""


class AddNode(_Edit, frozen=True):
    """Put a new node on a level; its id is free there.

    `place` is its number among the nodes, by which one that was removed comes back to where it stood; without
    it the node comes last.
    """

    node: Node
    scope: str = ""
    place: int | None = None


class RemoveNode(_Edit, frozen=True):
    """Take a node away that has no wires left."""

    id: NodeId
    scope: str = ""


class Connect(_Edit, frozen=True):
    """Draw a wire."""

    edge: Edge
    scope: str = ""


class Disconnect(_Edit, frozen=True):
    """Remove a wire."""

    edge: Edge
    scope: str = ""


class SetField(_Edit, frozen=True):
    """Set one field of a node; `None` goes back to the block's default."""

    id: NodeId
    field: str
    value: FieldValue
    scope: str = ""


class SetBlock(_Edit, frozen=True):
    """Turn a node into another block, fields and all; its wires stay."""

    id: NodeId
    block: str
    fields: dict[str, FieldValue]
    scope: str = ""


class SetTitle(_Edit, frozen=True):
    """Set the free title of a node."""

    id: NodeId
    title: str
    scope: str = ""


class SetFlag(_Edit, frozen=True):
    """Switch `muted`, `frozen` or `collapsed` of a node."""

    id: NodeId
    flag: str
    on: bool
    scope: str = ""


class SetShares(_Edit, frozen=True):
    """Let a node run with the weights of `owner`, a node of the same level; empty: with its own."""

    id: NodeId
    owner: NodeId
    scope: str = ""


class Move(_Edit, frozen=True):
    """Place nodes (and notes) at new positions."""

    positions: dict[NodeId, Position]
    scope: str = ""


class Rename(_Edit, frozen=True):
    """Give a node another id."""

    old: NodeId
    new: NodeId
    scope: str = ""


class SetFrame(_Edit, frozen=True):
    """Add, replace or (with `frame=None`) remove the frame called `id`."""

    id: str
    frame: Frame | None
    scope: str = ""


class SetNote(_Edit, frozen=True):
    """Add, replace or (with `note=None`) remove the note called `id`."""

    id: str
    note: Note | None
    scope: str = ""


class SetDots(_Edit, frozen=True):
    """Lead a wire through these points, from its source on; without any it takes its own way."""

    edge: Edge
    dots: tuple[Position, ...]
    scope: str = ""


class DefineGroup(_Edit, frozen=True):
    """Store a group under a free name: the level that its uses show when opened."""

    name: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


class DropGroup(_Edit, frozen=True):
    """Forget a group that has no uses."""

    name: str


class SetExposed(_Edit, frozen=True):
    """Let a group expose a field, or other nodes by it; with `row=None` no more.

    `place` is its number among the exposed fields, by which one that was removed comes back.
    """

    name: str
    row: Exposed | None
    scope: str
    place: int | None = None


class SetOrigin(_Edit, frozen=True):
    """Note from which block of the user's library a group was taken, or that it was from none."""

    origin: Origin | None
    scope: str


class SetName(_Edit, frozen=True):
    """Name the design."""

    name: str


class SetSetting(_Edit, frozen=True):
    """Remember something with the design that is no part of the graph (data set, seed, …)."""

    key: str
    value: FieldValue


class Batch(_Edit, frozen=True):
    """Several edits in order, as one; when one fails, none has happened.

    `moves` says what lives on under other addresses, as (scope, old, new) with paths of modules that start
    in that scope: (“”, “conv1”, “group1.conv1”). All of them move at once, after the edits (see
    `explorer.graph.moves`); weights follow them. The inverse of such a batch moves them back first.
    """

    edits: tuple[Edit, ...]
    moves: tuple[tuple[str, str, str], ...] = ()


Edit: TypeAlias = (
    AddNode
    | RemoveNode
    | Connect
    | Disconnect
    | SetField
    | SetBlock
    | SetTitle
    | SetFlag
    | SetShares
    | Move
    | Rename
    | SetFrame
    | SetNote
    | SetDots
    | DefineGroup
    | DropGroup
    | SetExposed
    | SetOrigin
    | SetName
    | SetSetting
    | Batch
)


class EditProblem(ValueError):
    """An edit that cannot be carried out; the text is a sentence for the user."""
