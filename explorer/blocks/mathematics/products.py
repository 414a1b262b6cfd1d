"""Products of tensors, summed over axes."""

from __future__ import annotations

import re
from math import prod

from explorer.blocks.block import Block, Call, block, call
from explorer.blocks.checks import wants_float
from explorer.blocks.fields import Choice, Text
from explorer.graph.catalogue import BadField, ReceptiveField, ShapeError
from explorer.graph.tensor import DEFAULT_AXES, SPATIAL, Tensor, sequence

OWN = "explorer.engine.modules.arithmetic"
EQUATION = re.compile(r"([a-z]{1,5})(?:,([a-z]{1,5}))?->([a-z]{0,5})")


@block(
    "matmul",
    target=f"{OWN}:MatrixProduct",
    category="1.1.7",
    family="linear",
    icon="matmul",
    stem="product",
)
class MatrixProduct(Block):
    r"""Multiplies two matrices that both arrive: every row of the first with every column of the second. With
    more than two axes the last two are the matrices, and the others say which go together.

    Either may be transposed first, so that A·Bᵀ compares all rows of one with all rows of the other.

    Shapes: a (…, n, k), b (…, k, m) → y (…, n, m), with the axis letters of a.
    Parameters: 0.
    MACs: n·k·m for each pair of matrices.
    Used in: attention by hand, bilinear pooling, graph convolution with a given adjacency.
    Strengths: both sides may depend on the data, unlike in a linear layer.
    Gaps: cost and output grow with the product of the sizes.
    Source: plain mathematics; Lin, RoyChowdhury & Maji 2015, arXiv:1504.07889, multiply maps with maps.
    """

    formula = r"y_{ij} = \sum_k a_{ik}\, b_{kj}"
    tags = ("matmul", "bmm", "dot product", "matrix multiplication")
    keeps = "inputs"
    example = (sequence(6, 8), sequence(8, 12))
    transpose = Choice("none", ("none", "first", "second", "both"), doc="which input is transposed before")

    def _sizes(self, a: Tensor, b: Tensor) -> tuple[tuple[int, int], tuple[int, int]]:
        """Rows and columns of both as they are multiplied."""
        one, other = a.shape[-2:], b.shape[-2:]
        one = one[::-1] if self.transpose in ("first", "both") else one
        other = other[::-1] if self.transpose in ("second", "both") else other
        return (one[0], one[1]), (other[0], other[1])

    def infer(self, a: Tensor, b: Tensor) -> Tensor:
        for x, port in ((a, "a"), (b, "b")):
            wants_float(x, port)
            if len(x.shape) < 2:
                raise ShapeError(
                    f"multiplies matrices and needs two axes or more, but {{source}} sends {x.spelled}.",
                    code="axes",
                    port=port,
                    wants="T × D",
                )
        (rows, inner), (matching, columns) = self._sizes(a, b)
        if inner != matching:
            raise ShapeError(
                f"multiplies rows of {inner} with columns of the same length, "
                f"but {{source}} sends {b.spelled}.",
                code="unequal",
                port="b",
                wants=f"T {inner} × D",
            )
        one, other = a.shape[:-2], b.shape[:-2]
        if one != other and one and other:
            raise ShapeError(
                f"multiplies matrices one by one, but gets {a.spelled} and {b.spelled}.",
                code="unequal",
                port="b",
                wants=a.text,
            )
        if len(b.shape) > len(a.shape):
            return b.resized(*other, rows, columns)
        return a.resized(*one, rows, columns)

    def macs(self, a: Tensor, b: Tensor) -> int:
        (rows, inner), (_, columns) = self._sizes(a, b)
        return prod(a.shape[:-2] or b.shape[:-2]) * rows * inner * columns

    def receptive_field(self, a: Tensor, b: Tensor) -> ReceptiveField:
        return ReceptiveField(whole=True)

    def arguments(self, a: Tensor, b: Tensor) -> Call:
        return call(defaults={"transpose": "none"}, transpose=self.transpose)


@block("einsum", target=f"{OWN}:Einsum", category="1.1.7", family="linear", icon="einsum")
class Einsum(Block):
    r"""Multiplies tensors whose axes are named by letters and sums over every letter that the result lacks.
    With td,sd->ts, all rows of one are multiplied with all rows of the other.

    Letters are small ones of your choice, each once in an input; the batch axis is left out. `axes` says what
    the axes of the result are called; empty: by their number.

    Shapes: a, b (as the equation says; b may be missing) → y (its letters behind the arrow).
    Parameters: 0.
    MACs: the product of the sizes of all letters, where both inputs share a letter that is summed; letters of
        one input alone are summed before.
    Used in: attention, bilinear layers, tensor networks: anything that is products and sums.
    Strengths: transposes, traces of the batch, matrix and outer products in one line.
    Gaps: an equation has to be read; large results are easily written.
    Source: plain mathematics, after Einstein 1916, doi:10.1002/andp.19163540702.
    """

    formula = r"y_{ts} = \sum_d a_{td}\, b_{sd}"
    tags = ("einstein", "contraction", "tensor product", "outer product", "bilinear")
    example = (sequence(6, 8), sequence(12, 8))
    equation = Text("td,sd->ts", longest=20, doc="letters of the axes of each input, an arrow, the result's")
    axes = Text("", longest=5, doc="letters of C H W T D for the result; empty: by their number")

    def validate(self) -> None:
        """One or two terms, an arrow, a result whose letters occur in them."""
        match = EQUATION.fullmatch(self.equation.replace(" ", ""))
        terms = [term for term in match.groups() if term] if match else []
        if match is None or any(len(set(term)) != len(term) for term in terms):
            words = "is written as td,sd->ts, each letter once a term"
            raise BadField(f"equation {words}, not “{self.equation[:30]}”.")
        self.keeps = "inputs" if match[2] else "nothing"
        if unknown := sorted(set(match[3]) - set(match[1] + (match[2] or ""))):
            raise BadField(f"{self.equation} has {', '.join(unknown)} in its result, which no input has.")
        unnamed = not self.axes and len(match[3]) in DEFAULT_AXES
        if not set(self.axes) <= set("CHWTD") or not (unnamed or len(self.axes) == len(match[3])):
            raise BadField(
                f"axes must be {len(match[3])} letters of C H W T D for {self.equation}, not “{self.axes}”."
            )

    @property
    def _terms(self) -> tuple[list[str], str]:
        given, _, result = self.equation.replace(" ", "").partition("->")
        return given.split(","), result

    def _letters(self, a: Tensor, b: Tensor | None) -> dict[str, int]:
        """Size of every letter; raises `ShapeError` where inputs disagree."""
        terms, _ = self._terms
        if (len(terms) > 1) != (b is not None):
            raise ShapeError(
                f"has {len(terms)} input{'s' * (len(terms) > 1)} in {self.equation}, but "
                f"{1 + (b is not None)} wired.",
                code="ports",
                port="b",
            )
        sizes: dict[str, int] = {}
        for port, term, x in zip("ab", terms, (a, b), strict=False):
            assert x is not None
            wants_float(x, port)
            if len(term) != len(x.shape):
                raise ShapeError(
                    f"names {len(term)} axes, {term}, but {{source}} sends {x.spelled}.",
                    code="axes",
                    port=port,
                )
            for letter, size in zip(term, x.shape, strict=True):
                if sizes.setdefault(letter, size) != size:
                    raise ShapeError(
                        f"has {sizes[letter]} for {letter} in {self.equation}, "
                        f"but {{source}} sends {x.spelled}.",
                        code="unequal",
                        port=port,
                    )
        return sizes

    def infer(self, a: Tensor, b: Tensor | None = None) -> Tensor:
        sizes, (_, result) = self._letters(a, b), self._terms
        axes = self.axes or DEFAULT_AXES[len(result)]
        return Tensor(tuple(sizes[letter] for letter in result), tuple(axes))

    def macs(self, a: Tensor, b: Tensor | None = None) -> int:
        terms, result = self._terms
        sizes = self._letters(a, b)
        summed = set(terms[0]) & set(terms[-1]) - set(result)
        # without a second input, or a sum, values are moved or meet one by one
        if b is None or prod(sizes[letter] for letter in summed) == 1:
            return 0
        return prod(sizes[letter] for letter in summed | set(result))

    def receptive_field(self, a: Tensor, b: Tensor | None = None) -> ReceptiveField | None:
        return ReceptiveField(whole=True) if set(a.axes) & SPATIAL else None

    def arguments(self, a: Tensor, b: Tensor | None = None) -> Call:
        terms, result = self._terms
        free = next(letter for letter in "nzyxwvutsrqpom" if letter not in "".join(terms))
        return call(",".join(free + term for term in terms) + f"->{free}{result}")

    def summary(self) -> str:
        return self.equation
