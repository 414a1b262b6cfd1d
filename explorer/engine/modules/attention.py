"""The core of attention, with its weights observable; scores, weights and sums of its other forms."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class ScaledDotProduct(nn.Module):
    """softmax(scale · QKᵀ + bias) V for one or several heads that lie side by side in D.

    While `probe` is set, the weights are computed explicitly, handed to it as `weights` (N, heads, Tq, Tk),
    and used; otherwise the fused kernel runs and they never exist.

    Args:
        heads: parts of D that attend on their own.
        causal: a query sees only keys up to its own place.
        scale: factor before the softmax; None is 1/√(width of a head).
        kv_heads: parts that keys and values have, each for heads / kv_heads heads; None is as many as heads.
        window: a query sees keys fewer than this many places away; None is all of them.

    """

    probe: Callable[[dict[str, Tensor]], None] | None = None

    def __init__(
        self,
        heads: int = 1,
        causal: bool = False,
        scale: float | None = None,
        kv_heads: int | None = None,
        window: int | None = None,
    ) -> None:
        super().__init__()
        self.heads, self.causal, self.scale = heads, causal, scale
        self.kv_heads, self.window = heads if kv_heads is None else kv_heads, window

    def forward(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        bias: Tensor | None = None,
        mask: Tensor | None = None,
    ) -> Tensor:
        """Take query (N, Tq, D), key (N, Tk, E), value (N, Tk, V) to (N, Tq, V · heads / kv_heads).

        bias (N, heads or 1, Tq, Tk) is added to the scores; mask (N, Tk) is true, or not 0, where a key is
        real. Where no key may be seen, all count alike.
        """
        q, k, v = self.split(query, self.heads), self.shared(key), self.shared(value)
        if bias is None and mask is None and self.window is None:
            added = None
        else:
            added = self.added(q, k.shape[2], bias, mask)
        if self.probe is None:
            causal = self.causal and added is None
            y = F.scaled_dot_product_attention(q, k, v, attn_mask=added, is_causal=causal, scale=self.scale)
        else:
            weights = self.weights(q, k, added)
            self.probe({"weights": weights})
            y = weights @ v  # (N, heads, Tq, V/kv_heads)
        return y.transpose(1, 2).flatten(-2)

    def split(self, x: Tensor, heads: int) -> Tensor:
        """Take x (N, T, D) to (N, heads, T, D/heads)."""
        parts = x.reshape(x.shape[0], x.shape[1], heads, x.shape[2] // heads).transpose(1, 2)
        if parts.stride(-1) == 1:
            return parts
        # the fused kernel wants the values of a token side by side, or the weights are held after all
        return parts.clone(memory_format=torch.contiguous_format)

    def shared(self, x: Tensor) -> Tensor:
        """Take keys or values x (N, T, D) to (N, heads, T, D/kv_heads), each part once for every head."""
        parts = self.split(x, self.kv_heads)
        if self.kv_heads == self.heads:
            return parts
        return parts.repeat_interleave(self.heads // self.kv_heads, 1)

    def added(self, q: Tensor, keys: int, bias: Tensor | None, mask: Tensor | None) -> Tensor:
        """What is added to scores (N, heads, Tq, Tk): the bias, and a very low number where none may look."""
        rows = torch.arange(q.shape[2], device=q.device).unsqueeze(1)  # (Tq, 1)
        away = torch.arange(keys, device=q.device) - rows  # (Tq, Tk)
        hidden = away > 0 if self.causal else away > keys
        if self.window is not None:
            hidden = hidden | (away.abs() >= self.window)
        hidden = hidden.unsqueeze(0).unsqueeze(0)  # (1, 1, Tq, Tk)
        if mask is not None:
            hidden = hidden | (mask == 0).unsqueeze(1).unsqueeze(1)  # (N, 1, Tq, Tk)
        plain = q.new_zeros(1, 1, q.shape[2], keys) if bias is None else bias.to(q.dtype)
        low = -6e4 if q.dtype == torch.float16 else -1e30  # −∞ would leave NaN where all are hidden
        return plain.masked_fill(hidden, low)

    def weights(self, q: Tensor, k: Tensor, added: Tensor | None) -> Tensor:
        """Take q (N, heads, Tq, d), k (N, heads, Tk, d) to weights (N, heads, Tq, Tk)."""
        scale = 1 / math.sqrt(q.shape[-1]) if self.scale is None else self.scale
        scores = q @ k.transpose(-2, -1) * scale
        if added is not None:
            scores = scores + added
        elif self.causal:
            later = torch.ones(scores.shape[-2:], dtype=torch.bool, device=scores.device).triu(1)
            scores = scores.masked_fill(later, -math.inf)
        return scores.softmax(-1)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        more = f", kv_heads={self.kv_heads}" if self.kv_heads != self.heads else ""
        more += "" if self.window is None else f", window={self.window}"
        return f"heads={self.heads}, causal={self.causal}, scale={self.scale}{more}"


class DotScores(nn.Module):
    """One score for every pair: their dot product times `scale`."""

    def __init__(self, scale: float = 1.0) -> None:
        super().__init__()
        self.scale = scale

    def forward(self, state: Tensor, encoder: Tensor) -> Tensor:
        """Take state (N, Tq, D), encoder (N, Tk, D) to scores (N, Tq, Tk)."""
        return state @ encoder.transpose(1, 2) * self.scale

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"scale={self.scale:g}"


class WeightedSum(nn.Module):
    """Each state times its weight, added up."""

    def forward(self, weights: Tensor, encoder: Tensor) -> Tensor:
        """Take weights (N, Tq, Tk), encoder (N, Tk, H) to (N, Tq, H)."""
        return weights @ encoder


class WindowWeights(nn.Module):
    """Softmax over the scores at most `window` places away from the row's own place, 0 elsewhere."""

    def __init__(self, window: int) -> None:
        super().__init__()
        self.window = window

    def forward(self, scores: Tensor) -> Tensor:
        """Take scores (N, Tq, Tk) to weights (N, Tq, Tk)."""
        asked, given = scores.shape[1:]
        centre = torch.arange(asked, device=scores.device).clamp(max=given - 1).unsqueeze(1)  # (Tq, 1)
        outside = (torch.arange(given, device=scores.device) - centre).abs() > self.window
        return scores.masked_fill(outside, -math.inf).softmax(-1)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return str(self.window)


class PredictedWindowWeights(nn.Module):
    """Softmax over the scores at most `window` away from a predicted place, times a bell curve round it.

    Places count from 1 to Tk, as in the paper; σ is window / 2.
    """

    def __init__(self, window: int) -> None:
        super().__init__()
        self.window = window

    def forward(self, scores: Tensor, place: Tensor) -> Tensor:
        """Take scores (N, Tq, Tk), place (N, Tq, 1) from 0 to 1 to weights (N, Tq, Tk)."""
        given = scores.shape[2]
        place = place.to(torch.promote_types(place.dtype, torch.float32)).clamp(0, 1)  # not bfloat16
        away = torch.arange(1, given + 1, device=scores.device) - given * place  # (N, Tq, Tk)
        weights = scores.masked_fill(away.abs() > self.window, -math.inf).softmax(-1)
        return weights * torch.exp(-2 * (away / self.window).square())

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return str(self.window)


class HardWeights(nn.Module):
    """A single 1 in each row: drawn by the softmax in training, at the highest score in use.

    Backwards it is the softmax.
    """

    def forward(self, scores: Tensor) -> Tensor:
        """Take scores (N, Tq, Tk) to weights (N, Tq, Tk)."""
        soft = scores.softmax(-1)
        if self.training:  # the highest of the scores with Gumbel noise is a draw by the softmax
            noise = torch.rand_like(soft).clamp(1e-20, 1 - 1e-7)
            scores = scores - (-noise.log()).log()
        hard = F.one_hot(scores.argmax(-1), scores.shape[-1]).to(soft.dtype)
        return hard + (soft - soft.detach())  # the difference is exactly 0
