"""Attention: every token looks at all others and takes from them what fits."""

from __future__ import annotations

from explorer.blocks.block import Block, Call, Composite, block, call
from explorer.blocks.checks import check_heads, check_sequence
from explorer.blocks.fields import Bool, Choice, Float, Int, OptionalFloat, OptionalInt
from explorer.graph.builder import Builder, Wire
from explorer.graph.catalogue import ReceptiveField, ShapeError
from explorer.graph.tensor import Tensor

OWN = "explorer.engine.modules.attention"


@block(
    "scaled_dot_product",
    target=f"{OWN}:ScaledDotProduct",
    category="1.1.4",
    family="attention",
    icon="attention",
    stem="attend",
)
class ScaledDotProduct(Block):
    r"""Compares every query with every key and mixes the values by how well they match. Dividing by √d keeps
    the scores small, so that the softmax does not become a hard choice before anything is learned.

    The core of all attention blocks; it has no weights of its own. Heads lie side by side in the
    width and attend independently.

    Shapes: query (T, D), key (S, D), value (S, V) → y (T, V).
    Parameters: 0.
    MACs: T·S·(D + V).
    Used in: every transformer; inside the other attention blocks.
    Strengths: two matrix products; any place reaches any other in one step.
    Gaps: cost and memory of the weights grow with T·S; knows nothing of order.
    Source: Vaswani et al. 2017, arXiv:1706.03762.
    """

    keeps = "both"
    formula = r"y = \mathrm{softmax}\left(\frac{Q K^{\top}}{\sqrt{d}}\right) V"
    tags = ("qkv", "sdpa")
    exposes = "attention"
    heads = Int(1, max=1024, doc="parts of the width that attend on their own")
    causal = Bool(False, doc="a token sees only itself and what came before")
    scale = OptionalFloat(min=1e-6, max=1e4, doc="factor before the softmax; empty: 1/√(width of a head)")

    def infer(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        for tensor, port in ((query, "query"), (key, "key"), (value, "value")):
            check_sequence(tensor, port)
            check_heads(tensor.shape[1], self.heads, port)
        if key.shape[1] != query.shape[1]:
            raise ShapeError(
                f"compares queries of width {query.shape[1]} with keys of the same width, "
                f"but {{source}} sends {key.spelled}.",
                code="unequal",
                port="key",
                wants=f"T × D {query.shape[1]}",
            )
        if value.shape[0] != key.shape[0]:
            raise ShapeError(
                f"needs a value for each of its {key.shape[0]} keys, but {{source}} sends {value.spelled}.",
                code="unequal",
                port="value",
                wants=f"T {key.shape[0]} × D",
            )
        if self.causal and query.shape[0] != key.shape[0]:
            raise ShapeError(
                f"is causal, which needs as many keys as queries, but gets {query.shape[0]} queries "
                f"and {key.shape[0]} keys.",
                code="unequal",
                port="key",
                wants=f"T {query.shape[0]} × D",
            )
        return query.resized(query.shape[0], value.shape[1])

    def macs(self, query: Tensor, key: Tensor, value: Tensor) -> int:
        return query.shape[0] * key.shape[0] * (query.shape[1] + value.shape[1])

    def macs_attention(self, query: Tensor, key: Tensor, value: Tensor) -> int:
        return self.macs(query, key, value)

    def receptive_field(self, query: Tensor, key: Tensor, value: Tensor) -> ReceptiveField:
        return ReceptiveField(whole=True)

    def arguments(self, query: Tensor, key: Tensor, value: Tensor) -> Call:
        return call(
            defaults={"heads": 1, "causal": False, "scale": None},
            heads=self.heads,
            causal=self.causal,
            scale=self.scale,
        )


@block("self_attention", category="1.1.4", family="attention", icon="self_attention", stem="attention")
class SelfAttention(Composite):
    r"""Every token asks all tokens of the same sequence: queries, keys and values come from one input. Three
    learned matrices say what a token asks for, what it is found by and what it passes on.

    The lecture's variant 4: one head, no biases; the output projection of later designs can be switched on.

    Shapes: x (T, D) → y (T, D).
    Parameters: 3·D², and D² more with the output projection.
    MACs: 3·T·D² + 2·T²·D, and T·D² more with the output projection.
    Used in: transformers (with several heads), non-local networks.
    Strengths: what is asked and what is found differ, unlike with plain dot products of the tokens.
    Gaps: cost grows with T²; without position codes the order of the tokens is not seen.
    Source: Vaswani et al. 2017, arXiv:1706.03762.
    """

    tags = ("attention", "transformer")
    formula = r"y = \mathrm{softmax}\left(\frac{x W_q (x W_k)^{\top}}{\sqrt{d}}\right) x W_v"
    causal = Bool(False, doc="a token sees only itself and what came before")
    project = Bool(False, label="Output projection", doc="a linear layer after the mixed values")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_sequence(x.tensor)
        width = x.tensor.shape[1]
        q, k, v = (g.add("linear", x, name=f"to_{p}", features=width, bias=False) for p in "qkv")
        y = g.add("scaled_dot_product", q, k, v, name="attend", causal=self.causal)
        return g.add("linear", y, name="to_out", features=width, bias=False) if self.project else y


@block(
    "multi_head_attention",
    category="1.1.4",
    family="attention",
    title="Multi-head attention",
    icon="multi_head_attention",
    stem="attention",
)
class MultiHeadAttention(Composite):
    r"""Several attentions side by side, each on its own share of the width, then mixed by a linear layer.
    Each head can look for something else, where a single one would have to mix all it finds.

    With only the query wired it is self-attention; wire another sequence to `key` (and `value`) and
    it becomes cross-attention.

    Shapes: query (T, D), key (S, K), value (S, V) → y (T, D).
    Parameters: 4·(D² + D) when all widths are D; else D² + D·K + D·V + D² + 4·D.
    MACs: 2·T·D² + S·D·(K + V) + 2·T·S·D.
    Used in: all transformers: BERT, GPT, ViT, DETR.
    Strengths: many relations at once for the cost of one wide head.
    Gaps: T·S weights for every head; many heads turn out to be of little use.
    Source: Vaswani et al. 2017, arXiv:1706.03762.
    """

    formula = r"y = [h_1, \dots, h_n] W_o,\quad h_i = \mathrm{attend}(Q W_i^q, K W_i^k, V W_i^v)"
    tags = ("cross attention", "mha", "attention", "self-attention", "transformer")
    heads = Int(8, max=1024, doc="parts of the width that attend on their own")
    causal = Bool(False, doc="a token sees only itself and what came before")
    bias = Bool(True, doc="learned numbers added to queries, keys, values and output")

    def expand(self, g: Builder, query: Wire, key: Wire | None = None, value: Wire | None = None) -> Wire:
        check_sequence(query.tensor, "query")
        width = query.tensor.shape[1]
        check_heads(width, self.heads, "query")
        key = query if key is None else key
        value = key if value is None else value
        check_sequence(key.tensor, "key")
        check_sequence(value.tensor, "value")
        q, k, v = (
            g.add("linear", wire, name=name, features=width, bias=self.bias)
            for name, wire in (("to_q", query), ("to_k", key), ("to_v", value))
        )
        y = g.add("scaled_dot_product", q, k, v, name="attend", heads=self.heads, causal=self.causal)
        return g.add("linear", y, name="to_out", features=width, bias=self.bias)

    def summary(self) -> str:
        return f"{self.heads} heads" + (" · causal" if self.causal else "")


class _Layer(Composite):
    """Fields and joints of both transformer layers."""

    heads = Int(8, max=1024, doc="parts of the width that attend on their own")
    mlp = OptionalInt(label="MLP width", doc="hidden width of the small network; empty: 4·D")
    norm = Choice("pre", ("pre", "post"), doc="normalise before each part, or after the addition")
    activation = Choice("gelu", ("gelu", "relu"), doc="inside the small network")
    dropout = Float(
        0.0, max=0.99, doc="share of values set to zero while training, after each part and in the MLP"
    )
    causal = Bool(False, doc="a token sees only itself and what came before")
    eps = Float(1e-5, max=1.0, doc="keeps the root in the normalisation away from zero")

    def _before(self, g: Builder, x: Wire, number: int) -> Wire:
        return self._norm(g, x, number) if self.norm == "pre" else x

    def _norm(self, g: Builder, x: Wire, number: int) -> Wire:
        return g.add("layer_norm", x, name=f"norm{number}", eps=self.eps)

    def _drop(self, g: Builder, x: Wire, name: str) -> Wire:
        return g.add("dropout", x, name=name, p=self.dropout) if self.dropout else x

    def _joined(self, g: Builder, x: Wire, y: Wire, number: int) -> Wire:
        y = self._drop(g, y, f"drop{number}")
        y = g.add("add", x, y, name=f"add{number}")
        return self._norm(g, y, number) if self.norm == "post" else y

    def _mlp(self, g: Builder, x: Wire) -> Wire:
        width = x.tensor.shape[1]
        y = g.add("linear", x, name="fc1", features=self.mlp or 4 * width)
        y = g.add(self.activation, y, name=self.activation)
        y = self._drop(g, y, "drop_mlp")
        return g.add("linear", y, name="fc2", features=width)

    def summary(self) -> str:
        parts = [f"{self.heads} heads", f"{self.norm}-norm"]
        return " · ".join([*parts, *(["causal"] if self.causal else [])])


@block(
    "transformer_encoder_layer",
    category="1.1.4",
    family="attention",
    icon="transformer",
    stem="layer",
)
class TransformerEncoderLayer(_Layer):
    r"""Attention lets tokens exchange what they know, then a small network works on each token alone.
    Shortcuts round both halves keep the tokens as they are where there is nothing to change.

    Each half is added to its input and normalised: before the half (pre, steadier to train) or
    after the addition (post, as first published). When causal, it is the layer of a language model.

    Shapes: x (T, D) → y (T, D).
    Parameters: 4·(D² + D) + 2·D·M + M + D + 4·D, where M is the MLP width (12·D² + 13·D for M = 4·D).
    MACs: 4·T·D² + 2·T²·D + 2·T·D·M.
    Used in: BERT, ViT; GPT when causal.
    Strengths: all steps at once, unlike a recurrent layer; pre-norm trains without a warm-up.
    Gaps: cost grows with T²; needs much data or pre-training.
    Source: Vaswani et al. 2017, arXiv:1706.03762; Xiong et al. 2020, arXiv:2002.04745 (pre-norm).
    """

    formula = r"z = x + \mathrm{attend}(\mathrm{LN}(x)),\quad y = z + \mathrm{MLP}(\mathrm{LN}(z))"
    tags = ("vit block", "bert", "gpt", "encoder", "transformer", "attention", "transformer block")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_sequence(x.tensor)
        check_heads(x.tensor.shape[1], self.heads)
        y = self._before(g, x, 1)
        y = g.add("multi_head_attention", y, name="attention", heads=self.heads, causal=self.causal)
        x = self._joined(g, x, y, 1)
        return self._joined(g, x, self._mlp(g, self._before(g, x, 2)), 2)


@block(
    "transformer_decoder_layer",
    category="1.1.4",
    family="attention",
    title="Transformer decoder layer",
    icon="transformer",
    stem="layer",
)
class TransformerDecoderLayer(_Layer):
    r"""The words so far attend to each other, then look into the encoder's output, and a small network works
    on each. The mask hides later words, so that all of a sentence can be trained at once.

    `memory` is the encoder's output; it may have another length and another width.

    Shapes: x (T, D), memory (S, K) → y (T, D).
    Parameters: 6·D² + 2·D·K + 8·D + 2·D·M + M + D + 6·D, where M is the MLP width.
    MACs: 4·T·D² + 2·T²·D + 2·T·D² + 2·S·K·D + 2·T·S·D + 2·T·D·M.
    Used in: the transformer for translation, T5, BART; DETR without the mask.
    Strengths: every step looks at the whole source; training needs no recurrence.
    Gaps: at inference one word after the other, each time with all earlier ones.
    Source: Vaswani et al. 2017, arXiv:1706.03762; Xiong et al. 2020, arXiv:2002.04745 (pre-norm).
    """

    formula = (
        r"u = x + \mathrm{attend}(\mathrm{LN}(x)),\quad z = u + \mathrm{attend}(\mathrm{LN}(u), m),"
        r"\quad y = z + \mathrm{MLP}(\mathrm{LN}(z))"
    )
    tags = ("cross attention", "seq2seq", "translation", "decoder", "transformer")
    causal = Bool(True, doc="a token sees only itself and what came before; the memory is seen whole")

    def expand(self, g: Builder, x: Wire, memory: Wire) -> Wire:
        check_sequence(x.tensor)
        check_sequence(memory.tensor, "memory")
        check_heads(x.tensor.shape[1], self.heads)
        y = self._before(g, x, 1)
        y = g.add("multi_head_attention", y, name="attention", heads=self.heads, causal=self.causal)
        x = self._joined(g, x, y, 1)
        y = self._before(g, x, 2)
        y = g.add("multi_head_attention", y, memory, name="cross_attention", heads=self.heads)
        x = self._joined(g, x, y, 2)
        return self._joined(g, x, self._mlp(g, self._before(g, x, 3)), 3)
