"""How attention learns where tokens stand and which of them are real."""

from __future__ import annotations

from explorer.blocks.block import Block, Call, block, call
from explorer.blocks.checks import check_heads, check_sequence, wants
from explorer.blocks.connected.tokens import MOST_IDS, check_ids
from explorer.blocks.fields import Bool, Choice, Float, Int
from explorer.graph.catalogue import BadField, ShapeError
from explorer.graph.tensor import Tensor, sequence, tokens

OWN = "explorer.engine.modules.positions"
THETA = Float(10_000.0, min=1.0, max=1e9, doc="how slow the slowest pair turns; larger for longer texts")


@block(
    "rope",
    target=f"{OWN}:Rotary",
    category="1.1.4",
    family="attention",
    title="Rotary encoding (RoPE)",
    icon="positional_encoding",
    stem="rotary",
)
class RotaryEncoding(Block):
    r"""Turns pairs of values of a query or key by angles that grow with its place. The product of a turned
    query and a turned key then depends on how far apart they stand, not on where.

    It stands between the linear layers and the attention, for queries and keys alike. Pairs are a value of
    a head's first half and one of its second (LLaMA), or two neighbours (the paper).

    Shapes: x (T, D) → y (same).
    Parameters: 0.
    MACs: 0.
    Used in: LLaMA, Mistral, Qwen, GPT-NeoX, PaLM.
    Strengths: nothing to learn; relative places without a table; lengths of vectors stay as they are.
    Gaps: texts much longer than those of the training need another θ or rescaled places.
    Source: Su et al. 2021, arXiv:2104.09864.
    """

    keeps = "nothing"
    formula = r"(a, b)_{t,i} \mapsto R(t\,\theta^{-2i/d})\, (a, b)_{t,i}"
    tags = ("rope", "rotary embedding", "position", "relative")
    example = (sequence(12, 16),)
    heads = Int(1, max=1024, doc="parts of the width that are turned alike")
    theta = THETA
    share = Float(1.0, min=0.01, max=1.0, doc="part of each head that is turned, from its beginning")
    pairs = Choice("halves", ("halves", "neighbours"), doc="which two values make a pair")

    def _turned(self, x: Tensor) -> int:
        """Values of a head that are turned: an even number."""
        return int(x.shape[1] // self.heads * self.share) // 2 * 2

    def infer(self, x: Tensor) -> Tensor:
        check_sequence(x)
        check_heads(x.shape[1], self.heads)
        width = x.shape[1] // self.heads
        if not self._turned(x) or (width % 2 and self.share == 1.0):
            raise ShapeError(
                f"turns pairs of values and needs heads of an even width, but its {self.heads} heads of "
                f"{{source}}'s width {x.shape[1]} have {width}.",
                code="size",
            )
        return x

    def kept_inside(self, x: Tensor) -> int:
        """Sines and cosines of the angles."""
        return 4 * x.shape[0] * self._turned(x)

    def arguments(self, x: Tensor) -> Call:
        turned = self._turned(x)
        return call(
            defaults={"heads": 1, "theta": 10_000.0, "turned": None, "neighbours": False},
            heads=self.heads,
            theta=self.theta,
            turned=None if turned == x.shape[1] // self.heads else turned,
            neighbours=self.pairs == "neighbours",
        )


class _Bias(Block):
    """Shape of what is added to the scores of an attention."""

    keeps = "nothing"
    example = (sequence(12, 16),)
    heads = Int(8, max=1024, doc="heads of the attention that it is for")

    def infer(self, query: Tensor, key: Tensor | None = None) -> Tensor:
        check_sequence(query, "query")
        if key is not None:
            check_sequence(key, "key")
        keys = (query if key is None else key).shape[0]
        return Tensor((self.heads, query.shape[0], keys), ("C", "H", "W"))


@block(
    "alibi",
    target=f"{OWN}:LinearBias",
    category="1.1.4",
    family="attention",
    title="Linear bias (ALiBi)",
    icon="relative_position_bias",
    stem="alibi",
)
class LinearBias(_Bias):
    r"""Gives a bias for every pair of tokens: the farther apart, the lower, in proportion to the distance.
    Each head has a slope of its own, so that some look near and others far.

    Wire it to the `bias` of an attention. Slopes are 2^(−8/n), 2^(−16/n), … for n heads.

    Shapes: query (T, D), key (S, K) → y (C = heads, H = T, W = S); without a key S = T.
    Parameters: 0.
    MACs: 0.
    Used in: BLOOM, MPT, Baichuan.
    Strengths: nothing to learn; texts longer than those of the training work.
    Gaps: far tokens can hardly be looked at by steep heads; the scores are held, T·S for each head.
    Source: Press, Smith & Lewis 2021, arXiv:2108.12409.
    """

    formula = r"b_{h,i,j} = -m_h\, |i - j|,\quad m_h = 2^{-8h/n}"
    tags = ("alibi", "position", "distance")

    def arguments(self, query: Tensor, key: Tensor | None = None) -> Call:
        return call(self.heads)


@block(
    "relative_bias",
    target=f"{OWN}:RelativeBias",
    category="1.1.4",
    family="attention",
    title="Relative bias (T5)",
    icon="relative_position_bias",
    stem="relative",
)
class RelativeBias(_Bias):
    r"""Gives a learned bias for every pair of tokens, by the range in which their distance falls. Near
    distances have a range each, far ones share wider and wider ranges.

    Wire it to the `bias` of an attention; T5 wires one to all layers of a stack.

    Shapes: query (T, D), key (S, K) → y (C = heads, H = T, W = S); without a key S = T.
    Parameters: buckets·heads.
    MACs: 0.
    Used in: T5, mT5, UL2.
    Strengths: few numbers, learned; texts longer than those of the training work.
    Gaps: beyond the longest distance all are alike; the scores are held, T·S for each head.
    Source: Raffel et al. 2019, arXiv:1910.10683.
    """

    formula = r"b_{h,i,j} = B_{\mathrm{range}(j - i),\, h}"
    tags = ("t5", "position", "buckets", "relative position")
    buckets = Int(32, min=4, max=1024, doc="ranges of distances, those of both directions together")
    longest = Int(128, min=2, doc="from this distance on all are alike")
    causal = Bool(False, doc="all ranges serve earlier keys, later ones share the first")

    def validate(self) -> None:
        """The longest distance lies beyond those that have a range each."""
        exact = self.buckets // (2 if self.causal else 4)
        if self.longest <= exact:
            raise BadField(
                f"longest must be more than {exact}, since the first {exact} distances of {self.buckets} "
                f"buckets have a range each, not {self.longest}."
            )

    def parameters(self, query: Tensor, key: Tensor | None = None) -> int:
        return self.buckets * self.heads

    def kept_inside(self, query: Tensor, key: Tensor | None = None) -> int:
        """The range of every pair."""
        return 8 * query.shape[0] * (query if key is None else key).shape[0]

    def arguments(self, query: Tensor, key: Tensor | None = None) -> Call:
        return call(
            self.heads,
            defaults={"buckets": 32, "longest": 128, "causal": False},
            buckets=self.buckets,
            longest=self.longest,
            causal=self.causal,
        )


@block(
    "padding_mask",
    target=f"{OWN}:PaddingMask",
    category="1.1.4",
    family="attention",
    icon="slice",
    stem="mask",
)
class PaddingMask(Block):
    r"""Says of each token whether it is a word, or only fills a short text up to the length of the others.
    Wired to the `mask` of an attention, it keeps the others from looking at what only fills.

    Shapes: x (T ids) → y (T truth values).
    Parameters: 0.
    MACs: 0.
    Used in: BERT, T5 and every model that reads batches of texts.
    Strengths: a text gives the same answer in a batch as alone.
    Gaps: what is hidden is computed all the same.
    Source: Vaswani et al. 2017, arXiv:1706.03762, and Devlin et al. 2018, arXiv:1810.04805, mask padding.
    """

    keeps = "nothing"
    formula = r"m_t = 1 \;(x_t \neq p),\quad 0 \;(x_t = p)"
    tags = ("mask", "padding", "attention mask", "pad")
    example = (tokens(12),)
    padding = Int(0, min=0, max=MOST_IDS, label="Padding id", doc="id of the token that only fills")

    def infer(self, x: Tensor) -> Tensor:
        check_ids(x)
        wants(x, "T", words="ids T")
        return Tensor(x.shape, x.axes, "bool")

    def arguments(self, x: Tensor) -> Call:
        return call(defaults={"padding": 0}, padding=self.padding)
