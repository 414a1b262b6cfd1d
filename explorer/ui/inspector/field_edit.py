"""The edit that gives a field of a node a value as it was typed in a form."""

from __future__ import annotations

from typing import cast

from explorer.blocks import inner
from explorer.blocks.block import Block, squash
from explorer.graph.catalogue import BadField, Catalogue
from explorer.graph.edits import SetField
from explorer.graph.model import FieldValue, Node


def of(catalogue: Catalogue, cls: type[Block], node: Node, name: str, value: object, scope: str) -> SetField:
    """Return the edit for one field.

    Args:
        catalogue: of blocks. cls: declaration of the node's block. node: as it is now.
        name: of the field; `inner.NAME` is a field of what the node wraps. value: what was typed.
        scope: level of the node.

    Raises:
        BadField, UnknownBlock: the value does not suit, in words.

    """
    if "." in name:
        name, _, part = name.partition(".")
        value = _rewritten(str(cls(**node.fields).values[name]), part, value)
    if name not in cls.fields:
        raise BadField(f"{cls.title} has no field “{name}”.")
    field = cls.fields[name]
    checked: FieldValue = field.check(value)  # type: ignore[arg-type]
    _refuse_contradiction(catalogue, node, name, checked)
    written = None if checked == field.default else _written(field.kind, checked)
    return SetField(node.id, name, written, scope)


def _refuse_contradiction(catalogue: Catalogue, node: Node, name: str, value: FieldValue) -> None:
    """Raise `BadField` when the fields contradict each other now and did not before."""
    try:
        catalogue.configure(node.block, {**node.fields, name: value})
    except BadField:
        try:
            catalogue.configure(node.block, node.fields)
        except BadField:
            return  # it was wrong already: one value after the other has to be put right
        raise


def _written(kind: str, value: FieldValue) -> FieldValue:
    """Return a value as designs write it: equal sizes as one number."""
    return cast(FieldValue, squash(value)) if kind in ("size", "sizes", "padding") else value


def _rewritten(text: str, name: str, value: object) -> str:
    """Return what is wrapped with another value of one of its fields; raises `BadField`."""
    block, fields = inner.read(text)
    checked: FieldValue = inner.made(text).fields[name].check(value)  # type: ignore[arg-type]
    return inner.write(block, fields | {name: checked})
