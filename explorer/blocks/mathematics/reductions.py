"""Sums, means, largest values and choices along axes."""

from __future__ import annotations

from types import MappingProxyType

from explorer.blocks.block import Block, Call, block, call
from explorer.blocks.checks import wants_float
from explorer.blocks.connected.shapes import AXES, place_of
from explorer.blocks.fields import Bool, Choice, Int, Text
from explorer.graph.catalogue import BadField, ReceptiveField, ShapeError
from explorer.graph.tensor import SPATIAL, Tensor, image, sequence, tokens

OWN = "explorer.engine.modules.arithmetic"
KINDS = ("sum", "mean", "max", "min", "norm1", "norm2", "variance", "logsumexp")


def places_of(letters: str, x: Tensor) -> tuple[int, ...]:
    """Indices of these axes in the sample, in its order; all of them for no letters."""
    found = [place_of(letter, x) for letter in letters]
    return tuple(sorted(set(found))) if letters else tuple(range(len(x.shape)))


def check_letters(letters: str) -> None:
    """Raise `BadField` unless each letter names an axis once."""
    if not set(letters) <= set("CHWTD") or len(set(letters)) != len(letters):
        raise BadField(f"axes must be letters of C H W T D, each once, such as HW, not “{letters[:20]}”.")


@block(
    "reduce", target=f"{OWN}:Reduce", category="1.1.7", family="shape", title="Sum, mean, max", icon="reduce"
)
class Reduce(Block):
    r"""Makes one number of all values along the axes that are named: their sum, mean, largest, smallest,
    length or variance. The other axes stay as they are.

    norm1 is the sum of sizes, norm2 the root of the sum of squares, variance divides by the number of values
    (not by one less), logsumexp is a smooth maximum. Named axes leave, or stay with size 1.

    Shapes: x (any) → y (without the axes; with `keep` they have size 1).
    Parameters: 0.
    MACs: 0.
    Used in: means over tokens or places, scores, distances, statistics of layers.
    Strengths: any axes of any tensor.
    Gaps: where the values stood is lost.
    Source: plain mathematics; Zaheer et al. 2017, arXiv:1703.06114, sum over a set.
    """

    formula = r"y = \sum_{i \in \mathrm{axes}} x_i"
    tags = (
        *("sum", "mean", "average", "max", "min", "maximum", "minimum", "norm", "length", "variance"),
        *("logsumexp", "reduce", "aggregate", "over axes"),
    )
    example = (sequence(12, 16),)
    example_fields = MappingProxyType({"kind": "mean", "axes": "T"})
    kind = Choice("mean", KINDS, doc="what becomes of the values")
    axes = Text("", longest=5, doc="letters of the axes that are taken together, such as HW; empty: all")
    keep = Bool(False, label="Keep axes", doc="the axes stay, with size 1")

    def validate(self) -> None:
        """Letters of axes."""
        check_letters(self.axes)
        self.keeps = "nothing" if self.kind in ("sum", "mean") else "inputs"

    def infer(self, x: Tensor) -> Tensor:
        wants_float(x)
        places = places_of(self.axes, x)
        if not x.shape:
            raise ShapeError("takes several values together, but {source} sends one number.", code="axes")
        if self.keep:
            return x.resized(*(1 if n in places else size for n, size in enumerate(x.shape)))
        kept = [n for n in range(len(x.shape)) if n not in places]
        return Tensor(tuple(x.shape[n] for n in kept), tuple(x.axes[n] for n in kept))

    def receptive_field(self, x: Tensor) -> ReceptiveField | None:
        gone = {x.axes[n] for n in places_of(self.axes, x)}
        return ReceptiveField(whole=True) if gone & SPATIAL else None

    def arguments(self, x: Tensor) -> Call:
        dims = tuple(n + 1 for n in places_of(self.axes, x))
        return Call((self.kind, dims), {"keep": True} if self.keep else {})

    def summary(self) -> str:
        return f"{self.kind} over {self.axes or 'all axes'}"


class _Ranked(Block):
    """Fields of choices along one axis."""

    axis = Choice("auto", AXES, doc="auto: channels, else the last axis")
    smallest = Bool(False, doc="the smallest instead of the largest")

    def _place(self, x: Tensor) -> int:
        wants_float(x)
        return place_of(self.axis, x)

    def receptive_field(self, x: Tensor) -> ReceptiveField | None:
        return ReceptiveField(whole=True) if x.axes[self._place(x)] in SPATIAL else None


@block("argmax", target=f"{OWN}:ArgMax", category="1.1.7", family="shape", title="Arg-max", icon="argmax")
class ArgMax(_Ranked):
    r"""Tells where the largest value along an axis stands, as a whole number from 0 on. Of equal values the
    first counts.

    Shapes: x (any) → y (whole numbers, without the axis).
    Parameters: 0.
    MACs: 0.
    Used in: the class of a classifier, the word of a language model, label maps of segmentation.
    Strengths: an answer that can be looked up.
    Gaps: no gradient passes; how sure the choice is, is lost.
    Source: plain mathematics; Long et al. 2014, arXiv:1411.4038, make label maps with it.
    """

    keeps = "nothing"
    formula = r"y = \mathrm{argmax}_i\, x_i"
    tags = ("argmax", "argmin", "index", "predicted class", "label")
    example = (image(5, 24, 32),)

    def infer(self, x: Tensor) -> Tensor:
        place = self._place(x)
        return Tensor(x.shape[:place] + x.shape[place + 1 :], x.axes[:place] + x.axes[place + 1 :], "int")

    def arguments(self, x: Tensor) -> Call:
        defaults = {"dim": 1, "smallest": False}
        return call(defaults=defaults, dim=self._place(x) + 1, smallest=self.smallest)


@block("topk", target=f"{OWN}:TopK", category="1.1.7", family="shape", title="Top k", icon="topk")
class TopK(_Ranked):
    r"""Keeps the k largest values along an axis, the largest first, and tells where they stood. The rest is
    left out.

    Shapes: x (any) → y (that axis k long), index (the same, whole numbers).
    Parameters: 0.
    MACs: 0.
    Used in: routers of expert layers, proposals of detectors, beam search.
    Strengths: what is kept has its full gradient.
    Gaps: what is left out has none, so it may never come in.
    Source: Shazeer et al. 2017, arXiv:1701.06538, route to the k best experts.
    """

    keeps = "nothing"
    keeps_inside = 1.0
    formula = r"y = (x_{i_1}, \dots, x_{i_k}),\quad x_{i_1} \geq x_{i_2} \geq \dots"
    tags = ("largest", "topk", "sort", "best", "k best")
    outputs = ("y", "index")
    example = (sequence(6, 16),)
    k = Int(2, max=65_536, label="k", doc="how many are kept")

    def infer(self, x: Tensor) -> tuple[Tensor, Tensor]:
        place = self._place(x)
        if x.shape[place] < self.k:
            raise ShapeError(
                f"keeps {self.k} values along {x.axes[place]}, but {{source}} sends {x.spelled}.",
                code="empty",
            )
        y = x.resized(*x.shape[:place], self.k, *x.shape[place + 1 :])
        return y, Tensor(y.shape, y.axes, "int")

    def arguments(self, x: Tensor) -> Call:
        defaults = {"dim": 1, "smallest": False}
        return call(self.k, defaults=defaults, dim=self._place(x) + 1, smallest=self.smallest)

    def summary(self) -> str:
        return f"{'smallest' if self.smallest else 'largest'} {self.k}"


@block("gather", target=f"{OWN}:Gather", category="1.1.7", family="shape", icon="gather")
class Gather(Block):
    r"""Picks entries of an axis by their indices, in their order. An index may come several times, and one
    that lies outside counts as the nearest.

    A row of indices picks whole entries, such as tokens; indices with as many axes as x pick value by value,
    as those of Top k do.

    Shapes: x (any), index (K whole numbers, or as many axes as x) → y (that axis as long as the indices).
    Parameters: 0.
    MACs: 0.
    Used in: tokens that are not masked, rows of a table, values at the places that Top k found.
    Strengths: what is picked has its full gradient.
    Gaps: indices have no gradient; what is never picked does not learn.
    Source: plain indexing; He et al. 2021, arXiv:2111.06377, pick the tokens that are not masked.
    """

    keeps = "inputs"
    formula = r"y_k = x_{i_k}"
    tags = ("index", "index select", "take", "lookup", "pick")
    example = (sequence(12, 16), tokens(6))
    axis = Choice("auto", ("auto", *AXES[1:]), doc="auto: T where there is one, else channels, else the last")

    def _place(self, x: Tensor) -> int:
        if self.axis == "auto":
            return x.axes.index("T") if "T" in x.axes else place_of("auto", x)
        return place_of(self.axis, x)

    def infer(self, x: Tensor, index: Tensor) -> Tensor:
        if index.dtype != "int":
            raise ShapeError(
                f"picks by whole numbers, but {{source}} sends {index.spelled} of other ones.",
                code="dtype",
                port="index",
                wants="int",
            )
        place = self._place(x)
        if len(index.shape) == 1:
            return x.resized(*x.shape[:place], index.shape[0], *x.shape[place + 1 :])
        rest = x.shape[:place] + x.shape[place + 1 :]
        if len(index.shape) != len(x.shape) or index.shape[:place] + index.shape[place + 1 :] != rest:
            raise ShapeError(
                f"picks along {x.axes[place]} of {x.spelled} by one row of indices, or by indices that agree "
                f"in all other sizes, but {{source}} sends {index.spelled}.",
                code="unequal",
                port="index",
                wants="T",
            )
        return x.resized(*index.shape)

    def receptive_field(self, x: Tensor, index: Tensor) -> ReceptiveField | None:
        return ReceptiveField(whole=True) if x.axes[self._place(x)] in SPATIAL else None

    def arguments(self, x: Tensor, index: Tensor) -> Call:
        return call(defaults={"dim": 1}, dim=self._place(x) + 1)
