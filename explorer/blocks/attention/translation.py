"""Sequence to sequence: a decoder that looks back at the encoder's states at every step."""

from __future__ import annotations

from explorer.blocks.attention.alignment import additive_scores
from explorer.blocks.block import Block, Call, Composite, block, call
from explorer.blocks.checks import check_sequence, wants, wants_float
from explorer.blocks.fields import Choice, Int, OptionalInt
from explorer.graph.builder import Builder, Wire
from explorer.graph.catalogue import ReceptiveField, ShapeError
from explorer.graph.tensor import Tensor, sequence, tokens, vector

OWN = "explorer.engine.modules.translation"
GATES = {"gru": 3, "lstm": 4, "rnn": 1}
"""Matrices of each kind by cell."""


@block(
    "decoder_states",
    target=f"{OWN}:DecoderStates",
    category="1.1.4",
    family="recurrent",
    icon="rnn",
    stem="states",
)
class DecoderStates(Block):
    r"""A recurrent layer that does not begin with an empty state but with one that is handed to it. So what
    the encoder has read is where the decoder starts.

    torch's layers, with their two biases for every gate; the cell of an LSTM begins empty.

    Shapes: x (T, n), start (H) → y (T, H), all states.
    Parameters: k·((n + H)·H + 2·H), with k = 3 for gru, 4 for lstm, 1 for rnn.
    MACs: T·k·(n + H)·H.
    Used in: the decoders of translation and of captions.
    Strengths: one vector is enough to pass a short sentence on.
    Gaps: one vector is not enough for a long sentence; that is what attention repairs.
    Source: Sutskever, Vinyals & Le 2014, arXiv:1409.3215; Cho et al. 2014, arXiv:1406.1078.
    """

    keeps_inside = 7.6
    formula = r"s_0 = h_{\mathrm{last}},\quad s_t = f(s_{t-1}, x_t)"
    tags = ("seq2seq", "decoder")
    example = (sequence(6, 12), vector(16))
    uncompiled = "it leaves torch's recurrent layers out and compiles what stands around them"
    cell = Choice("gru", tuple(GATES), doc="kind of recurrent layer")

    def infer(self, x: Tensor, start: Tensor) -> Tensor:
        check_sequence(x)
        wants_float(start, "start")
        wants(start, "D", words="a first state D", port="start")
        return x.resized(x.shape[0], start.shape[0])

    def _weights(self, x: Tensor, start: Tensor) -> int:
        return GATES[self.cell] * (x.shape[1] + start.shape[0]) * start.shape[0]

    def parameters(self, x: Tensor, start: Tensor) -> int:
        return self._weights(x, start) + 2 * GATES[self.cell] * start.shape[0]

    def macs(self, x: Tensor, start: Tensor) -> int:
        return x.shape[0] * self._weights(x, start)

    def receptive_field(self, x: Tensor, start: Tensor) -> ReceptiveField:
        return ReceptiveField(whole=True)

    def arguments(self, x: Tensor, start: Tensor) -> Call:
        return call(x.shape[1], start.shape[0], defaults={"cell": "gru"}, cell=self.cell)


@block(
    "alignment_vectors",
    target=f"{OWN}:AlignmentVectors",
    category="1.1.4",
    family="attention",
    icon="multiply",
    stem="aligned",
)
class AlignmentVectors(Block):
    r"""Multiplies each encoder state with its weight, once for every row of weights. The result is kept apart
    for every pair of steps, so that it can be looked at before it is added up.

    Shapes: weights (Tq, Tk), encoder (Tk, H) → y (H = Tq, W = Tk, D = H).
    Parameters: 0.
    MACs: 0; its Tq·Tk·H products are taken value by value.
    Used in: step 3 of the lecture's attention.
    Strengths: shows what each source word adds to each target word.
    Gaps: takes the memory of Tq·Tk vectors; a weighted sum takes none of it.
    Source: Bahdanau, Cho & Bengio 2014, arXiv:1409.0473.
    """

    formula = r"a_{ij} = w_{ij} h_j"
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
        return Tensor((weights.shape[0], *encoder.shape), ("H", "W", "D"))


@block(
    "context_vectors",
    target=f"{OWN}:ContextVectors",
    category="1.1.4",
    family="attention",
    icon="add",
    stem="context",
)
class ContextVectors(Block):
    r"""Adds up the alignment vectors of each row to one context vector. It is a summary of the source as seen
    from one step of the target.

    Shapes: x (H = Tq, W = Tk, D) → y (Tq, D).
    Parameters: 0.
    MACs: 0.
    Used in: step 4 of the lecture's attention.
    Strengths: its size does not depend on the length of the source.
    Gaps: what was added can no longer be told apart.
    Source: Bahdanau, Cho & Bengio 2014, arXiv:1409.0473.
    """

    keeps = "nothing"
    formula = r"c_i = \sum_j a_{ij}"
    example = (Tensor((6, 8, 12), ("H", "W", "D")),)

    def infer(self, x: Tensor) -> Tensor:
        wants_float(x)
        wants(x, "H", "W", "D", words="alignment vectors H × W × D")
        return Tensor((x.shape[0], x.shape[2]), ("T", "D"))

    def receptive_field(self, x: Tensor) -> ReceptiveField:
        return ReceptiveField(whole=True)


@block("attention_decoder", category="1.1.4", family="attention", icon="transformer", stem="decoder")
class AttentionDecoder(Composite):
    r"""Writes a sentence while it looks back at the encoder's states: before every word it decides which of
    them matter. In training the right words so far are given to it, so that all steps run side by side.

    The lecture's translator, step by step. 0: a recurrent layer, begun with the last encoder state, gives the
    hidden states. 1: a score for every encoder state. 2: softmax. 3: every encoder state times its weight. 4:
    the sum, the context. 5: the context is fed back into the decoder: joined with the hidden state it passes
    one more layer of the hidden width, and the linear layer D reads the words from it. The lecture leaves
    open how the context is fed; this is Luong's way, which keeps D at hidden × vocabulary. A context is not
    an input of the next recurrent step.

    Targets are ids, which the block embeds, or vectors that already are embedded. The words are scores;
    softmax is part of the loss.

    Shapes: targets (T ids) or (T, E), encoder (S, H) → y (T, vocabulary).
    Parameters: V·E for ids; k·((E + h)·h + 2·h), k = 3 gru, 4 lstm, 1 rnn; (H + h)·h; h·V + V; with additive
        scores h² + H·h + h; H·h + h where h is not H.
    MACs: T·(k·(E + h)·h + (H + h)·h + h·V), and the scores: T·S·H, or T·h² + S·H·h + T·S·h; H·h where h is
        not H. The products of step 3 are taken value by value and are not counted.
    Used in: neural machine translation before the transformer.
    Strengths: long sentences: the score falls far less with length than with a single vector.
    Gaps: one word after the other at inference; a wrong word is read by all later steps.
    Source: Luong, Pham & Manning 2015, arXiv:1508.04025; Bahdanau, Cho & Bengio 2014, arXiv:1409.0473.
    """

    formula = (
        r"c_t = \sum_j w_{tj} h_j,\quad y_t = D \tanh(W [c_t;\, s_t]),\quad w_t = \mathrm{softmax}(s_t H)"
    )
    tags = ("seq2seq", "translation", "luong", "bahdanau")
    exposes = "attention"
    inside = (("weights", "step2_softmax"),)
    example = (tokens(6), sequence(8, 16))
    score = Choice("dot", ("dot", "additive"), doc="dot: s·h; additive: Bahdanau's vᵀtanh(W s + U h)")
    cell = Choice("gru", tuple(GATES), doc="kind of recurrent layer")
    hidden = OptionalInt(label="Hidden units", doc="h, length of the state; empty: as the encoder's states")
    embedding = Int(300, label="Embedding width", doc="E, length of a word's vector when ids arrive")
    vocabulary = Int(10_000, doc="V, number of words of the target language")

    def expand(self, g: Builder, targets: Wire, encoder: Wire) -> Wire:
        check_sequence(encoder.tensor, "encoder")
        words = self._embedded(g, targets)
        width = encoder.tensor.shape[1]
        hidden = self.hidden or width
        start = g.add("slice", encoder, name="last_state", axis="T", start=-1)
        start = g.add("reshape", start, name="start", shape=(width,), axes="D")
        if hidden != width:
            start = g.add("tanh", g.add("linear", start, name="bridge", features=hidden), name="bridge_tanh")
        states = g.add("decoder_states", words, start, name="step0_states", cell=self.cell)
        weights = g.add("softmax", self._scores(g, states, encoder), name="step2_softmax")
        aligned = g.add("alignment_vectors", weights, encoder, name="step3_multiply")
        context = g.add("context_vectors", aligned, name="step4_sum")
        y = g.add("concat", context, states, name="step5_feed", axis="D")
        y = g.add(
            "tanh", g.add("linear", y, name="combine", features=hidden, bias=False), name="combine_tanh"
        )
        return g.add("linear", y, name="words", features=self.vocabulary)

    def _embedded(self, g: Builder, targets: Wire) -> Wire:
        if targets.tensor.axes == ("T",) and targets.tensor.dtype == "int":
            return g.add("embedding", targets, name="embed", vocabulary=self.vocabulary, width=self.embedding)
        if targets.tensor.axes != ("T", "D") or targets.tensor.dtype != "float":
            raise ShapeError(
                f"takes the target words as ids T or as vectors T × D, "
                f"but {{source}} sends {targets.tensor.spelled}.",
                code="axes",
                port="targets",
                wants="T",
            )
        return targets

    def _scores(self, g: Builder, states: Wire, encoder: Wire) -> Wire:
        if self.score == "additive":
            return additive_scores(g, states, encoder, states.tensor.shape[1], "step1_scores")
        if states.tensor.shape[1] != encoder.tensor.shape[1]:
            raise ShapeError(
                f"has {states.tensor.shape[1]} hidden units and multiplies them with encoder states of "
                f"{encoder.tensor.shape[1]}.",
                code="unequal",
                port="encoder",
            )
        return g.add("dot_scores", states, encoder, name="step1_scores")

    def summary(self) -> str:
        return f"{self.score} · {self.cell} · {self.vocabulary:,} words"
