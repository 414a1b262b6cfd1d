"""Losses against torch's own, sample by sample, and against sums over all ways written out."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pytest
import torch
from samples import build
from torch import Tensor
from torch.nn import functional as F

from explorer.graph.tensor import Tensor as Shape
from explorer.graph.tensor import image, sequence, tokens, vector

N = 4
torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(0)


def by_sample(loss: Any, *given: Tensor) -> Tensor:
    return torch.stack([loss(*(x[n : n + 1] for x in given)) for n in range(N)])


@pytest.mark.block("cross_entropy", "focal_loss")
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_cross_entropy_is_torchs(smoothing: float) -> None:
    scores, ids = torch.randn(N, 5), torch.randint(5, (N, 1))
    y = build("cross_entropy", vector(5), tokens(1), smoothing=smoothing)(scores, ids)[0]
    torch.testing.assert_close(
        y, F.cross_entropy(scores, ids[:, 0], reduction="none", label_smoothing=smoothing)
    )
    shares = torch.rand(N, 5).softmax(1)
    y = build("cross_entropy", vector(5), vector(5), smoothing=smoothing)(scores, shares)[0]
    torch.testing.assert_close(
        y, F.cross_entropy(scores, shares, reduction="none", label_smoothing=smoothing)
    )


@pytest.mark.block("cross_entropy")
def test_places_without_a_class_are_left_out() -> None:
    scores, ids = torch.randn(N, 3, 4, 5), torch.randint(3, (N, 4, 5))
    ids[:, 1] = -100
    ids[:, 2] = 7
    model = build("cross_entropy", image(3, 4, 5), Shape((4, 5), ("H", "W"), "int"))
    ignored = ids.masked_fill(ids == 7, -100)
    torch.testing.assert_close(model(scores, ids)[0], by_sample(F.cross_entropy, scores, ignored))
    words, said = torch.randn(N, 6, 3), torch.randint(3, (N, 6))
    y = build("cross_entropy", sequence(6, 3), tokens(6))(words, said)[0]
    torch.testing.assert_close(y, by_sample(F.cross_entropy, words.transpose(1, 2), said))
    assert build("cross_entropy", sequence(6, 3), tokens(6))(words, said - 9)[0].eq(0).all()


@pytest.mark.block("focal_loss")
def test_focal_loss_is_the_formula() -> None:
    scores, ids = torch.randn(N, 5), torch.randint(5, (N, 1))
    p = scores.softmax(1).gather(1, ids)[:, 0]
    y = build("focal_loss", vector(5), tokens(1), focus=1.5)(scores, ids)[0]
    torch.testing.assert_close(y, -((1 - p) ** 1.5) * p.log())
    plain = build("focal_loss", vector(5), tokens(1), focus=0.0)(scores, ids)[0]
    torch.testing.assert_close(plain, F.cross_entropy(scores, ids[:, 0], reduction="none"))


@pytest.mark.block("binary_cross_entropy", "difference_loss")
def test_losses_of_numbers_are_torchs() -> None:
    x, t = 3 * torch.randn(N, 3, 6), torch.rand(N, 3, 6)
    shape = sequence(3, 6)
    y = build("binary_cross_entropy", shape, shape, positive=2.5)(x, t)[0]
    weight = torch.tensor(2.5)
    torch.testing.assert_close(
        y, by_sample(lambda a, b: F.binary_cross_entropy_with_logits(a, b, pos_weight=weight), x, t)
    )
    pairs = {
        "squared": F.mse_loss,
        "absolute": F.l1_loss,
        "huber": lambda a, b: F.huber_loss(a, b, delta=0.7),
    }
    for kind, theirs in pairs.items():
        y = build("difference_loss", shape, shape, kind=kind, delta=0.7)(x, t)[0]
        torch.testing.assert_close(y, by_sample(theirs, x, t))


@pytest.mark.block("dice_loss")
def test_dice_is_the_share_of_the_overlap() -> None:
    ids = torch.zeros(1, 4, 4, dtype=torch.long)
    ids[0, :2] = 1
    sure = 100 * F.one_hot(ids, 2).permute(0, 3, 1, 2).float()
    model = build("dice_loss", image(2, 4, 4), Shape((4, 4), ("H", "W"), "int"), smooth=1e-6)
    assert float(model(sure, ids)[0]) == pytest.approx(0, abs=1e-5)
    assert float(model(-sure, ids)[0]) == pytest.approx(1, abs=1e-5)
    half = torch.full((1, 1, 4, 4), 100.0)  # one class everywhere, of which half is right
    y = build("dice_loss", image(1, 4, 4), image(1, 4, 4), smooth=1e-6)(half, ids.unsqueeze(1).float())[0]
    assert float(y) == pytest.approx(1 - 2 * 8 / (16 + 8), abs=1e-5)


@pytest.mark.block("distillation_loss", "normal_divergence")
def test_divergences_are_torchs() -> None:
    a, b = torch.randn(N, 5), torch.randn(N, 5)
    y = build("distillation_loss", vector(5), vector(5), temperature=2.0)(a, b)[0]
    expected = F.kl_div((a / 2).log_softmax(1), (b / 2).softmax(1), reduction="none").sum(1) * 4
    torch.testing.assert_close(y, expected)
    y = build("normal_divergence", vector(5), vector(5))(a, b)[0]
    normal = torch.distributions.Normal
    apart = torch.distributions.kl_divergence(normal(a, (b / 2).exp()), normal(0.0, 1.0))
    torch.testing.assert_close(y, apart.sum(1))


@pytest.mark.block("contrastive_loss", "triplet_loss")
def test_partners_are_found_among_the_batch() -> None:
    a, b, c = torch.randn(N, 6), torch.randn(N, 6), torch.randn(N, 6)
    alike = F.cosine_similarity(a.unsqueeze(1), b.unsqueeze(0), dim=2) / 0.2
    own = torch.arange(N)
    there = F.cross_entropy(alike, own, reduction="none")
    back = F.cross_entropy(alike.t(), own, reduction="none")
    y = build("contrastive_loss", vector(6), vector(6), temperature=0.2)(a, b)[0]
    torch.testing.assert_close(y, (there + back) / 2)
    one = build("contrastive_loss", vector(6), vector(6), temperature=0.2, both=False)(a, b)[0]
    torch.testing.assert_close(one, there)
    y = build("triplet_loss", *[vector(6)] * 3, margin=0.5)(a, b, c)[0]
    torch.testing.assert_close(y, F.triplet_margin_loss(a, b, c, margin=0.5, reduction="none"))
    same = a.clone().requires_grad_()
    build("triplet_loss", *[vector(6)] * 3)(same, same, same)[0].sum().backward()
    assert same.grad is not None
    assert same.grad.isfinite().all()


def said(path: tuple[int, ...]) -> tuple[int, ...]:
    """What a sequence of classes says: repetitions once, and nothing for 0."""
    return tuple(k for k, _ in itertools.groupby(path) if k)


@pytest.mark.block("ctc_loss")
def test_ctc_is_the_sum_over_all_ways() -> None:
    steps, classes = 5, 3
    scores = torch.randn(N, steps, classes)
    target = torch.tensor([[1, 2, 0], [1, 1, 0], [2, 0, 0], [1, 2, 1]])
    y = build("ctc_loss", sequence(steps, classes), tokens(3))(scores, target)[0]
    p = scores.softmax(-1)
    for n in range(N):
        wanted = tuple(int(k) for k in target[n] if k)
        total = sum(
            math.prod(float(p[n, t, k]) for t, k in enumerate(path))
            for path in itertools.product(range(classes), repeat=steps)
            if said(path) == wanted
        )
        assert float(y[n]) == pytest.approx(-math.log(total) / len(wanted), rel=1e-4)
    lengths = torch.tensor([2, 2, 1, 3])
    theirs = F.ctc_loss(
        scores.log_softmax(-1).transpose(0, 1), target, torch.full((N,), steps), lengths, reduction="none"
    )
    torch.testing.assert_close(y, theirs / lengths)


@pytest.mark.block("ctc_loss")
def test_what_cannot_be_said_counts_nothing_and_has_finite_slopes() -> None:
    scores = torch.randn(2, 2, 4, requires_grad=True)
    target = torch.tensor([[1, 1, 0], [0, 0, 0]])  # two equal labels need a step between them
    y = build("ctc_loss", sequence(2, 4), tokens(3))(scores, target)[0]
    assert y[0] == 0
    torch.testing.assert_close(y[1], -scores[1].log_softmax(-1)[:, 0].sum())
    y.sum().backward()
    assert scores.grad is not None
    assert scores.grad.isfinite().all()


@pytest.mark.block("adversarial_loss")
@pytest.mark.parametrize("real", [True, False])
def test_games_are_their_formulas(real: bool) -> None:
    x = torch.randn(N, 1, 2, 3)
    target = torch.full_like(x, float(real))
    expected = {
        "logistic": F.binary_cross_entropy_with_logits(x, target, reduction="none"),
        "squares": (x - target).square(),
        "hinge": (1 - x if real else 1 + x).clamp(min=0),
        "wasserstein": -x if real else x,
    }
    for kind, theirs in expected.items():
        y = build("adversarial_loss", image(1, 2, 3), kind=kind, real=real)(x)[0]
        torch.testing.assert_close(y, theirs.flatten(1).mean(1))
    maker = build("adversarial_loss", image(1, 2, 3), kind="hinge", generator=True)(x)[0]
    torch.testing.assert_close(maker, -x.flatten(1).mean(1))
