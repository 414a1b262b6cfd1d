"""How attention learns where tokens stand: against the papers' formulas written out, in loops."""

from __future__ import annotations

import cmath
import math

import pytest
import torch
from samples import build
from torch import Tensor

from explorer.blocks.registry import registry
from explorer.graph.catalogue import BadField
from explorer.graph.tensor import sequence, tokens

N, T, S, D = 2, 5, 7, 8


def values(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(sum(shape)))


@pytest.mark.block("rope")
@pytest.mark.parametrize("pairs", ["halves", "neighbours"])
@pytest.mark.parametrize("share", [1.0, 0.5])
def test_rotary_pairs_turn_as_complex_numbers(pairs: str, share: float) -> None:
    heads, head = 2, 8
    model = build("rope", sequence(T, heads * head), heads=heads, theta=100.0, pairs=pairs, share=share)
    x = values(N, T, heads * head)
    y = model(x)[0]
    turned = int(head * share)
    for t in range(T):
        for h in range(heads):
            for i in range(turned // 2):
                a, b = (2 * i, 2 * i + 1) if pairs == "neighbours" else (i, i + turned // 2)
                a, b = a + h * head, b + h * head
                number = complex(x[0, t, a], x[0, t, b]) * cmath.exp(1j * t * 100.0 ** (-2 * i / turned))
                assert abs(complex(y[0, t, a], y[0, t, b]) - number) < 1e-5
            torch.testing.assert_close(
                y[..., h * head + turned : (h + 1) * head], x[..., h * head + turned : (h + 1) * head]
            )


@pytest.mark.block("rope")
def test_products_of_turned_vectors_depend_on_their_distance_alone() -> None:
    model = build("rope", sequence(12, D), heads=2)
    q, k = (values(1, 1, D).expand(1, 12, D), values(1, 1, D + 0).flip(-1).expand(1, 12, D))
    scores = (model(q)[0] @ model(k)[0].transpose(1, 2))[0]
    for away in (-3, 0, 4):
        along = scores.diagonal(away)
        torch.testing.assert_close(along, along[:1].expand_as(along), atol=1e-5, rtol=0)
    assert (scores[0, 0] - scores[0, 5]).abs() > 1e-3


@pytest.mark.block("alibi")
@pytest.mark.parametrize(
    ("heads", "slopes"),
    [
        (4, [2**-2, 2**-4, 2**-6, 2**-8]),
        (6, [2**-2, 2**-4, 2**-6, 2**-8, 2**-1, 2**-3]),
        (8, [2**-n for n in range(1, 9)]),
        (3, [2**-4, 2**-8, 2**-2]),
    ],
)
def test_alibi_falls_with_the_distance_at_the_papers_slopes(heads: int, slopes: list[float]) -> None:
    model = build("alibi", sequence(T, D), sequence(S, 3), heads=heads)
    bias = model(values(N, T, D), values(N, S, 3))[0]
    assert bias.shape == (N, heads, T, S)
    for h, slope in enumerate(slopes):
        for i in range(T):
            for j in range(S):
                assert bias[0, h, i, j] == pytest.approx(-slope * abs(i - j))


def bucket(away: int, buckets: int, longest: int, causal: bool) -> int:
    """T5's range of a distance key − query, in the order of its paper's code, one number at a time."""
    found = 0
    if not causal:
        buckets //= 2
        found = buckets if away > 0 else 0
        away = abs(away)
    else:
        away = max(0, -away)
    exact = buckets // 2
    if away < exact:
        return found + away
    share = math.log(away / exact) / math.log(longest / exact)
    return found + min(buckets - 1, exact + int(share * (buckets - exact) + 1e-9))


@pytest.mark.block("relative_bias")
@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize(("buckets", "longest"), [(32, 128), (8, 20), (4, 5)])
def test_relative_bias_is_t5s(buckets: int, longest: int, causal: bool) -> None:
    steps = 150
    fields = {"heads": 2, "buckets": buckets, "longest": longest, "causal": causal}
    model = build("relative_bias", sequence(steps, 1), None, **fields)
    assert model.sample.parameters == 2 * buckets
    bias = model(values(1, steps, 1), None)[0]
    table = model.only.table
    expected = torch.tensor(
        [[bucket(j - i, buckets, longest, causal) for j in range(steps)] for i in range(steps)]
    )
    torch.testing.assert_close(bias[0], table[expected].permute(2, 0, 1))


def test_a_longest_distance_among_the_exact_ones_is_refused() -> None:
    with pytest.raises(BadField, match="more than 8"):
        registry().configure("relative_bias", {"longest": 8})


@pytest.mark.block("padding_mask")
def test_padding_is_what_has_the_padding_id() -> None:
    ids = torch.tensor([[5, 3, 0, 0], [0, 7, 7, 7]])
    assert build("padding_mask", tokens(4))(ids)[0].tolist() == [
        [True, True, False, False],
        [False, True, True, True],
    ]
    assert build("padding_mask", tokens(4), padding=7)(ids)[0].tolist() == [
        [True] * 4,
        [True, False, False, False],
    ]


@pytest.mark.block("positional_encoding")
def test_a_learned_table_may_be_longer_than_the_text() -> None:
    model = build("positional_encoding", sequence(T, D), kind="learned", length=20)
    assert model.sample.parameters == 20 * D
    x = values(N, T, D)
    torch.testing.assert_close(model(x)[0], x + model.only.table[:T])
    longer = values(N, 20, D)
    torch.testing.assert_close(model(longer)[0], longer + model.only.table)
