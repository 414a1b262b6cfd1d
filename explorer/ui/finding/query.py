"""What is typed to find layers: words, shapes and comparisons, all of which have to hold.

`conv 64x14x14 params>1e5` means: called or built like “conv”, a tensor of 64×14×14 arrives or leaves, and
more than 100,000 parameters.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass

from explorer.blocks.block import Block
from explorer.graph.flow import NodeFlow
from explorer.graph.tensor import Tensor
from explorer.ui.widgets import fuzzy

_COMPARES: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
}
FIGURES: dict[str, Callable[[NodeFlow], int]] = {
    "params": lambda node: node.parameters,
    "parameters": lambda node: node.parameters,
    "trainable": lambda node: node.trainable,
    "macs": lambda node: node.macs,
    "values": lambda node: node.activation_bytes // 4,
}
"""What can be compared with a number."""
_COMPARISON = re.compile(r"([a-z]+)(>=|<=|>|<|=)([0-9][0-9.,]*(?:e[0-9]{1,2})?)([kmg]?)")
_SHAPE = re.compile(r"(?:[0-9]{1,9}|\?)(?:[x×](?:[0-9]{1,9}|\?))+")
_LARGE = {"": 1.0, "k": 1e3, "m": 1e6, "g": 1e9}
EXAMPLES = "name, block, 64x14x14, params>1e6"


@dataclass(frozen=True)
class Comparison:
    """A figure of a layer against a number."""

    figure: str
    sign: str
    value: float

    def holds(self, node: NodeFlow) -> bool:
        """Whether it is so for a layer."""
        return _COMPARES[self.sign](FIGURES[self.figure](node), self.value)


@dataclass(frozen=True)
class Query:
    """A text, taken apart. `shapes` hold None where any size will do."""

    words: str
    shapes: tuple[tuple[int | None, ...], ...] = ()
    comparisons: tuple[Comparison, ...] = ()

    def holds(self, node: NodeFlow) -> bool:
        """Whether shapes and comparisons fit a layer; the words are another matter."""
        return all(c.holds(node) for c in self.comparisons) and all(_occurs(s, node) for s in self.shapes)


def parse(text: str) -> Query:
    """Take a text apart; what is no shape and no comparison is a word."""
    words: list[str] = []
    shapes: list[tuple[int | None, ...]] = []
    comparisons: list[Comparison] = []
    for term in _joined(text.lower()).split():
        found = _COMPARISON.fullmatch(term)
        if found and found[1] in FIGURES and (value := _number(found[3])) is not None:
            comparisons.append(Comparison(found[1], found[2], value * _LARGE[found[4]]))
        elif _SHAPE.fullmatch(term):
            shapes.append(tuple(None if size == "?" else int(size) for size in re.split("[x×]", term)))
        else:
            words.append(term)
    return Query(" ".join(words), tuple(shapes), tuple(comparisons))


def _joined(text: str) -> str:
    """`params > 1e6` is typed with spaces, too."""
    return re.sub(r"\s*(>=|<=|>|<|=)\s*", r"\1", text)


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None


def _occurs(shape: tuple[int | None, ...], node: NodeFlow) -> bool:
    tensors = (*node.inputs.values(), *node.outputs.values())
    return any(tensor is not None and _fits(shape, tensor) for tensor in tensors)


def _fits(shape: tuple[int | None, ...], tensor: Tensor) -> bool:
    return len(shape) == len(tensor.shape) and all(
        wanted in (None, size) for wanted, size in zip(shape, tensor.shape, strict=True)
    )


def title_of(node: NodeFlow) -> str:
    """The title of a layer's block; empty for groups."""
    return node.block.title if isinstance(node.block, Block) else ""


def rank(query: Query, address: str, node: NodeFlow, *, forgive: bool = True) -> fuzzy.Match | None:
    """How well a layer fits, with the letters of its address that were meant; None when it does not.

    Args:
        query: what was typed. address, node: the layer. forgive: whether a wrong letter is forgiven; of ten
            thousand layers that would take seconds.

    """
    if not query.holds(node):
        return None
    if not query.words:
        return fuzzy.Match(0.0, ())
    hit = (fuzzy.forgiving if forgive else fuzzy.match)(query.words, address)
    if hit is not None and hit.score > 0:
        return hit
    other = fuzzy.match(query.words, title_of(node))
    return fuzzy.Match(other.score - 40.0, ()) if other is not None and other.score > 40 else None
