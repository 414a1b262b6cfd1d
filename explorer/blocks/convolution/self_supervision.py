"""Learning without labels: a teacher that follows its student, and the head of DINO."""

from __future__ import annotations

from explorer.blocks.block import Block, Call, Composite, block, call
from explorer.blocks.checks import DIMS, wants_float
from explorer.blocks.fields import Bool, Choice, Float, Int, OptionalFloat, Shape
from explorer.graph.builder import Builder, Wire
from explorer.graph.catalogue import ShapeError
from explorer.graph.tensor import Tensor

OWN = "explorer.engine.modules.self_supervision"


def check_features(x: Tensor) -> None:
    """Raise `ShapeError` unless the last axis holds features."""
    wants_float(x)
    if x.axes[-1:] != ("D",):
        raise ShapeError(f"works on features D, but {{source}} sends {x.spelled}.", code="axes", wants="D")


@block(
    "l2_norm", target=f"{OWN}:UnitLength", category="1.1.2", family="norm", title="L2 norm", icon="l2_norm"
)
class L2Norm(Block):
    r"""Gives every vector the length 1. Only its direction counts from then on, so that products of two such
    vectors are cosines.

    Vectors are the features of each token, or the channels at each place of a map. With a start value, each
    feature is multiplied by a learned number (SSD: 20).

    Shapes: x (…, D) or (C, …) → y (same).
    Parameters: 0, or D (C) with a learned length.
    MACs: 0.
    Used in: DINO, SimCLR, CLIP, face recognition; SSD in front of its first map.
    Strengths: scores no longer depend on how large the numbers are.
    Gaps: a vector of zeros has no direction and stays zero.
    Source: Liu et al. 2015, arXiv:1506.04579 (ParseNet).
    """

    gives = "vectors"
    formula = r"y = g\, \frac{x}{\Vert x \Vert_2}"
    tags = ("unit length", "cosine", "normalise")
    length = OptionalFloat(
        min=1e-3, max=1e4, doc="start of a learned length for each feature; empty: 1, fixed"
    )

    def kept_inside(self, x: Tensor) -> int:
        """The length at every place, twice."""
        return 8 * x.size // x.axis("C") if "C" in x.axes else 8 * x.size // x.shape[-1]

    def infer(self, x: Tensor) -> Tensor:
        if x.axes not in DIMS:
            check_features(x)
        wants_float(x)
        return x

    def _width(self, x: Tensor) -> int:
        return x.shape[0] if x.axes in DIMS else x.shape[-1]

    def parameters(self, x: Tensor) -> int:
        return 0 if self.length is None else self._width(x)

    def arguments(self, x: Tensor) -> Call:
        dim = 1 if x.axes in DIMS else -1
        if self.length is None:
            return call(defaults={"dim": -1}, dim=dim)
        return call(self._width(x), self.length, defaults={"dim": -1}, dim=dim)


@block(
    "prototypes",
    target=f"{OWN}:Prototypes",
    category="1.1.2",
    family="linear",
    icon="linear",
    stem="prototypes",
)
class Prototypes(Block):
    r"""A linear layer whose rows all have the length 1: each output tells how far the input points the way of
    one prototype. So none of them can win by growing large.

    With a learned length it is a linear layer under weight normalisation.

    Shapes: x (…, n) → y (…, m).
    Parameters: m·n, and m more with learned lengths.
    MACs: m·n for each place of the leading axes.
    Used in: the last layer of DINO, SwAV.
    Strengths: keeps the training of DINO from running away.
    Gaps: needs many prototypes, 65,536 in DINO.
    Source: Caron et al. 2021, arXiv:2104.14294; Salimans & Kingma 2016, arXiv:1602.07868.
    """

    keeps_inside = 0.75
    formula = r"y_o = g_o\, \frac{w_o \cdot x}{\Vert w_o \Vert}"
    tags = ("weight norm", "dino", "cosine")
    features = Int(64, label="Outputs", doc="m, number of prototypes")
    lengths = Bool(False, label="Learned lengths", doc="a learned length g for each prototype; off: 1")

    def infer(self, x: Tensor) -> Tensor:
        check_features(x)
        return x.resized(*x.shape[:-1], self.features)

    def parameters(self, x: Tensor) -> int:
        return self.features * (x.shape[-1] + self.lengths)

    def macs(self, x: Tensor) -> int:
        return x.size * self.features

    def arguments(self, x: Tensor) -> Call:
        return call(x.shape[-1], self.features, defaults={"lengths": False}, lengths=self.lengths)

    def summary(self) -> str:
        return f"→ {self.features:,}"


@block("dino_head", category="1.1.2", family="composite", title="DINO head", icon="fc_block", stem="head")
class DinoHead(Composite):
    r"""Turns the features of a picture into scores for very many prototypes: a small network, unit length, a
    layer of unit rows. Student and teacher must give the same scores for different crops, and this is where
    they are compared.

    The head is thrown away after training; what is used is the network in front of it.

    Shapes: x (…, n) → y (…, m).
    Parameters: n·h + h + (L − 2)·(h² + h) + h·b + b + b·m, and m more with learned lengths; L layers, hidden
        h, bottleneck b. For L = 1: n·b + b + b·m.
    MACs: the products among these, for each place of the leading axes.
    Used in: DINO: 384-2048-2048-256-65,536 on ViT-S.
    Strengths: with the bottleneck and unit rows training is steady without batch norm.
    Gaps: 22 million weights that are of no use later.
    Source: Caron et al. 2021, arXiv:2104.14294.
    """

    formula = r"y = W \frac{h}{\Vert h \Vert},\quad h = \mathrm{MLP}(x),\quad \Vert w_o \Vert = 1"
    tags = ("self-distillation", "projection head")
    layers = Int(3, max=8, doc="L, layers of the small network")
    hidden = Int(2048, doc="h, width of the layers between")
    bottleneck = Int(256, doc="b, width in front of the prototypes")
    features = Int(4096, label="Outputs", doc="m, number of prototypes; DINO 65,536")
    batch_norm = Bool(False, doc="batch norm after the layers between; DINO's was trained without")
    lengths = Bool(False, label="Learned lengths", doc="a learned length for each prototype; off: 1")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_features(x.tensor)
        if self.batch_norm and x.tensor.axes != ("D",):
            raise ShapeError(
                f"has batch norm, which wants one vector D for each sample, but {{source}} sends "
                f"{x.tensor.spelled}.",
                code="axes",
                wants="D",
            )
        for number in range(1, self.layers + 1):
            last = number == self.layers
            x = g.add("linear", x, name=f"fc{number}", features=self.bottleneck if last else self.hidden)
            if not last:
                if self.batch_norm:
                    x = g.add("batch_norm", x, name=f"bn{number}")
                x = g.add("gelu", x, name=f"gelu{number}")
        x = g.add("l2_norm", x, name="unit")
        return g.add("prototypes", x, name="prototypes", features=self.features, lengths=self.lengths)

    def summary(self) -> str:
        return f"→ {self.features:,}"


@block(
    "ema_teacher",
    target=f"{OWN}:EmaTeacher",
    category="1.1.2",
    family="linear",
    title="EMA teacher",
    icon="ema_teacher",
    stem="teacher",
)
class EmaTeacher(Block):
    r"""Two small networks of one shape side by side: a student that learns, and a teacher whose weights are a
    moving average of the student's. The teacher is steadier than any single student, and gives it targets
    without labels.

    Both begin equal. In every training pass the teacher moves by 1 − momentum towards the student as it then
    is; no gradient ever reaches it, and at inference it stands still.

    Shapes: x (…, n) → student (…, m), teacher (…, m).
    Parameters: Σ mₗ·mₗ₋₁ + mₗ, those of the student; the teacher's are no parameters but averages.
    MACs: 2·Σ mₗ·mₗ₋₁ for each place of the leading axes.
    Used in: DINO (momentum 0.996 to 1), BYOL, MoCo, mean teachers.
    Strengths: targets without labels that get better as the student does.
    Gaps: without centring, sharpening or a predictor both can agree on the same answer for everything.
    Source: Caron et al. 2021, arXiv:2104.14294; Tarvainen & Valpola 2017, arXiv:1703.01780.
    """

    keeps_inside = 1.0
    formula = r"\theta_t \leftarrow \lambda\, \theta_t + (1 - \lambda)\, \theta_s"
    tags = ("momentum encoder", "mean teacher", "dino", "byol", "self-distillation")
    outputs = ("student", "teacher")
    layers = Shape((64, 32), longest=8, doc="width of each layer")
    activation = Choice("gelu", ("gelu", "relu", "tanh"), doc="between the layers")
    momentum = Float(0.996, max=1.0, doc="λ, how much of the old teacher stays in each training pass")

    def infer(self, x: Tensor) -> tuple[Tensor, Tensor]:
        check_features(x)
        y = x.resized(*x.shape[:-1], self.layers[-1])
        return y, y

    def _pairs(self, x: Tensor) -> list[tuple[int, int]]:
        return list(zip((x.shape[-1], *self.layers), self.layers, strict=False))

    def parameters(self, x: Tensor) -> int:
        return sum(n * m + m for n, m in self._pairs(x))

    def macs(self, x: Tensor) -> int:
        places = x.size // x.shape[-1]
        return 2 * places * sum(n * m for n, m in self._pairs(x))

    def arguments(self, x: Tensor) -> Call:
        more = call(
            defaults={"activation": "gelu", "momentum": 0.996},
            activation=self.activation,
            momentum=self.momentum,
        )
        return Call(((x.shape[-1], *self.layers),), more.kwargs)

    def summary(self) -> str:
        return " → ".join(map(str, self.layers)) + f" · {self.momentum:g}"
