"""Encoder-decoder attention: every state of the decoder looks for what fits it in the encoder's states."""

from __future__ import annotations

from explorer.blocks.block import Block, Call, Composite, block, call
from explorer.blocks.checks import check_sequence, wants_float
from explorer.blocks.fields import Bool, Float, Int, OptionalInt
from explorer.graph.builder import Builder, Wire
from explorer.graph.catalogue import ReceptiveField, ShapeError
from explorer.graph.tensor import Tensor, sequence

OWN = "explorer.engine.modules.attention"


def check_state(state: Tensor, port: str = "state") -> None:
    """Raise `ShapeError` unless one state D or several, T × D, arrive."""
    wants_float(state, port)
    if state.axes not in (("D",), ("T", "D")):
        raise ShapeError(
            f"asks with one state D or with several T × D, but {{source}} sends {state.spelled}.",
            code="axes",
            port=port,
            wants="T × D",
        )


def check_same_width(state: Tensor, encoder: Tensor) -> None:
    """Raise `ShapeError` unless products of states with encoder states can be formed."""
    if state.shape[-1] != encoder.shape[1]:
        raise ShapeError(
            f"multiplies states of width {state.shape[-1]} with encoder states of the same width, "
            f"but {{source}} sends {encoder.spelled}.",
            code="unequal",
            port="encoder",
            wants=f"T × D {state.shape[-1]}",
        )


def as_rows(g: Builder, state: Wire) -> Wire:
    """Write one state D as a sequence of one; several stay."""
    if state.tensor.axes == ("T", "D"):
        return state
    return g.add("reshape", state, name="one_row", shape=(1, state.tensor.shape[0]), axes="TD")


def as_it_came(g: Builder, context: Wire, state: Wire) -> Wire:
    """Write a sequence of one context as a plain D where one state D asked."""
    if state.tensor.axes == ("T", "D"):
        return context
    return g.add("reshape", context, name="one_context", shape=(context.tensor.shape[1],), axes="D")


def additive_scores(g: Builder, state: Wire, encoder: Wire, width: int, name: str = "scores") -> Wire:
    """Wire up vᵀ tanh(W s + U h) for every pair of a state (Tq, D) and an encoder state (Tk, H)."""
    given = encoder.tensor.shape[0]
    w = g.add("linear", state, name="w_state", features=width, bias=False)
    u = g.add("linear", encoder, name="u_encoder", features=width, bias=False)
    w = g.add("reshape", w, name="rows", shape=(-1, 1, width), axes="HWD")
    u = g.add("reshape", u, name="columns", shape=(1, -1, width), axes="HWD")
    pairs = g.add("tanh", g.add("add", w, u, name="pairs", broadcast=True), name="tanh")
    scores = g.add("linear", pairs, name="v", features=1, bias=False)
    return g.add("reshape", scores, name=name, shape=(-1, given), axes="TD")


@block(
    "dot_scores",
    target=f"{OWN}:DotScores",
    category="1.1.4",
    family="attention",
    icon="attention",
    stem="scores",
)
class DotScores(Block):
    r"""Multiplies every state with every encoder state and gives one score for each pair. The score is large
    where both point the same way, so no weights are needed to compare them.

    Shapes: state (Tq, D), encoder (Tk, D) → y (Tq, Tk).
    Parameters: 0.
    MACs: Tq·Tk·D.
    Used in: step 1 of Luong's attention; self-attention without weights.
    Strengths: no weights; one matrix product for all pairs.
    Gaps: both widths must be equal; long vectors give large scores and a hard softmax, unless scaled.
    Source: Luong, Pham & Manning 2015, arXiv:1508.04025.
    """

    formula = r"e_{ij} = a\; s_i^{\top} h_j"
    tags = ("alignment", "similarity")
    example = (sequence(6, 16), sequence(8, 16))
    scale = Float(1.0, min=1e-6, max=1e4, doc="factor a of the scores; 1/√D keeps them small")

    def infer(self, state: Tensor, encoder: Tensor) -> Tensor:
        check_sequence(state, "state")
        check_sequence(encoder, "encoder")
        check_same_width(state, encoder)
        return Tensor((state.shape[0], encoder.shape[0]), ("T", "D"))

    def macs(self, state: Tensor, encoder: Tensor) -> int:
        return state.shape[0] * encoder.size

    def macs_attention(self, state: Tensor, encoder: Tensor) -> int:
        return self.macs(state, encoder)

    def receptive_field(self, state: Tensor, encoder: Tensor) -> ReceptiveField:
        return ReceptiveField(whole=True)

    def arguments(self, state: Tensor, encoder: Tensor) -> Call:
        return call(defaults={"scale": 1.0}, scale=self.scale)


@block(
    "weighted_sum",
    target=f"{OWN}:WeightedSum",
    category="1.1.4",
    family="attention",
    icon="attention",
    stem="context",
)
class WeightedSum(Block):
    r"""Multiplies each encoder state with its weight and adds them up to one context vector. What has a large
    weight is what the context mainly consists of.

    Shapes: weights (Tq, Tk), encoder (Tk, H) → y (Tq, H).
    Parameters: 0.
    MACs: Tq·Tk·H.
    Used in: steps 3 and 4 of every encoder-decoder attention, in one matrix product.
    Strengths: differentiable: weights and states both learn through it.
    Gaps: a mixture: two states of equal weight cannot be told apart any more.
    Source: Bahdanau, Cho & Bengio 2014, arXiv:1409.0473.
    """

    formula = r"c_i = \sum_j w_{ij} h_j"
    tags = ("context", "alignment")
    example = (sequence(6, 8), sequence(8, 12))

    def infer(self, weights: Tensor, encoder: Tensor) -> Tensor:
        check_sequence(weights, "weights")
        check_sequence(encoder, "encoder")
        if weights.shape[1] != encoder.shape[0]:
            raise ShapeError(
                f"has {weights.shape[1]} weights in each row and needs as many states, "
                f"but {{source}} sends {encoder.spelled}.",
                code="unequal",
                port="encoder",
                wants=f"T {weights.shape[1]} × D",
            )
        return encoder.resized(weights.shape[0], encoder.shape[1])

    def macs(self, weights: Tensor, encoder: Tensor) -> int:
        return weights.shape[0] * encoder.size

    def macs_attention(self, weights: Tensor, encoder: Tensor) -> int:
        return self.macs(weights, encoder)

    def receptive_field(self, weights: Tensor, encoder: Tensor) -> ReceptiveField:
        return ReceptiveField(whole=True)


class _Alignment(Composite):
    """Scores, softmax, weighted sum: only the scores differ."""

    exposes = "attention"
    inside = (("weights", "softmax"),)
    example = (sequence(6, 16), sequence(8, 16))

    def expand(self, g: Builder, state: Wire, encoder: Wire) -> Wire:
        check_state(state.tensor)
        check_sequence(encoder.tensor, "encoder")
        scores = self._scores(g, as_rows(g, state), encoder)
        weights = g.add("softmax", scores, name="softmax")
        return as_it_came(g, g.add("weighted_sum", weights, encoder, name="context"), state)

    def _scores(self, g: Builder, state: Wire, encoder: Wire) -> Wire:
        """Scores (Tq, Tk) of states (Tq, D) and encoder states (Tk, H)."""
        raise NotImplementedError


@block(
    "bahdanau_attention",
    category="1.1.4",
    family="attention",
    title="Bahdanau attention",
    icon="attention",
    stem="attention",
)
class BahdanauAttention(_Alignment):
    r"""Asks a small network how well each encoder state fits the decoder's state, and mixes them by its
    answer. Both are brought to one width, added and squashed, so that they may differ in length and meaning.

    The decoder gets a new context at every step instead of one vector for the whole sentence.

    Shapes: state (Tq, D) or (D), encoder (Tk, H) → y (Tq, H) or (H).
    Parameters: A·(D + H + 1).
    MACs: Tq·D·A + Tk·H·A + Tq·Tk·(A + H).
    Used in: the first translation with attention (RNNsearch), speech recognition, image captions.
    Strengths: long sentences no longer pass through one vector; widths may differ.
    Gaps: a small network for every pair of steps is slower than one matrix product.
    Source: Bahdanau, Cho & Bengio 2014, arXiv:1409.0473.
    """

    formula = r"e_{ij} = v^{\top} \tanh(W s_i + U h_j),\quad c_i = \sum_j \mathrm{softmax}_j(e_{ij})\, h_j"
    tags = ("additive attention", "alignment", "seq2seq")
    width = OptionalInt(label="Width", doc="A, width of the hidden layer; empty: width of the encoder states")

    def _scores(self, g: Builder, state: Wire, encoder: Wire) -> Wire:
        return additive_scores(g, state, encoder, self.width or encoder.tensor.shape[1])


@block(
    "dot_attention",
    category="1.1.4",
    family="attention",
    title="Dot-product attention",
    icon="attention",
    stem="attention",
)
class DotAttention(_Alignment):
    r"""Compares the decoder's state with all encoder states by dot products and mixes them by the softmax of
    these. Nothing is learned here: encoder and decoder learn states that fit each other.

    The lecture's variant 1; the scores are not scaled.

    Shapes: state (Tq, D) or (D), encoder (Tk, D) → y (Tq, D) or (D).
    Parameters: 0.
    MACs: 2·Tq·Tk·D.
    Used in: translation after Luong; as the core of all later attentions.
    Strengths: no weights; fast, since all pairs are one matrix product.
    Gaps: states of both sides must have one width and share their meaning.
    Source: Luong, Pham & Manning 2015, arXiv:1508.04025.
    """

    formula = r"w = \mathrm{softmax}(s H),\quad c = H w"
    tags = ("luong", "multiplicative attention", "alignment", "seq2seq")

    def _scores(self, g: Builder, state: Wire, encoder: Wire) -> Wire:
        check_same_width(state.tensor, encoder.tensor)
        return g.add("dot_scores", state, encoder, name="scores")


@block(
    "qkv_attention",
    category="1.1.4",
    family="attention",
    title="QKV attention",
    icon="attention",
    stem="attention",
)
class QkvAttention(Composite):
    r"""The decoder's state asks with a query, encoder states answer with keys and hand over values. Three
    learned matrices say what is asked, what is compared and what is passed on.

    The lecture's variant 2: one head, with the scale 1/√d of later designs.

    Shapes: state (Tq, D) or (D), encoder (Tk, H) → y (Tq, d) or (d).
    Parameters: d·(D + 2·H); with biases 3·d more; with the output projection d² (and d) more.
    MACs: Tq·D·d + 2·Tk·H·d + 2·Tq·Tk·d; Tq·d² more with the output projection.
    Used in: cross-attention of transformers; translation.
    Strengths: sides of different width; what is compared need not be what is passed on.
    Gaps: three matrices to train; one head mixes all meanings in one row of weights.
    Source: Vaswani et al. 2017, arXiv:1706.03762.
    """

    formula = r"c = \mathrm{softmax}\left(\frac{(s W_q)(H W_k)^{\top}}{\sqrt{d}}\right) H W_v"
    tags = ("query key value", "cross attention", "seq2seq")
    example = (sequence(6, 16), sequence(8, 16))
    width = OptionalInt(label="Width", doc="d, length of queries, keys and values; empty: that of the state")
    bias = Bool(False, doc="learned numbers added to queries, keys and values")
    project = Bool(False, label="Output projection", doc="a linear layer after the mixed values")

    def expand(self, g: Builder, state: Wire, encoder: Wire) -> Wire:
        check_state(state.tensor)
        check_sequence(encoder.tensor, "encoder")
        rows = as_rows(g, state)
        width = self.width or rows.tensor.shape[1]
        q, k, v = (
            g.add("linear", wire, name=name, features=width, bias=self.bias)
            for name, wire in (("to_q", rows), ("to_k", encoder), ("to_v", encoder))
        )
        y = g.add("scaled_dot_product", q, k, v, name="attend")
        if self.project:
            y = g.add("linear", y, name="to_out", features=width, bias=self.bias)
        return as_it_came(g, y, state)


@block(
    "fc_attention",
    category="1.1.4",
    family="attention",
    title="FC attention",
    icon="attention",
    stem="attention",
)
class FcAttention(Composite):
    r"""A linear layer reads word and state of the decoder and gives a weight for every place of the source.
    It learns where to look from the place alone: the scores never see the encoder's states.

    The lecture's variant 5. There are always `max_length` weights; those of places after the end of the
    source are lost, as if the encoder's states were filled up with zeros.

    Shapes: embedding (Tq, E) or (E), state (Tq, D) or (D), encoder (Tk, H) → y (Tq, H) or (H).
    Parameters: L·(E + D) + L, where L is the greatest length.
    MACs: Tq·L·(E + D) + Tq·Tk·H.
    Used in: the sequence-to-sequence tutorial of PyTorch.
    Strengths: one layer; enough where source and target run side by side.
    Gaps: a source longer than L does not fit; the weights do not follow what the source says.
    Source: Robertson 2017, PyTorch tutorial “NLP From Scratch: Translation with a Sequence to Sequence
        Network and Attention”.
    """

    formula = r"w = \mathrm{softmax}(W [t;\, s] + b),\quad c = \sum_j w_j h_j"
    tags = ("tutorial", "seq2seq", "location based")
    exposes = "attention"
    inside = (("weights", "softmax"),)
    example = (sequence(6, 12), sequence(6, 16), sequence(8, 16))
    max_length = Int(10, doc="L, number of weights: the longest source that fits")

    def expand(self, g: Builder, embedding: Wire, state: Wire, encoder: Wire) -> Wire:
        check_state(embedding.tensor, "embedding")
        check_state(state.tensor)
        check_sequence(encoder.tensor, "encoder")
        if embedding.tensor.shape[:-1] != state.tensor.shape[:-1]:
            raise ShapeError(
                f"needs a state for every embedding ({embedding.tensor.spelled}), "
                f"but {{source}} sends {state.tensor.spelled}.",
                code="unequal",
                port="state",
            )
        length = encoder.tensor.shape[0]
        if length > self.max_length:
            raise ShapeError(
                f"has weights for at most {self.max_length} places, but {{source}} sends "
                f"{encoder.tensor.spelled}.",
                code="size",
                port="encoder",
            )
        both = g.add("concat", embedding, state, name="join", axis="D")
        scores = g.add("linear", as_rows(g, both), name="scores", features=self.max_length)
        weights = g.add("softmax", scores, name="softmax")
        if length < self.max_length:
            weights = g.add("slice", weights, name="cut", axis="D", stop=length)
        return as_it_came(g, g.add("weighted_sum", weights, encoder, name="context"), state)
