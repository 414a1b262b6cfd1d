"""Attention: every token looks at all others and takes from them what fits."""

from __future__ import annotations

from typing import Any

from explorer.blocks.attention.feed_forward import activation, feed_forward, inner_width
from explorer.blocks.attention.positions import THETA
from explorer.blocks.block import Block, Call, Composite, block, call
from explorer.blocks.checks import check_heads, check_sequence, wants, wants_float
from explorer.blocks.fields import Bool, Choice, Float, Int, OptionalFloat, OptionalInt
from explorer.graph.builder import Builder, Wire
from explorer.graph.catalogue import ReceptiveField, ShapeError
from explorer.graph.tensor import Tensor

OWN = "explorer.engine.modules.attention"
HEADS = "parts of the width that attend on their own"
CAUSAL = "a token sees only itself and what came before"
KV_HEADS = "heads of keys and values, shared by several queries; 1 is MQA, more GQA; empty: as many as heads"
WINDOW = "a token sees only those fewer than this many places away; empty: all"


def check_kv_heads(heads: int, kv_heads: int) -> None:
    """Raise `ShapeError` unless every head of keys serves equally many heads of queries."""
    if heads % kv_heads:
        raise ShapeError(
            f"has {kv_heads} heads of keys and values, and {kv_heads} does not divide its {heads} heads.",
            code="heads",
        )


def check_mask(mask: Tensor, keys: int, port: str = "mask") -> None:
    """Raise `ShapeError` unless a truth value for each key arrives."""
    wants(mask, "T", words=f"a mask T, one truth value for each of its {keys} keys,", port=port)
    if mask.dtype == "float":
        raise ShapeError(
            f"needs a mask of truth values (or 1 and 0), but {{source}} sends {mask.spelled} of "
            "floating-point numbers.",
            code="dtype",
            port=port,
            wants="bool",
        )
    if mask.shape[0] != keys:
        raise ShapeError(
            f"needs one truth value for each of its {keys} keys, but {{source}} sends {mask.spelled}.",
            code="unequal",
            port=port,
            wants=f"T {keys}",
        )


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
    width and attend independently; several heads of queries may share one of keys and values. `bias` is
    added to the scores, `mask` says which keys are real; where none is, all count alike.

    Shapes: query (T, D), key (S, E), value (S, V), bias (C = heads or 1, H = T, W = S), mask (T = S) → y (T,
        V); E is D, and y has V·heads/k values, where k heads of keys are shared.
    Parameters: 0.
    MACs: T·S·(D + V), with V as it leaves.
    Used in: every transformer; inside the other attention blocks.
    Strengths: two matrix products; any place reaches any other in one step.
    Gaps: cost and memory of the weights grow with T·S; knows nothing of order.
    Source: Vaswani et al. 2017, arXiv:1706.03762; Ainslie et al. 2023, arXiv:2305.13245 (shared keys).
    """

    keeps = "both"
    formula = r"y = \mathrm{softmax}\left(\frac{Q K^{\top}}{\sqrt{d}} + b\right) V"
    tags = ("qkv", "sdpa", "gqa", "mqa", "sliding window")
    exposes = "attention"
    heads = Int(1, max=1024, doc=HEADS)
    causal = Bool(False, doc=CAUSAL)
    scale = OptionalFloat(min=1e-6, max=1e4, doc="factor before the softmax; empty: 1/√(width of a head)")
    kv_heads = OptionalInt(max=1024, label="Key-value heads", doc=KV_HEADS)
    window = OptionalInt(doc=WINDOW)

    @property
    def _groups(self) -> int:
        """Heads of queries that share one of keys."""
        return self.heads // (self.kv_heads or self.heads)

    def infer(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        bias: Tensor | None = None,
        mask: Tensor | None = None,
    ) -> Tensor:
        check_kv_heads(self.heads, self.kv_heads or self.heads)
        for tensor, port in ((query, "query"), (key, "key"), (value, "value")):
            check_sequence(tensor, port)
            check_heads(tensor.shape[1], self.heads if port == "query" else self.heads // self._groups, port)
        if key.shape[1] * self._groups != query.shape[1]:
            shared = f", {self._groups} heads to one of theirs" if self._groups > 1 else ""
            raise ShapeError(
                f"compares queries of width {query.shape[1]} with keys of "
                f"{'width ' + str(query.shape[1] // self._groups) if shared else 'the same width'}{shared}, "
                f"but {{source}} sends {key.spelled}.",
                code="unequal",
                port="key",
                wants=f"T × D {query.shape[1] // self._groups}",
            )
        if value.shape[0] != key.shape[0]:
            raise ShapeError(
                f"needs a value for each of its {key.shape[0]} keys, but {{source}} sends {value.spelled}.",
                code="unequal",
                port="value",
                wants=f"T {key.shape[0]} × D",
            )
        if (self.causal or self.window) and query.shape[0] != key.shape[0]:
            raise ShapeError(
                f"is {'causal' if self.causal else 'bound to a window'}, which needs as many keys as "
                f"queries, but gets {query.shape[0]} queries and {key.shape[0]} keys.",
                code="unequal",
                port="key",
                wants=f"T {query.shape[0]} × D",
            )
        if bias is not None:
            self._check_bias(bias, query.shape[0], key.shape[0])
        if mask is not None:
            check_mask(mask, key.shape[0])
        return query.resized(query.shape[0], value.shape[1] * self._groups)

    def _check_bias(self, bias: Tensor, asked: int, given: int) -> None:
        wants_float(bias, "bias")
        wants(bias, "C", "H", "W", words="a bias C × H × W for its scores", port="bias")
        if bias.shape[0] not in (1, self.heads) or bias.shape[1:] != (asked, given):
            raise ShapeError(
                f"has scores C {self.heads} × H {asked} × W {given} and needs a bias for each, "
                f"but {{source}} sends {bias.spelled}.",
                code="unequal",
                port="bias",
                wants=f"C {self.heads} × H {asked} × W {given}",
            )

    def macs(self, query: Tensor, key: Tensor, value: Tensor, *more: Tensor | None) -> int:
        return query.shape[0] * key.shape[0] * (query.shape[1] + value.shape[1] * self._groups)

    def macs_attention(self, query: Tensor, key: Tensor, value: Tensor, *more: Tensor | None) -> int:
        return self.macs(query, key, value)

    def kept_inside(self, query: Tensor, key: Tensor, value: Tensor, *more: Tensor | None) -> int:
        """Keys and values again for further heads, and what is added to the scores."""
        repeated = 4 * (self._groups - 1) * (key.size + value.size)
        scores = query.shape[0] * key.shape[0]
        if more and more[0] is not None:  # each head's scores then exist
            return repeated + 4 * (self.heads * scores - more[0].size)
        return repeated + 4 * scores * (any(more) or self.window is not None)

    def receptive_field(self, *inputs: Tensor | None) -> ReceptiveField:
        return ReceptiveField(whole=True)

    def arguments(self, *inputs: Tensor | None) -> Call:
        return call(
            defaults={"heads": 1, "causal": False, "scale": None, "kv_heads": None, "window": None},
            heads=self.heads,
            causal=self.causal,
            scale=self.scale,
            kv_heads=None if self._groups == 1 else self.kv_heads,
            window=self.window,
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


POSITIONS = ("none", "rotary", "alibi", "relative")


class _Heads(Composite):
    """Fields of everything that has attention with several heads inside."""

    heads = Int(8, max=1024, doc=HEADS)
    kv_heads = OptionalInt(max=1024, label="Key-value heads", doc=KV_HEADS)
    head_width = OptionalInt(doc="width of one head; empty: D / heads")
    causal = Bool(False, doc=CAUSAL)
    window = OptionalInt(doc=WINDOW)
    position = Choice(
        "none",
        POSITIONS,
        doc="how places are told: queries and keys turned (RoPE), or distances in the scores (ALiBi, T5)",
    )
    theta = THETA
    qk_norm = Choice(
        "none",
        ("none", "rms", "layer"),
        label="Norm of queries, keys",
        doc="each head's queries and keys normalised before they are compared",
    )

    def _attention(self) -> dict[str, Any]:
        """Fields of the attention with several heads that do not change where it looks."""
        return {
            "heads": self.heads,
            "kv_heads": self.kv_heads,
            "head_width": self.head_width,
            "qk_norm": None if self.qk_norm == "none" else self.qk_norm,
        }

    def _self_attention(self) -> dict[str, Any]:
        """Fields of one that looks at its own sequence."""
        rotary = self.position == "rotary" and self.theta != THETA.default
        return self._attention() | {
            "causal": self.causal,
            "window": self.window,
            "position": None if self.position == "none" else self.position,
            "theta": self.theta if rotary else None,
        }


@block(
    "multi_head_attention",
    category="1.1.4",
    family="attention",
    title="Multi-head attention",
    icon="multi_head_attention",
    stem="attention",
)
class MultiHeadAttention(_Heads):
    r"""Several attentions side by side, each on its own share of the width, then mixed by a linear layer.
    Each head can look for something else, where a single one would have to mix all it finds.

    With only the query wired it is self-attention; wire another sequence to `key` (and `value`) and
    it becomes cross-attention. `mask` says which keys are real.

    With fewer key-value heads than heads it is grouped-query attention, with one multi-query attention.
    Places can be told by turning queries and keys (RoPE) or by distances in the scores (ALiBi, T5).

    Shapes: query (T, D), key (S, K), value (S, V), mask (T = S) → y (T, D).
    Parameters: 4·(D² + D) when all widths are D; else D·A + K·B + V·B + A·D + A + 2·B + D, where A = heads ·
        width of a head and B = key-value heads · width of a head.
    MACs: 2·T·D·A + S·B·(K + V) + 2·T·S·A.
    Used in: all transformers: BERT, GPT, ViT, DETR; with fewer key-value heads LLaMA 2 and 3, Mistral.
    Strengths: many relations at once for the cost of one wide head.
    Gaps: T·S weights for every head; many heads turn out to be of little use.
    Source: Vaswani et al. 2017, arXiv:1706.03762; Ainslie et al. 2023, arXiv:2305.13245 (grouped queries).
    """

    formula = r"y = [h_1, \dots, h_n] W_o,\quad h_i = \mathrm{attend}(Q W_i^q, K W_i^k, V W_i^v)"
    tags = (
        *("cross attention", "mha", "attention", "self-attention", "transformer"),
        *("gqa", "mqa", "grouped query", "rope", "alibi", "sliding window", "padding mask"),
    )
    bias = Bool(True, doc="learned numbers added to queries, keys, values and output")

    def expand(
        self,
        g: Builder,
        query: Wire,
        key: Wire | None = None,
        value: Wire | None = None,
        mask: Wire | None = None,
    ) -> Wire:
        check_sequence(query.tensor, "query")
        width = query.tensor.shape[1]
        if self.head_width is None:
            check_heads(width, self.heads, "query")
        check_kv_heads(self.heads, self.kv_heads or self.heads)
        key = query if key is None else key
        value = key if value is None else value
        check_sequence(key.tensor, "key")
        check_sequence(value.tensor, "value")
        if mask is not None:
            check_mask(mask.tensor, key.tensor.shape[0])
        head = self.head_width or width // self.heads
        q, k, v = (
            g.add("linear", wire, name=name, features=head * heads, bias=self.bias)
            for name, wire, heads in (
                ("to_q", query, self.heads),
                ("to_k", key, self.kv_heads or self.heads),
                ("to_v", value, self.kv_heads or self.heads),
            )
        )
        q, k = (
            self._placed(g, self._normalised(g, wire, head, p), head, p) for wire, p in ((q, "q"), (k, "k"))
        )
        y = g.add(
            "scaled_dot_product",
            *(q, k, v, self._bias(g, query, key), mask),
            name="attend",
            heads=self.heads,
            causal=self.causal,
            kv_heads=None if self.kv_heads == self.heads else self.kv_heads,
            window=self.window,
        )
        return g.add("linear", y, name="to_out", features=width, bias=self.bias)

    def _normalised(self, g: Builder, x: Wire, head: int, name: str) -> Wire:
        """Each head of queries or keys (T, heads · head) normalised by itself."""
        if self.qk_norm == "none":
            return x
        steps, width = x.tensor.shape
        x = g.add("reshape", x, name=f"{name}_heads", shape=(steps, width // head, head), axes="THD")
        x = g.add(f"{self.qk_norm}_norm", x, name=f"{name}_norm")
        return g.add("reshape", x, name=f"{name}_row", shape=(steps, width), axes="TD")

    def _placed(self, g: Builder, x: Wire, head: int, name: str) -> Wire:
        """Queries or keys turned by their places."""
        if self.position != "rotary":
            return x
        heads, theta = x.tensor.shape[1] // head, None if self.theta == THETA.default else self.theta
        return g.add("rope", x, name=f"{name}_rotary", heads=heads, theta=theta)

    def _bias(self, g: Builder, query: Wire, key: Wire) -> Wire | None:
        """What distances add to the scores."""
        if self.position not in ("alibi", "relative"):
            return None
        other = None if key == query else key
        if self.position == "alibi":
            return g.add("alibi", query, other, name="alibi", heads=self.heads)
        return g.add("relative_bias", query, other, name="relative", heads=self.heads, causal=self.causal)

    def summary(self) -> str:
        parts = [f"{self.heads} heads" + (f", {self.kv_heads} of keys" if self.kv_heads else "")]
        parts += ["causal"] * self.causal + [self.position] * (self.position != "none")
        return " · ".join(parts)


class _Layer(_Heads):
    """Fields and joints of both transformer layers."""

    mlp = OptionalInt(
        label="MLP width", doc="hidden width of the small network; empty: 4·D (⌊8·D/3⌋ for glu)"
    )
    norm = Choice("pre", ("pre", "post"), doc="normalise before each part, or after the addition")
    norm_kind = Choice(
        "layer", ("layer", "rms"), label="Kind of norm", doc="layer norm, or RMS norm, which only scales"
    )
    activation = activation()
    dropout = Float(
        0.0, max=0.99, doc="share of values set to zero while training, after each part and in the MLP"
    )
    bias = Bool(True, doc="learned numbers added by the linear layers")
    layer_scale = OptionalFloat(
        min=1e-9, max=10.0, doc="where a learned factor for each value of a part starts; empty: no factors"
    )
    eps = Float(1e-5, max=1.0, doc="keeps the root in the normalisation away from zero")

    def _before(self, g: Builder, x: Wire, number: int) -> Wire:
        return self._norm(g, x, number) if self.norm == "pre" else x

    def _norm(self, g: Builder, x: Wire, number: int) -> Wire:
        return g.add(f"{self.norm_kind}_norm", x, name=f"norm{number}", eps=self.eps)

    def _attend(self, g: Builder, *wires: Wire | None, name: str, **fields: Any) -> Wire:
        fields |= {} if self.bias else {"bias": False}
        return g.add("multi_head_attention", *wires, name=name, **fields)

    def _joined(self, g: Builder, x: Wire, y: Wire, number: int) -> Wire:
        if self.layer_scale is not None:
            y = g.add("layer_scale", y, name=f"scale{number}", start=self.layer_scale)
        if self.dropout:
            y = g.add("dropout", y, name=f"drop{number}", p=self.dropout)
        y = g.add("add", x, y, name=f"add{number}")
        return self._norm(g, y, number) if self.norm == "post" else y

    def _mlp(self, g: Builder, x: Wire) -> Wire:
        kind = self.activation
        hidden = inner_width(kind, x.tensor.shape[1], self.mlp)
        return feed_forward(g, x, kind=kind, hidden=hidden, bias=self.bias, dropout=self.dropout)

    def _check(self, x: Wire, mask: Wire | None) -> None:
        check_sequence(x.tensor)
        if self.head_width is None:
            check_heads(x.tensor.shape[1], self.heads)
        check_kv_heads(self.heads, self.kv_heads or self.heads)
        if mask is not None:
            check_mask(mask.tensor, x.tensor.shape[0])

    def summary(self) -> str:
        parts = [f"{self.heads} heads", f"{self.norm}-norm"]
        parts += [self.position] * (self.position != "none") + ["causal"] * self.causal
        return " · ".join(parts)


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
    after the addition (post, as first published). When causal, it is the layer of a language model: causal,
    rotary, RMS norm, swiglu and no bias make a layer of LLaMA. `mask` says which tokens are real.

    Shapes: x (T, D), mask (T) → y (T, D).
    Parameters: 4·(D² + D) + 2·D·M + M + D + 4·D, where M is the MLP width (12·D² + 13·D for M = 4·D), with
        the usual settings.
    MACs: 4·T·D² + 2·T²·D + 2·T·D·M.
    Used in: BERT, ViT; GPT and LLaMA when causal.
    Strengths: all steps at once, unlike a recurrent layer; pre-norm trains without a warm-up.
    Gaps: cost grows with T²; needs much data or pre-training.
    Source: Vaswani et al. 2017, arXiv:1706.03762; Xiong et al. 2020, arXiv:2002.04745 (pre-norm).
    """

    formula = r"z = x + \mathrm{attend}(\mathrm{LN}(x)),\quad y = z + \mathrm{MLP}(\mathrm{LN}(z))"
    tags = (
        *("vit block", "bert", "gpt", "encoder", "transformer", "attention", "transformer block"),
        *("llama", "rope", "gqa", "swiglu"),
    )

    def expand(self, g: Builder, x: Wire, mask: Wire | None = None) -> Wire:
        self._check(x, mask)
        y = self._before(g, x, 1)
        y = self._attend(g, y, None, None, mask, name="attention", **self._self_attention())
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

    `memory` is the encoder's output; it may have another length and another width. Masks say which tokens of
    either are real. Places are told among the words so far only.

    Shapes: x (T, D), memory (S, K), mask (T), memory_mask (T = S) → y (T, D).
    Parameters: 6·D² + 2·D·K + 8·D + 2·D·M + M + D + 6·D, where M is the MLP width, with the usual settings.
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

    def expand(
        self,
        g: Builder,
        x: Wire,
        memory: Wire,
        mask: Wire | None = None,
        memory_mask: Wire | None = None,
    ) -> Wire:
        self._check(x, mask)
        check_sequence(memory.tensor, "memory")
        if memory_mask is not None:
            check_mask(memory_mask.tensor, memory.tensor.shape[0], "memory_mask")
        y = self._before(g, x, 1)
        y = self._attend(g, y, None, None, mask, name="attention", **self._self_attention())
        x = self._joined(g, x, y, 1)
        y = self._before(g, x, 2)
        y = self._attend(g, y, memory, None, memory_mask, name="cross_attention", **self._attention())
        x = self._joined(g, x, y, 2)
        return self._joined(g, x, self._mlp(g, self._before(g, x, 3)), 3)
