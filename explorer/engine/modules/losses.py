"""Losses: one number for each sample, the lower the better. They are worked out in 32 bits."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def wide(x: Tensor) -> Tensor:
    """Numbers of 16 bits in 32; others as they are."""
    return x.to(torch.promote_types(x.dtype, torch.float32))


def each_mean(x: Tensor) -> Tensor:
    """Take (N, …) to the mean of each sample, (N)."""
    return x.reshape(x.shape[0], -1).mean(1)


def mean_where(x: Tensor, counts: Tensor) -> Tensor:
    """Take x (N, …) and truth values of its shape to the mean of each sample where they are true, else 0."""
    x, counted = x.reshape(x.shape[0], -1), counts.reshape(x.shape[0], -1).to(x.dtype)
    return (x * counted).sum(1) / counted.sum(1).clamp(min=1)


class CrossEntropy(nn.Module):
    """−log of the probability of the right class, mean over the places; with a focus on hard ones if wished.

    Args:
        dim: where the classes stand, counted with the batch axis.
        smoothing: share of the target that is spread over all classes.
        focus: power of (1 − p) that each place is weighed with; 0 is plain cross-entropy.

    """

    def __init__(self, dim: int = 1, smoothing: float = 0.0, focus: float = 0.0) -> None:
        super().__init__()
        self.dim, self.smoothing, self.focus = dim, smoothing, focus

    def forward(self, scores: Tensor, target: Tensor) -> Tensor:
        """Take scores (N, …, K, …) and ids (N, …), or shares like the scores, to (N).

        Places whose id is no class are left out.
        """
        logs = wide(scores).movedim(self.dim, -1).log_softmax(-1)  # (N, …, K)
        classes = logs.shape[-1]
        if target.is_floating_point():
            share, counts = target.to(logs.dtype).movedim(self.dim, -1), torch.ones_like(logs[..., 0])
        else:
            target = target.reshape(logs.shape[:-1])  # one place may come as an axis of size 1
            counts = (target >= 0) & (target < classes)
            share = F.one_hot(target.clamp(0, classes - 1), classes).to(logs.dtype)
        share = share * (1 - self.smoothing) + self.smoothing / classes
        weighed = share * logs if self.focus == 0 else share * (1 - logs.exp()) ** self.focus * logs
        return mean_where(-weighed.sum(-1), counts)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"dim={self.dim}, smoothing={self.smoothing:g}, focus={self.focus:g}"


class BinaryCrossEntropy(nn.Module):
    """Cross-entropy of yes or no for every score, mean over all.

    Args:
        positive: weight of a yes against a no.

    """

    def __init__(self, positive: float = 1.0) -> None:
        super().__init__()
        self.positive = positive

    def forward(self, scores: Tensor, target: Tensor) -> Tensor:
        """Take scores (N, …) and targets (N, …) from 0 to 1 to (N)."""
        x, t = wide(scores), wide(target)
        return each_mean(-self.positive * t * F.logsigmoid(x) - (1 - t) * F.logsigmoid(-x))

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"positive={self.positive:g}"


class Difference(nn.Module):
    """Mean of the squared, absolute or Huber difference.

    Args:
        kind: squared, absolute or huber. delta: where Huber's turns from squared to straight.

    """

    def __init__(self, kind: str = "squared", delta: float = 1.0) -> None:
        super().__init__()
        self.kind, self.delta = kind, delta

    def forward(self, prediction: Tensor, target: Tensor) -> Tensor:
        """Take both (N, …) to (N)."""
        away = wide(prediction) - wide(target)
        if self.kind == "squared":
            return each_mean(away.square())
        if self.kind == "absolute":
            return each_mean(away.abs())
        near = away.abs().clamp(max=self.delta)
        return each_mean(near * (away.abs() - near / 2))

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.kind!r}, delta={self.delta:g}"


class Dice(nn.Module):
    """1 − twice the overlap of prediction and target by their sizes, mean over the classes.

    Args:
        one: there is one class, yes or no (sigmoid); else a class for every place (softmax over C).
        smooth: added above and below, so that two empty maps overlap fully.

    """

    def __init__(self, one: bool = False, smooth: float = 1.0) -> None:
        super().__init__()
        self.one, self.smooth = one, smooth

    def forward(self, scores: Tensor, target: Tensor) -> Tensor:
        """Take scores (N, C, …) and shares (N, C, …) or ids (N, …) to (N)."""
        shares = wide(scores).sigmoid() if self.one else wide(scores).softmax(1)
        if not target.is_floating_point():
            classes = torch.arange(shares.shape[1], device=target.device)
            target = target.unsqueeze(1) == classes.reshape([-1] + [1] * (target.dim() - 1))
        p, t = shares.flatten(2), target.to(shares.dtype).flatten(2)  # (N, C, places)
        overlap = (2 * (p * t).sum(2) + self.smooth) / (p.sum(2) + t.sum(2) + self.smooth)
        return 1 - overlap.mean(1)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"one={self.one}, smooth={self.smooth:g}"


class Distillation(nn.Module):
    """Kullback-Leibler divergence of a student's softmax from a teacher's, both softened, times T².

    Args:
        temperature: T. dim: where the classes stand, counted with the batch axis.

    """

    def __init__(self, temperature: float = 1.0, dim: int = 1) -> None:
        super().__init__()
        self.temperature, self.dim = temperature, dim

    def forward(self, scores: Tensor, teacher: Tensor) -> Tensor:
        """Take scores of both, (N, …, K, …), to (N), mean over the places."""
        q = (wide(scores) / self.temperature).log_softmax(self.dim)
        p = (wide(teacher) / self.temperature).log_softmax(self.dim)
        return each_mean((p.exp() * (p - q)).sum(self.dim)) * self.temperature**2

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"temperature={self.temperature:g}, dim={self.dim}"


class NormalDivergence(nn.Module):
    """Kullback-Leibler divergence of normal distributions from the standard one, sum over the values."""

    def forward(self, mean: Tensor, log_variance: Tensor) -> Tensor:
        """Take both (N, …), log-variances bounded to −30 … 20, to (N)."""
        m, v = wide(mean), wide(log_variance).clamp(-30, 20)
        return (0.5 * (m.square() + v.exp() - 1 - v)).reshape(m.shape[0], -1).sum(1)


class Contrastive(nn.Module):
    """Cross-entropy of finding one's own partner among those of the whole batch, by cosine similarity.

    Args:
        temperature: what similarities are divided by. both: partners look for the first ones too.

    """

    def __init__(self, temperature: float = 0.1, both: bool = True) -> None:
        super().__init__()
        self.temperature, self.both = temperature, both

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        """Take a (N, D), b (N, D) to (N)."""
        one, other = F.normalize(wide(a), dim=1), F.normalize(wide(b), dim=1)
        alike = (one.unsqueeze(1) * other.unsqueeze(0)).sum(-1) / self.temperature  # (N, N)
        there = -alike.log_softmax(1).diagonal()
        return (there - alike.log_softmax(0).diagonal()) / 2 if self.both else there

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"temperature={self.temperature:g}, both={self.both}"


class Triplet(nn.Module):
    """How much an anchor is not nearer to its partner than to a stranger, by at least a margin."""

    def __init__(self, margin: float = 1.0) -> None:
        super().__init__()
        self.margin = margin

    def forward(self, anchor: Tensor, partner: Tensor, stranger: Tensor) -> Tensor:
        """Take three (N, D) to (N)."""
        near = self.distance(wide(anchor), wide(partner))
        return F.relu(near - self.distance(wide(anchor), wide(stranger)) + self.margin)

    def distance(self, a: Tensor, b: Tensor) -> Tensor:
        """Take two (N, D) to their distances (N); a small addend keeps the slope at 0 finite."""
        return ((a - b).square().sum(1) + 1e-12).sqrt()

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"margin={self.margin:g}"


class Ctc(nn.Module):
    """−log of the probability of all ways in which a sequence can say a shorter one; class 0 says nothing.

    The target ends at its first 0. What cannot be said in so few steps counts as 0.
    """

    def forward(self, scores: Tensor, target: Tensor) -> Tensor:
        """Take scores (N, T, K) and ids (N, S) to (N), by number of labels."""
        logs = wide(scores).log_softmax(-1)
        counts = ((target > 0) & (target < logs.shape[2])).to(torch.int64)
        length = counts.cumprod(1).sum(1)  # (N)
        labels = target.clamp(0, logs.shape[2] - 1)
        states = torch.stack([torch.zeros_like(labels), labels], 2).flatten(1)
        states = F.pad(states, (0, 1))  # (N, 2S + 1): nothing, a label, nothing, a label, …, nothing
        never = torch.full_like(states, -1, dtype=logs.dtype) * 1e30
        seen = logs.gather(2, states.unsqueeze(1).expand(-1, logs.shape[1], -1))  # (N, T, 2S + 1)
        jumps = F.pad((states[:, 2:] != states[:, :-2]) & (states[:, 2:] > 0), (2, 0))
        first = torch.arange(states.shape[1], device=states.device) < 2
        ways = torch.where(first, seen[:, 0], never)
        for step in seen[:, 1:].unbind(1):
            one = F.pad(ways[:, :-1], (1, 0), value=-1e30)
            two = F.pad(ways[:, :-2], (2, 0), value=-1e30)
            both = torch.stack([ways, one, torch.where(jumps, two, never)]).logsumexp(0)
            ways = (both + step).clamp(min=-1e30)
        last = 2 * length.unsqueeze(1)
        ends = ways.gather(1, torch.cat([last, (last - 1).clamp(min=0)], 1))  # (N, 2)
        empty = (length == 0).unsqueeze(1)
        total = torch.where(empty, ends[:, :1], ends.logsumexp(1, keepdim=True)).squeeze(1)
        return torch.where(total < -1e20, torch.zeros_like(total), -total / length.clamp(min=1))


class Adversarial(nn.Module):
    """How far scores of a discriminator are from saying “real” or “fake”, mean over the scores.

    Args:
        kind: logistic, squares, hinge or wasserstein. real: they should say “real”.
        generator: the loss of the one that wants to deceive, which for the hinge has no margin.

    """

    def __init__(self, kind: str = "logistic", real: bool = True, generator: bool = False) -> None:
        super().__init__()
        self.kind, self.real, self.generator = kind, real, generator

    def forward(self, scores: Tensor) -> Tensor:
        """Take scores (N, …) to (N)."""
        x = wide(scores) if self.real else -wide(scores)
        if self.kind == "logistic":
            return each_mean(-F.logsigmoid(x))
        if self.kind == "squares":
            return each_mean((x - 1).square() if self.real else x.square())
        if self.kind == "hinge" and not self.generator:
            return each_mean(F.relu(1 - x))
        return each_mean(-x)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.kind!r}, real={self.real}, generator={self.generator}"
