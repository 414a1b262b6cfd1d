"""Self-attention without weights: the tokens of one sequence compared with each other."""

from __future__ import annotations

from explorer.blocks.block import Composite, block
from explorer.blocks.checks import check_sequence
from explorer.blocks.fields import Float
from explorer.graph.builder import Builder, Wire


@block(
    "self_dot_attention",
    category="1.1.4",
    family="attention",
    title="Self dot attention",
    icon="self_attention",
    stem="attention",
)
class SelfDotAttention(Composite):
    r"""Every token becomes a mixture of all tokens, weighted by how much they resemble it. The scores are the
    dot products of the tokens themselves, so nothing is learned and i sees in j what j sees in i.

    The lecture's variant 3. Only the scores are symmetric; the softmax divides each row by its own sum.

    Shapes: x (T, D) → y (T, D).
    Parameters: 0.
    MACs: 2·T²·D.
    Used in: lessons on attention, and as a way to smooth a set of vectors.
    Strengths: no weights; shows what attention does before anything is learned.
    Gaps: a token resembles itself most; order and roles of the tokens are not seen.
    Source: Canziani & LeCun 2021, NYU Deep Learning, week 12.
    """

    formula = r"e_{ij} = x_i \cdot x_j,\quad y_i = \sum_j \mathrm{softmax}_j(e_{ij})\, x_j"
    tags = ("autocorrelation", "encoder only")
    exposes = "attention"
    inside = (("weights", "softmax"),)
    scale = Float(1.0, min=1e-6, max=1e4, doc="factor of the scores; larger makes the choice harder")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_sequence(x.tensor)
        scores = g.add("dot_scores", x, x, name="scores", scale=self.scale)
        weights = g.add("softmax", scores, name="softmax")
        return g.add("weighted_sum", weights, x, name="context")

    def summary(self) -> str:
        return "" if self.scale == 1 else f"×{self.scale:g}"
