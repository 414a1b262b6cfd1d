"""When two records of a node make no difference to what runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from explorer.graph.model import FieldValue, Node


def runs_alike(one: Node, other: Node) -> bool:
    """Whether two records of a node differ at most in how they are shown."""
    return (
        one.block == other.block
        and (one.fields is other.fields or _spelled(one.fields) == _spelled(other.fields))
        and one.muted is other.muted
        and one.frozen is other.frozen
        and one.shares == other.shares
    )


def _spelled(fields: Mapping[str, FieldValue]) -> list[tuple[str, type, FieldValue]]:
    """Fields as blocks read them: True is not 1, and the first wrong one is spoken of."""
    return [(name, type(value), value) for name, value in fields.items()]
