"""Normalisation: how the kinds relate, and the formula of local response normalisation."""

import pytest
import torch
from samples import build

from explorer.blocks.registry import registry
from explorer.graph.catalogue import ShapeError
from explorer.graph.tensor import Tensor, image, sequence, vector

X = image(6, 4, 5)
torch.set_num_threads(1)


def values() -> torch.Tensor:
    return torch.randn(3, 6, 4, 5, generator=torch.Generator().manual_seed(0)) * 3 + 1


@pytest.mark.block("group_norm", "layer_norm", "instance_norm")
def test_one_group_is_layer_norm_and_a_group_for_each_channel_is_instance_norm() -> None:
    x = values()
    one = build("group_norm", X, groups=1, affine=False)(x)[0]
    torch.testing.assert_close(one, build("layer_norm", X, axes="all", affine=False)(x)[0])
    each = build("group_norm", X, groups=6, affine=False)(x)[0]
    torch.testing.assert_close(each, build("instance_norm", X)(x)[0])


@pytest.mark.block("batch_norm", "group_norm", "instance_norm", "layer_norm")
@pytest.mark.parametrize(
    ("block", "fields", "parameters"),
    [
        ("batch_norm", {}, 12),
        ("group_norm", {"groups": 3}, 12),
        ("instance_norm", {}, 0),
        ("instance_norm", {"affine": True}, 12),
        ("layer_norm", {"axes": "channels"}, 12),
        ("layer_norm", {"axes": "all"}, 240),
        ("local_response_norm", {}, 0),
    ],
)
def test_parameters(block: str, fields: dict[str, object], parameters: int) -> None:
    assert build(block, X, **fields).sample.parameters == parameters


@pytest.mark.block("batch_norm")
def test_batch_norm_divides_by_the_root_of_the_biased_variance() -> None:
    x = values()
    y = build("batch_norm", X, eps=1e-3)(x)[0]
    mean, variance = x.mean((0, 2, 3), keepdim=True), x.var((0, 2, 3), keepdim=True, unbiased=False)
    torch.testing.assert_close(y, (x - mean) / (variance + 1e-3).sqrt())


@pytest.mark.block("layer_norm")
def test_channels_are_normalised_at_each_place() -> None:
    x = values()
    y = build("layer_norm", X, axes="channels")(x)[0]
    torch.testing.assert_close(y.mean(1), torch.zeros(3, 4, 5), atol=1e-5, rtol=0)
    torch.testing.assert_close(y.var(1, unbiased=False), torch.ones(3, 4, 5), atol=1e-3, rtol=0)
    tokens = x.flatten(2).transpose(1, 2)
    last = build("layer_norm", sequence(20, 6))(tokens)[0]
    torch.testing.assert_close(y.flatten(2).transpose(1, 2), last)


@pytest.mark.block("batch_norm")
def test_batch_norm_keeps_running_averages_with_the_unbiased_variance() -> None:
    x, model = values(), build("batch_norm", X, momentum=0.25)
    model(x)
    mean, variance = x.mean((0, 2, 3)), x.var((0, 2, 3), unbiased=True)
    norm = model.only
    torch.testing.assert_close(norm.running_mean, 0.25 * mean)
    torch.testing.assert_close(norm.running_var, 0.75 + 0.25 * variance)
    y = model.eval()(x)[0]
    shape = (1, 6, 1, 1)
    expected = (x - norm.running_mean.reshape(shape)) / (norm.running_var.reshape(shape) + 1e-5).sqrt()
    torch.testing.assert_close(y, expected)


@pytest.mark.block("group_norm", "layer_norm", "instance_norm")
@pytest.mark.parametrize(
    ("block", "fields", "axes"),
    [
        ("group_norm", {"groups": 1}, (1, 2, 3)),
        ("group_norm", {"groups": 6}, (2, 3)),
        ("layer_norm", {"axes": "all"}, (1, 2, 3)),
        ("layer_norm", {"axes": "channels"}, (1,)),
        ("instance_norm", {}, (2, 3)),
    ],
)
def test_each_sample_gets_mean_0_and_deviation_1_by_itself(
    block: str, fields: dict[str, object], axes: tuple[int, ...]
) -> None:
    x, model = values(), build(block, X, **fields)
    y = model(x)[0]
    torch.testing.assert_close(y.mean(axes), torch.zeros_like(y.mean(axes)), atol=1e-5, rtol=0)
    deviation = y.std(axes, unbiased=False)
    torch.testing.assert_close(deviation, torch.ones_like(deviation), atol=1e-3, rtol=0)
    torch.testing.assert_close(y[:1], model(x[:1])[0])
    torch.testing.assert_close(model.eval()(x)[0], y)


@pytest.mark.block("group_norm")
def test_groups_of_channels_share_their_statistics() -> None:
    x = values()
    y = build("group_norm", X, groups=3)(x)[0]
    for group in range(3):
        part = x[:, 2 * group : 2 * group + 2]
        mean, variance = part.mean((1, 2, 3), keepdim=True), part.var((1, 2, 3), keepdim=True, unbiased=False)
        torch.testing.assert_close(y[:, 2 * group : 2 * group + 2], (part - mean) / (variance + 1e-5).sqrt())


@pytest.mark.block("local_response_norm")
def test_local_response_of_alexnet_is_not_torchs_own() -> None:
    """Defaults k = 2, n = 5, α = 1e-4, β = 0.75; torch's module, given these, divides α by n."""
    x = values() * 50
    block = registry()["local_response_norm"]()
    assert block.values == {"size": 5, "alpha": 1e-4, "beta": 0.75, "k": 2.0, "where": "across"}
    y = build("local_response_norm", X)(x)[0]
    squares = (x[:, 1:6] ** 2).sum(1)  # the neighbours of channel 3
    torch.testing.assert_close(y[:, 3], x[:, 3] / (2 + 1e-4 * squares) ** 0.75)
    theirs = torch.nn.LocalResponseNorm(5, alpha=1e-4, beta=0.75, k=2.0)(x)
    assert (theirs - y).abs().max() > 0.1 * x.abs().max()
    torch.testing.assert_close(torch.nn.LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2.0)(x), y)


@pytest.mark.block("local_response_norm")
@pytest.mark.parametrize("size", [1, 3, 4, 5])
def test_local_response_across_channels(size: int) -> None:
    """α multiplies the sum of squares; torch alone would divide it by n."""
    x, alpha, beta, k = values(), 0.3, 0.75, 2.0
    y = build("local_response_norm", X, size=size, alpha=alpha, beta=beta, k=k)(x)[0]
    for channel in range(6):
        low, high = max(0, channel - size // 2), min(6, channel + (size - 1) // 2 + 1)
        squares = (x[:, low:high] ** 2).sum(1)
        torch.testing.assert_close(y[:, channel], x[:, channel] / (k + alpha * squares) ** beta)


@pytest.mark.block("local_response_norm")
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
        ("layer_norm", {}, X, "normalises over a last axis D"),
        ("layer_norm", {"axes": "channels"}, vector(6), "normalises over channels"),
        ("group_norm", {"groups": 4}, X, "4 does not divide the 6 channels"),
        ("group_norm", {"groups": 6}, vector(6), "always be zero"),
        ("instance_norm", {}, image(6, 1, 1), "one value per map"),
        ("batch_norm", {}, sequence(3, 4), "needs one axis D, or channels with places"),
        ("local_response_norm", {"where": "within"}, Tensor((3, 9), ("C", "T")), "needs maps"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(
    block: str, fields: dict[str, object], x: Tensor, words: str
) -> None:
    with pytest.raises(ShapeError, match=words):
        registry().configure(block, fields).outputs_for((x,))  # type: ignore[arg-type]
