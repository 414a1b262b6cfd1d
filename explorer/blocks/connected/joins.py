"""Blocks that put tensors together and take them apart."""

from __future__ import annotations

from explorer.blocks.block import Block, Call, block, call, show
from explorer.blocks.checks import wants_float
from explorer.blocks.connected.shapes import AXES, place_of
from explorer.blocks.fields import Bool, Choice, Float, Int, Shape
from explorer.graph.catalogue import BadField, ShapeError
from explorer.graph.tensor import Tensor

OWN = "explorer.engine.modules.plumbing"


class _Join(Block):
    """Shape rule of element-wise joins."""

    broadcast = Bool(False, doc="stretch axes of size 1 to the others' size")

    def infer(self, *xs: Tensor) -> Tensor:
        first = xs[0]
        for number, other in enumerate(xs[1:], 2):
            if other.shape == first.shape:
                continue
            if not self.broadcast:
                raise ShapeError(
                    f"needs equal shapes, but gets {first.spelled} and {other.spelled}.",
                    code="unequal",
                    port=f"x{number}",
                    wants=first.text,
                )
            first = stretched(first, other, f"x{number}")
        return first

    def arguments(self, *xs: Tensor) -> Call:
        return call()


def stretched(a: Tensor, b: Tensor, port: str) -> Tensor:
    """What both become where axes of size 1 stretch; raises `ShapeError`, which names the port of b."""
    if a.shape == b.shape:
        return a
    if len(a.shape) < len(b.shape):
        a, b = b, a
    sizes = (1,) * (len(a.shape) - len(b.shape)) + b.shape
    if any(m != n and 1 not in (m, n) for m, n in zip(a.shape, sizes, strict=True)):
        raise ShapeError(
            f"cannot stretch {b.spelled} to {a.spelled}: only axes of size 1 stretch.",
            code="unequal",
            port=port,
            wants=a.text,
        )
    return a.resized(*(max(m, n) for m, n in zip(a.shape, sizes, strict=True)))


@block("add", target=f"{OWN}:Add", category="1.1.1", family="shape", icon="add")
class Add(_Join):
    r"""Adds tensors value by value.
    A shortcut joins its path this way, and the gradient goes unchanged to every summand.

    Shapes must be equal unless broadcasting is switched on: then axes of size 1 stretch.

    Shapes: x1, x2, … (same, or stretched) → y (same).
    Parameters: 0.
    MACs: 0.
    Used in: residual networks, feature pyramids, position codes.
    Strengths: keeps the width; costs one sum for each value.
    Gaps: what was added can no longer be told apart; shapes must agree.
    Source: He et al. 2015, arXiv:1512.03385, join shortcut and residual this way.
    """

    tags = ("skip", "skip connection", "sum", "plus", "residual", "shortcut", "merge")
    keeps = "nothing"
    formula = r"y = x_1 + x_2 + \dots"


@block("multiply", target=f"{OWN}:Multiply", category="1.1.1", family="shape", icon="multiply")
class Multiply(_Join):
    r"""Multiplies tensors value by value.
    A factor near 0 closes and a factor near 1 opens, so that one tensor can gate or mask another.

    Shapes must be equal unless broadcasting is switched on: then axes of size 1 stretch.

    Shapes: x1, x2, … (same, or stretched) → y.
    Parameters: 0.
    MACs: 0.
    Used in: squeeze and excitation, CBAM, highway layers, LSTM and GRU gates.
    Strengths: lets a network decide by content what passes.
    Gaps: a factor of 0 stops the gradient too.
    Source: Hu et al. 2017, arXiv:1709.01507, scale channels this way.
    """

    tags = ("product", "times", "gate", "hadamard", "elementwise")
    formula = r"y = x_1 \odot x_2 \odot \dots"


@block("scale", target=f"{OWN}:Scale", category="1.1.1", family="shape", icon="scale")
class Scale(Block):
    r"""Multiplies every value by one fixed number.
    Small factors in front of an addition keep what a path adds from outgrowing the shortcut.

    Shapes: x (any) → y (same).
    Parameters: 0.
    MACs: 0.
    Used in: Inception-ResNet (0.1 to 0.3), super-resolution networks such as EDSR, scaled attention.
    Strengths: steadies the training of very wide residual networks without a weight.
    Gaps: the factor is chosen by hand and not learned.
    Source: Szegedy et al. 2016, arXiv:1602.07261 (scaling of the residuals).
    """

    keeps = "nothing"
    formula = r"y = s\, x"
    tags = ("residual scaling", "factor")
    factor = Float(0.2, min=-1e6, doc="the number s")

    def infer(self, x: Tensor) -> Tensor:
        wants_float(x)
        return x

    def arguments(self, x: Tensor) -> Call:
        return call(self.factor)

    def summary(self) -> str:
        return f"×{self.factor:g}"


@block("concat", target=f"{OWN}:Concat", category="1.1.1", family="shape", icon="concat")
class Concat(Block):
    r"""Puts tensors one after the other along an axis.
    Nothing is mixed: the next layer finds every value and weighs it itself.

    Shapes: x1, x2, … (equal but for one axis) → y (that axis added up).
    Parameters: 0.
    MACs: 0.
    Used in: Inception modules, DenseNet, U-Net.
    Strengths: loses nothing; paths of different width can be joined.
    Gaps: the width grows with every tensor, and so do the weights of the next layer.
    Source: Szegedy et al. 2014, arXiv:1409.4842, join the paths of Inception this way.
    """

    tags = ("skip", "skip connection", "concatenate", "concatenation", "merge", "stack", "join", "cat")
    keeps = "nothing"
    formula = r"y = [x_1, x_2, \dots]"
    axis = Choice("auto", AXES, doc="auto: channels, else the last axis")

    def infer(self, *xs: Tensor) -> Tensor:
        first = xs[0]
        place = place_of(self.axis, first)
        for number, other in enumerate(xs[1:], 2):
            rest = other.shape[:place] + other.shape[place + 1 :]
            if len(other.shape) != len(first.shape) or rest != first.shape[:place] + first.shape[place + 1 :]:
                raise ShapeError(
                    f"joins along {first.axes[place]}, where all other sizes must agree, "
                    f"but gets {first.spelled} and {other.spelled}.",
                    code="unequal",
                    port=f"x{number}",
                    wants=first.text,
                )
        sizes = list(first.shape)
        sizes[place] = sum(x.shape[place] for x in xs)
        return first.resized(*sizes)

    def arguments(self, *xs: Tensor) -> Call:
        return call(defaults={"dim": 1}, dim=place_of(self.axis, xs[0]) + 1)


@block("split", target=f"{OWN}:Split", category="1.1.1", family="shape", icon="split")
class Split(Block):
    r"""Cuts a tensor into parts along an axis, equal ones or of given sizes.
    Each part can then take a path of its own, and concat puts them together again.

    Shapes: x → y1 … yₙ (that axis divided by n, or in the given sizes).
    Parameters: 0.
    MACs: 0.
    Used in: AlexNet on two devices, ShuffleNet v2, gated units.
    Strengths: free of cost; halves the work of the path after it.
    Gaps: the parts do not see each other until they are joined.
    Source: Krizhevsky et al. 2012, doi:10.1145/3065386, cut channels in two for two devices.
    """

    tags = ("chunk", "divide", "branch")
    keeps = "nothing"
    is_view = True
    parts = Int(2, min=2, max=64, doc="how many equal pieces")
    axis = Choice("auto", AXES, doc="auto: channels, else the last axis")
    sizes = Shape((0,), longest=64, min=0, doc="sizes of unequal parts, together the axis; 0: equal parts")

    def validate(self) -> None:
        """The ports depend on the number of parts."""
        if self.sizes != (0,) and (len(self.sizes) < 2 or min(self.sizes) < 1):
            raise BadField(
                f"sizes are two or more, each 1 or more, or 0 for equal parts, not {show(self.sizes)}."
            )
        count = len(self.sizes) if self._unequal else self.parts
        self.outputs = tuple(f"y{number + 1}" for number in range(count))

    @property
    def _unequal(self) -> bool:
        return self.sizes != (0,)

    def infer(self, x: Tensor) -> tuple[Tensor, ...]:
        place = place_of(self.axis, x)
        size = x.shape[place]
        if self._unequal and sum(self.sizes) != size:
            raise ShapeError(
                f"cuts {x.axes[place]} into parts of {', '.join(map(str, self.sizes))}, together "
                f"{sum(self.sizes)}, but {{source}} sends {size}.",
                code="size",
            )
        if not self._unequal and size % self.parts:
            raise ShapeError(
                f"cuts {x.axes[place]} into {self.parts} equal parts, but {{source}} sends {size} and "
                f"{self.parts} does not divide {size}.",
                code="divide",
            )
        sizes = self.sizes if self._unequal else (size // self.parts,) * self.parts
        return tuple(x.resized(*x.shape[:place], n, *x.shape[place + 1 :]) for n in sizes)

    def target_for(self, x: Tensor) -> str:
        return f"{OWN}:{'SplitSizes' if self._unequal else 'Split'}"

    def arguments(self, x: Tensor) -> Call:
        dim = place_of(self.axis, x) + 1
        if self._unequal:
            return Call((self.sizes,), {} if dim == 1 else {"dim": dim})
        return call(self.parts, defaults={"dim": 1}, dim=dim)

    def summary(self) -> str:
        return " + ".join(map(str, self.sizes)) if self._unequal else super().summary()


@block("stack", target=f"{OWN}:Stack", category="1.1.1", family="shape", icon="concat")
class Stack(Block):
    r"""Puts tensors of one shape beside each other along an axis that is new. Vectors become a sequence that
    way, and pictures a video.

    Shapes: x1, x2, … (same) → y (one axis more, as long as there are inputs).
    Parameters: 0.
    MACs: 0.
    Used in: tokens made of several vectors, frames, heads side by side.
    Strengths: which input a value came from stays visible.
    Gaps: all inputs need the same shape.
    Source: plain joining; Karpathy et al. 2014, doi:10.1109/CVPR.2014.223, stack the frames of a video.
    """

    tags = ("new axis", "join", "combine", "sequence of vectors")
    keeps = "nothing"
    formula = r"y_{n,\, i} = x^{(n)}_i"
    axis = Choice("T", AXES[1:], doc="letter of the new axis")
    place = Int(0, min=0, max=4, doc="where the new axis stands, counted from 0")

    def infer(self, *xs: Tensor) -> Tensor:
        first = xs[0]
        for number, other in enumerate(xs[1:], 2):
            if other.shape != first.shape:
                raise ShapeError(
                    f"needs equal shapes, but gets {first.spelled} and {other.spelled}.",
                    code="unequal",
                    port=f"x{number}",
                    wants=first.text,
                )
        at = min(self.place, len(first.shape))
        shape = (*first.shape[:at], len(xs), *first.shape[at:])
        return Tensor(shape, (*first.axes[:at], self.axis, *first.axes[at:]), first.dtype)

    def arguments(self, *xs: Tensor) -> Call:
        return call(defaults={"dim": 1}, dim=min(self.place, len(xs[0].shape)) + 1)
