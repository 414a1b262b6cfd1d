"""Normalisation: how the kinds relate, and the formula of local response normalisation."""

import pytest
import torch
from samples import build

from explorer.blocks.registry import registry
from explorer.graph.catalogue import Clash
from explorer.graph.tensor import Tensor, image, sequence, vector

X = image(6, 4, 5)
torch.set_num_threads(1)


def values() -> torch.Tensor:
    return torch.randn(3, 6, 4, 5, generator=torch.Generator().manual_seed(0)) * 3 + 1


def test_one_group_is_layer_norm_and_a_group_for_each_channel_is_instance_norm() -> None:
    x = values()
    one = build("group_norm", X, groups=1, affine=False)(x)[0]
    torch.testing.assert_close(one, build("layer_norm", X, axes="all", affine=False)(x)[0])
    each = build("group_norm", X, groups=6, affine=False)(x)[0]
    torch.testing.assert_close(each, build("instance_norm", X)(x)[0])


@pytest.mark.parametrize(
    ("block", "fields", "parameters"),
    [
        ("batch_norm", {}, 12), ("group_norm", {"groups": 3}, 12), ("instance_norm", {}, 0),
        ("instance_norm", {"affine": True}, 12), ("layer_norm", {"axes": "channels"}, 12),
        ("layer_norm", {"axes": "all"}, 240), ("local_response_norm", {}, 0),
    ],
)  # fmt: skip
def test_parameters(block: str, fields: dict[str, object], parameters: int) -> None:
    assert build(block, X, **fields).sample.parameters == parameters


def test_batch_norm_divides_by_the_root_of_the_biased_variance() -> None:
    x = values()
    y = build("batch_norm", X, eps=1e-3)(x)[0]
    mean, variance = x.mean((0, 2, 3), keepdim=True), x.var((0, 2, 3), keepdim=True, unbiased=False)
    torch.testing.assert_close(y, (x - mean) / (variance + 1e-3).sqrt())


def test_channels_are_normalised_at_each_place() -> None:
    x = values()
    y = build("layer_norm", X, axes="channels")(x)[0]
    torch.testing.assert_close(y.mean(1), torch.zeros(3, 4, 5), atol=1e-5, rtol=0)
    torch.testing.assert_close(y.var(1, unbiased=False), torch.ones(3, 4, 5), atol=1e-3, rtol=0)
    tokens = x.flatten(2).transpose(1, 2)
    last = build("layer_norm", sequence(20, 6))(tokens)[0]
    torch.testing.assert_close(y.flatten(2).transpose(1, 2), last)


@pytest.mark.parametrize("size", [1, 3, 4, 5])
def test_local_response_across_channels(size: int) -> None:
    """α multiplies the sum of squares; torch alone would divide it by n."""
    x, alpha, beta, k = values(), 0.3, 0.75, 2.0
    y = build("local_response_norm", X, size=size, alpha=alpha, beta=beta, k=k)(x)[0]
    for channel in range(6):
        low, high = max(0, channel - size // 2), min(6, channel + (size - 1) // 2 + 1)
        squares = (x[:, low:high] ** 2).sum(1)
        torch.testing.assert_close(y[:, channel], x[:, channel] / (k + alpha * squares) ** beta)


@pytest.mark.parametrize("size", [1, 3, 4])
def test_local_response_within_a_map(size: int) -> None:
    x, alpha, beta, k = values(), 0.3, 0.75, 2.0
    y = build("local_response_norm", X, size=size, alpha=alpha, beta=beta, k=k, where="within")(x)[0]
    for i in range(4):
        for j in range(5):
            rows = slice(max(0, i - size // 2), i + (size - 1) // 2 + 1)
            columns = slice(max(0, j - size // 2), j + (size - 1) // 2 + 1)
            squares = (x[:, :, rows, columns] ** 2).sum((2, 3))
            torch.testing.assert_close(y[:, :, i, j], x[:, :, i, j] / (k + alpha * squares) ** beta)


@pytest.mark.parametrize(
    ("block", "fields", "x", "words"),
    [
        ("layer_norm", {}, X, "Set axes to channels or all"),
        ("layer_norm", {"axes": "channels"}, vector(6), "Set axes to last"),
        ("group_norm", {"groups": 4}, X, "4 does not divide its 6 channels"),
        ("group_norm", {"groups": 6}, vector(6), "always be zero"),
        ("instance_norm", {}, image(6, 1, 1), "one value a map"),
        ("batch_norm", {}, sequence(3, 4), "needs one axis D, or channels with places"),
        ("local_response_norm", {"where": "within"}, Tensor((3, 9), ("C", "T")), "needs maps"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(
    block: str, fields: dict[str, object], x: Tensor, words: str
) -> None:
    with pytest.raises(Clash, match=words):
        registry().configure(block, fields).outputs_for((x,))  # type: ignore[arg-type]
