"""A block inside a field: what a wrapper wraps, written as `conv2d(filters=8, kernel=3)`.

Such a text is data: it is taken apart, never run.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from explorer.blocks.fields import Field
from explorer.graph.builder import Builder, Wire
from explorer.graph.catalogue import BadField, ShapeError, UnknownBlock
from explorer.graph.model import GROUP_PREFIX, FieldValue

if TYPE_CHECKING:
    from explorer.blocks.block import Block

LONGEST = 500
SIZES = ("size", "sizes", "padding")
"""Kinds of fields whose equal numbers are written as one."""


def read(text: str) -> tuple[str, dict[str, FieldValue]]:
    """Take `conv2d(filters=8)` apart into id and fields; raises `BadField` for anything else."""
    try:
        found = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        found = ast.Constant(None)
    if isinstance(found, ast.Name):
        return found.id, {}
    if not isinstance(found, ast.Call) or not isinstance(found.func, ast.Name) or found.args:
        raise BadField("what is wrapped is written as a block with its fields: conv2d(filters=8, kernel=3).")
    fields: dict[str, FieldValue] = {}
    for word in found.keywords:
        if word.arg is None:
            raise BadField("what is wrapped has fields with names: conv2d(filters=8).")
        try:
            fields[word.arg] = ast.literal_eval(word.value)
        except (ValueError, TypeError, MemoryError, RecursionError):
            words = "is a number, a word in quotes, true or false, or sizes"
            raise BadField(f"{word.arg} of what is wrapped {words}.") from None
    return found.func.id, fields


def write(block: str, fields: Mapping[str, FieldValue]) -> str:
    """Put id and fields together again."""
    inside = ", ".join(f"{name}={value!r}" for name, value in fields.items())
    return f"{block}({inside})" if inside else block


def made(text: str) -> Block:
    """Return the block that the text stands for; raises `BadField` with a sentence."""
    from explorer.blocks.registry import registry

    block, fields = read(text)
    try:
        return registry().configure(block, fields)
    except UnknownBlock as problem:
        raise BadField(f"what is wrapped: {problem}") from None
    except BadField as problem:
        raise BadField(f"what is wrapped, {block}: {problem}") from None


class Inner(Field[str]):
    """A block with its fields, or `group:NAME` for a group of the user's own."""

    kind = "block"

    def check(self, value: FieldValue) -> str:
        """Accept a known block with legal fields, in its shortest form, or the name of a group."""
        if not isinstance(value, str) or not 0 < len(value) <= LONGEST:
            raise self._refuse(value, "a block with its fields, such as linear(features=10)")
        if value.startswith(GROUP_PREFIX):
            return value
        from explorer.blocks.block import squash

        block = made(value)
        changed: dict[str, Any] = {
            name: squash(block.values[name]) if field.kind in SIZES else block.values[name]
            for name, field in block.fields.items()
            if block.values[name] != field.default
        }
        return write(block.id, changed)


def group_of(text: str) -> str | None:
    """Name of the group that a field stands for, None for a block."""
    return text[len(GROUP_PREFIX) :] if text.startswith(GROUP_PREFIX) else None


def add(g: Builder, text: str, wires: Sequence[Wire], name: str) -> tuple[Wire, ...]:
    """Add what the text stands for to a composite; returns all its outputs, of which there is one at least.

    Raises:
        ShapeError: a group has no output, so that nothing comes out of what wraps it.

    """
    if (group := group_of(text)) is not None:
        made = g.use(group, *wires, name=name)
        if not made:
            raise ShapeError(f"wraps the group {group}, which has no output.", code="unconnected")
        return made
    block, fields = read(text)
    return g.add_block(block, wires, name, fields)
