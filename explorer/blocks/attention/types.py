"""How many source states an attention looks at: all of them, a window, or exactly one."""

from __future__ import annotations

from explorer.blocks.attention.alignment import (
    additive_scores,
    as_it_came,
    as_rows,
    check_same_width,
    check_state,
)
from explorer.blocks.block import Block, Call, Composite, block, call
from explorer.blocks.checks import check_sequence
from explorer.blocks.fields import Choice, Int
from explorer.graph.builder import Builder, Wire
from explorer.graph.catalogue import ReceptiveField, ShapeError
from explorer.graph.tensor import Tensor, sequence

OWN = "explorer.engine.modules.attention"
LONGEST = 65_536


class _Scored(Composite):
    """Scores of Luong's three kinds, weights of the subclass, weighted sum."""

    exposes = "attention"
    example = (sequence(6, 16), sequence(8, 16))
    score = Choice(
        "dot",
        ("dot", "general", "concat"),
        doc="dot: s·h; general: s·W·h; concat: a small network, vᵀtanh(W s + U h)",
    )

    def expand(self, g: Builder, state: Wire, encoder: Wire) -> Wire:
        check_state(state.tensor)
        check_sequence(encoder.tensor, "encoder")
        rows = as_rows(g, state)
        weights = self._weights(g, self._scores(g, rows, encoder), rows)
        return as_it_came(g, g.add("weighted_sum", weights, encoder, name="context"), state)

    def _scores(self, g: Builder, state: Wire, encoder: Wire) -> Wire:
        width = encoder.tensor.shape[1]
        if self.score == "concat":
            return additive_scores(g, state, encoder, width)
        if self.score == "general":
            state = g.add("linear", state, name="w_score", features=width, bias=False)
        check_same_width(state.tensor, encoder.tensor)
        return g.add("dot_scores", state, encoder, name="scores")

    def _weights(self, g: Builder, scores: Wire, state: Wire) -> Wire:
        """Weights (Tq, Tk) of scores (Tq, Tk) and states (Tq, D)."""
        raise NotImplementedError


@block("global_attention", category="1.1.4", family="attention", icon="attention", stem="attention")
class GlobalAttention(_Scored):
    r"""Every state of the decoder gives a weight to all source states and mixes them. There are as many
    weights as the source has words, so nothing can be missed.

    Shapes: state (Tq, D) or (D), encoder (Tk, H) → y (Tq, H) or (H).
    Parameters: 0 for dot, D·H for general, H·(D + H + 1) for concat.
    MACs: 2·Tq·Tk·H; Tq·D·H more for general; for concat Tq·D·H + Tk·H² + 2·Tq·Tk·H.
    Used in: translation of sentences; attention in transformers looks at all places in the same way.
    Strengths: finds what it needs however far away it stands.
    Gaps: cost grows with the product of both lengths: slow on paragraphs and documents.
    Source: Luong, Pham & Manning 2015, arXiv:1508.04025.
    """

    formula = r"w_i = \mathrm{softmax}_j\, \mathrm{score}(s_i, h_j),\quad c_i = \sum_{j=1}^{T} w_{ij} h_j"
    tags = ("luong", "soft attention", "seq2seq")
    inside = (("weights", "softmax"),)

    def _weights(self, g: Builder, scores: Wire, state: Wire) -> Wire:
        return g.add("softmax", scores, name="softmax")

    def summary(self) -> str:
        return self.score


class _Window(Block):
    """Shape of weights that are zero outside a window; scores in, weights out."""

    window = Int(2, max=LONGEST, doc="places on either side of the centre that are looked at")

    def infer(self, scores: Tensor) -> Tensor:
        check_sequence(scores, "scores")
        return scores

    def arguments(self, scores: Tensor) -> Call:
        return call(self.window)


@block(
    "window_weights",
    target=f"{OWN}:WindowWeights",
    category="1.1.4",
    family="attention",
    icon="local_attention",
    stem="weights",
)
class WindowWeights(_Window):
    r"""A softmax over the scores in a window round each state's own place; all others get the weight 0.
    Source and target are taken to run side by side, as Luong's local-m does.

    A state after the end of the source looks at its last places.

    Shapes: scores (Tq, Tk) → y (Tq, Tk).
    Parameters: 0.
    MACs: 0.
    Used in: local attention.
    Strengths: nothing to learn; rows of weights add up to 1.
    Gaps: wrong where languages order their words differently.
    Source: Luong, Pham & Manning 2015, arXiv:1508.04025.
    """

    keeps = "outputs"
    formula = r"w_{ij} = \mathrm{softmax}_j(e_{ij}),\quad |j - i| \leq D"
    tags = ("local-m", "monotonic alignment")


@block(
    "predicted_window_weights",
    target=f"{OWN}:PredictedWindowWeights",
    category="1.1.4",
    family="attention",
    icon="local_attention",
    stem="weights",
)
class PredictedWindowWeights(_Window):
    r"""A softmax over the scores in a window round a predicted place, times a Gaussian centred there. The
    Gaussian lets the gradient tell the prediction which way to move.

    The place arrives as a share of the source, 0 for its beginning and 1 for its end; σ is half the window.
    The rows are not divided by their sums again, as in the paper.

    Shapes: scores (Tq, Tk), place (Tq, 1) → y (Tq, Tk).
    Parameters: 0.
    MACs: 0.
    Used in: local attention.
    Strengths: differentiable almost everywhere, although it looks at a window only.
    Gaps: rows add up to less than 1, the more the better the far places fit.
    Source: Luong, Pham & Manning 2015, arXiv:1508.04025.
    """

    keeps_inside = 4.25
    formula = r"w_{ij} = \mathrm{softmax}_j(e_{ij})\, \exp\left(-\frac{(j - p_i)^2}{2 \sigma^2}\right)"
    tags = ("local-p", "gaussian")
    example = (sequence(6, 8), sequence(6, 1))

    def infer(self, scores: Tensor, place: Tensor) -> Tensor:  # type: ignore[override]
        check_sequence(scores, "scores")
        check_sequence(place, "place")
        if place.shape != (scores.shape[0], 1):
            raise ShapeError(
                f"needs one place for each of its {scores.shape[0]} rows, "
                f"but {{source}} sends {place.spelled}.",
                code="unequal",
                port="place",
                wants=f"T {scores.shape[0]} × D 1",
            )
        return scores

    def arguments(self, scores: Tensor, place: Tensor) -> Call:  # type: ignore[override]
        return call(self.window)

    def receptive_field(self, scores: Tensor, place: Tensor) -> ReceptiveField:
        return ReceptiveField(whole=True)


@block("local_attention", category="1.1.4", family="attention", icon="local_attention", stem="attention")
class LocalAttention(_Scored):
    r"""Looks only at a window of the source round one place, and mixes the states in it. The place is
    predicted from the decoder's state, or is the state's own place.

    Predicted (local-p): a small network gives the place, and a Gaussian of σ = window/2 favours its middle.
    Monotonic (local-m): place t for state t, no curve. A window as long as the source makes the latter
    global.

    Shapes: state (Tq, D) or (D), encoder (Tk, H) → y (Tq, H) or (H).
    Parameters: those of the score (0, D·H or H·(D + H + 1)), and D² + D for the predicted place.
    MACs: those of global attention, and Tq·(D² + D) for the predicted place.
    Used in: translation of long texts after Luong.
    Strengths: far places cannot distract; cheaper than global attention where only the window is computed.
    Gaps: what lies outside the window is invisible; this block still forms all scores and then hides them.
    Source: Luong, Pham & Manning 2015, arXiv:1508.04025.
    """

    formula = r"p_i = T\, \sigma(v^{\top} \tanh(W s_i)),\quad c_i = \sum_{|j - p_i| \leq D} w_{ij} h_j"
    tags = ("luong", "local-p", "local-m", "seq2seq")
    inside = (("weights", "window"),)
    window = Int(2, max=LONGEST, doc="D, places on either side of the centre that are looked at")
    place = Choice("predicted", ("predicted", "monotonic"), doc="where the window stands: local-p or local-m")

    def _weights(self, g: Builder, scores: Wire, state: Wire) -> Wire:
        if self.place == "monotonic":
            return g.add("window_weights", scores, name="window", window=self.window)
        width = state.tensor.shape[1]
        p = g.add("linear", state, name="w_place", features=width, bias=False)
        p = g.add("tanh", p, name="tanh_place")
        p = g.add("linear", p, name="v_place", features=1, bias=False)
        p = g.add("sigmoid", p, name="place")
        return g.add("predicted_window_weights", scores, p, name="window", window=self.window)

    def summary(self) -> str:
        return f"±{self.window} · {self.place}"


@block(
    "hard_weights",
    target=f"{OWN}:HardWeights",
    category="1.1.4",
    family="attention",
    icon="hard_attention",
    stem="choose",
)
class HardWeights(Block):
    r"""Gives the weight 1 to one place and 0 to all others. While training the place is drawn with the
    probabilities of the softmax, at inference it is the likeliest one.

    The gradient passes straight through to these probabilities, as if they had been the weights.

    Shapes: scores (Tq, Tk) → y (Tq, Tk).
    Parameters: 0.
    MACs: 0.
    Used in: hard attention.
    Strengths: trains with plain gradients, without a reward.
    Gaps: the gradient is that of another function, and it is noisy.
    Source: Xu et al. 2015, arXiv:1502.03044; Bengio, Léonard & Courville 2013, arXiv:1308.3432
        (straight-through).
    """

    keeps = "nothing"
    keeps_inside = 1.0
    formula = r"j \sim \mathrm{softmax}(e_i),\quad w_{ij} = 1,\quad w_{ik} = 0 \;(k \neq j)"
    tags = ("one-hot", "sampling", "straight-through")
    random = True

    def infer(self, scores: Tensor) -> Tensor:
        check_sequence(scores, "scores")
        return scores

    def receptive_field(self, scores: Tensor) -> ReceptiveField:
        return ReceptiveField(whole=True)


@block("hard_attention", category="1.1.4", family="attention", icon="hard_attention", stem="attention")
class HardAttention(_Scored):
    r"""Picks exactly one source state for every state of the decoder. While training it is drawn at random by
    its score, so that others are tried too; at inference the best one is taken.

    Shapes: state (Tq, D) or (D), encoder (Tk, H) → y (Tq, H) or (H).
    Parameters: 0 for dot, D·H for general, H·(D + H + 1) for concat.
    MACs: those of global attention.
    Used in: image captions that look at one place at a time; reading of single glyphs.
    Strengths: shows without doubt what was looked at; nothing is blurred.
    Gaps: a choice has no gradient; straight-through or reinforcement learning must stand in, and training is
        noisy.
    Source: Xu et al. 2015, arXiv:1502.03044; Luong, Pham & Manning 2015, arXiv:1508.04025 (the three types).
    """

    formula = r"c_i = h_j,\quad j = \mathrm{argmax}_k\, \mathrm{score}(s_i, h_k)"
    tags = ("stochastic", "one-hot", "seq2seq")
    random = True
    inside = (("weights", "choose"),)

    def _weights(self, g: Builder, scores: Wire, state: Wire) -> Wire:
        return g.add("hard_weights", scores, name="choose")

    def summary(self) -> str:
        return self.score
