"""What a view needs to know of a node's block, whatever arrives at it."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.blocks.block import Block
from explorer.figures.canvas.level_view import Form
from explorer.graph.catalogue import BadField, Catalogue, UnknownBlock
from explorer.graph.model import Node

MERGES = frozenset(["add", "multiply", "concat"])
LEAST_ROWS, MOST_ROWS = 3, 8
"""A concat of so many wires is a bar with a row for each; of fewer, or of more, it is a circle."""
GLYPHS = frozenset(["dropout", "identity"])
GLYPH_FAMILIES = frozenset(["act", "shape"])


@dataclass(frozen=True)
class BlockKind:
    """Title, colour, picture and form of a block.

    Attributes:
        has_weights: whether it may have parameters. optional: inputs that may stay empty.

    """

    title: str
    family: str
    icon: str
    form: Form
    configured: Block | None
    has_weights: bool = True
    optional: frozenset[str] = frozenset()


def form_of(block: str, family: str, is_composite: bool) -> Form:
    """Return how a block is drawn; never a matter of shapes, so that nothing moves when they change."""
    if block in ("input", "output"):
        return "input" if block == "input" else "output"
    if is_composite:
        return "composite"
    if block in MERGES:
        return "merge"
    return "glyph" if family in GLYPH_FAMILIES or block in GLYPHS else "card"


def is_bar(block: str, wires: int) -> bool:
    """Return whether a block that joins wires is drawn as tall as they need, instead of as a circle."""
    return block == "concat" and LEAST_ROWS <= wires <= MOST_ROWS


class Kinds:
    """Looks kinds up in a catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._of_block: dict[str, BlockKind] = {}
        self._known: dict[Block, BlockKind] = {}

    def of(self, node: Node) -> BlockKind:
        """Return the kind of a node, with its block as it is configured."""
        if node.group is not None:
            return BlockKind(node.group, "composite", "group", "composite", None)
        try:
            configured = self._catalogue.configure(node.block, node.fields)
        except BadField:
            configured = self._catalogue.configure(node.block, {})
        except UnknownBlock:
            return BlockKind(node.block, "io", "block", "card", None)
        assert isinstance(configured, Block)
        kind = self._known.get(configured)
        if kind is None:
            kind = self._known[configured] = _kind(configured)
        return kind

    def roughly(self, block: str) -> BlockKind:
        """Return the kind of a block with any fields: form, family and size depend on none of them."""
        kind = self._of_block.get(block)
        if kind is None:
            kind = self._of_block[block] = self.of(Node("any", block))
        return kind


def _kind(block: Block) -> BlockKind:
    form = form_of(block.id, block.family, block.is_composite)
    has_weights = block.is_composite or type(block).parameters is not Block.parameters
    optional = frozenset(port.name for port in block.inputs if port.optional)
    return BlockKind(block.title, block.family, block.icon, form, block, has_weights, optional)
