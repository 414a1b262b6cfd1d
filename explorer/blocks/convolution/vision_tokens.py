"""Pictures as sequences of tokens, and a token that speaks for all of them."""

from __future__ import annotations

from explorer.blocks.block import Block, Call, Composite, block, call, show
from explorer.blocks.checks import check_map, check_sequence
from explorer.blocks.fields import Bool, Choice, Int, Size
from explorer.graph.builder import Builder, Wire
from explorer.graph.catalogue import ShapeError
from explorer.graph.tensor import Tensor

OWN = "explorer.engine.modules.tokens"


@block(
    "patch_embedding",
    category="1.1.2",
    family="attention",
    icon="patch_embedding",
    stem="patches",
)
class PatchEmbedding(Composite):
    r"""Cuts a picture into square patches and makes one token of each with the same linear layer. A
    convolution whose stride equals its kernel does both at once.

    As a sequence the tokens suit transformers; as a map they keep their rows and columns, which windows need.

    Shapes: x (C, H, W) → y (T = H/p · W/p, D), or (H/p, W/p, D) as a map.
    Parameters: D·C·p² + D.
    MACs: C·H·W·D.
    Used in: ViT, DeiT, DINO, Swin (as a map).
    Strengths: a picture becomes few tokens, so that attention over all of them is affordable.
    Gaps: the order of the patches is lost in the sequence; details smaller than a patch are mixed at once.
    Source: Dosovitskiy et al. 2020, arXiv:2010.11929; Liu et al. 2021, arXiv:2103.14030 (as a map).
    """

    formula = r"t_{i,j} = W \, \mathrm{flat}(x_{p i : p i + p,\; p j : p j + p}) + b"
    tags = ("vit", "tokens")
    patch = Size(16, dims=2, doc="height and width of a patch")
    width = Int(768, label="Token width", doc="length D of each token")
    bias = Bool(True, doc="adds a learned number to each place of the tokens")
    layout = Choice("tokens", ("tokens", "map"), doc="a sequence T × D, or a map H × W × D")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        if any(n % p for n, p in zip(x.tensor.shape[1:], self.patch, strict=True)):
            raise ShapeError(
                f"cuts patches of {show(self.patch)}, which do not divide the {show(x.tensor.shape[1:])} "
                "picture that {source} sends.",
                code="divide",
            )
        maps = g.add(
            "conv2d",
            x,
            name="project",
            filters=self.width,
            kernel=self.patch,
            stride=self.patch,
            bias=self.bias,
        )
        if self.layout == "map":
            return g.add("permute", maps, name="permute", order=(1, 2, 0), axes="HWD")
        count = maps.tensor.size // self.width
        rows = g.add("reshape", maps, name="flatten", shape=(self.width, count), axes="CT")
        return g.add("permute", rows, name="permute", order=(1, 0), axes="TD")

    def summary(self) -> str:
        return f"{show(self.patch)} → {self.width}"


@block(
    "class_token",
    target=f"{OWN}:ClassToken",
    category="1.1.2",
    family="attention",
    icon="class_token",
    stem="cls",
)
class ClassToken(Block):
    """Puts one learned token in front of a sequence. Attention lets it gather from all others, so that after
    the last layer it speaks for the whole input.

    Shapes: x (T, D) → y (T + 1, D).
    Parameters: D.
    MACs: 0.
    Used in: BERT, ViT, DeiT, DINO.
    Strengths: the classifier reads one token, however many there are; its attention shows what was looked at.
    Gaps: a mean over all tokens does as well in many networks and needs no extra token.
    Source: Devlin et al. 2018, arXiv:1810.04805; Dosovitskiy et al. 2020, arXiv:2010.11929.
    """

    keeps = "nothing"
    formula = r"y = [t, x_1, \dots, x_T]"

    def infer(self, x: Tensor) -> Tensor:
        check_sequence(x)
        return x.resized(x.shape[0] + 1, x.shape[1])

    def parameters(self, x: Tensor) -> int:
        return x.shape[1]

    def arguments(self, x: Tensor) -> Call:
        return call(x.shape[1])
