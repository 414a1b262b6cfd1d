"""Shifted windows: against attention over all pairs with a mask, and Swin-T as a whole."""

import math
from typing import Any

import pytest
import torch
from samples import Built, build
from torch import Tensor

from explorer.blocks.registry import registry
from explorer.graph.builder import Builder, Wire
from explorer.graph.resolve import Resolver
from explorer.graph.tensor import Tensor as Shape
from explorer.graph.tensor import image, sequence

N, H, W, D, HEADS = 2, 6, 9, 8, 2
WINDOW = (2, 3)
MAP = Shape((H, W, D), ("H", "W", "D"))
torch.set_num_threads(1)


def values(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(sum(shape)))


def windows_of(shift: tuple[int, int]) -> list[tuple[int, int]]:
    """The window that each token (row after row) stands in; nothing goes round the edge."""
    (m, n), (a, b) = WINDOW, shift
    return [((i - a) // m, (j - b) // n) for i in range(H) for j in range(W)]


def over_all_pairs(model: Built, x: Tensor, shift: tuple[int, int]) -> Tensor:
    """Attention of every token with every other, minus infinity where the windows differ."""
    parts: Any = model.level.parts
    flat = x.reshape(N, H * W, D)
    q, k, v = (parts[f"to_{p}"](flat).reshape(N, H * W, HEADS, -1).transpose(1, 2) for p in "qkv")
    scores = q @ k.mT / math.sqrt(D // HEADS)
    table = parts["position_bias"].table
    where, (m, n) = windows_of(shift), WINDOW
    mask = torch.full((HEADS, H * W, H * W), -math.inf)
    for s in range(H * W):
        for t in range(H * W):
            if where[s] == where[t]:
                down, across = s // W - t // W, s % W - t % W
                mask[:, s, t] = table[(down + m - 1) * (2 * n - 1) + across + n - 1]
    y = (scores + mask).softmax(-1) @ v
    return parts["to_out"](y.transpose(1, 2).flatten(2)).reshape(N, H, W, D)  # type: ignore[no-any-return]


SHIFTS = [(0, 0), (1, 1), (1, 2), (0, 1)]


@pytest.mark.block(
    "shifted_window_attention", "relative_position_bias", "window_scores", "shift_softmax", "window_mix"
)
@pytest.mark.parametrize("shift", SHIFTS)
@pytest.mark.parametrize("train", [True, False])
def test_windows_equal_masked_attention_over_all_pairs(shift: tuple[int, int], train: bool) -> None:
    torch.manual_seed(0)
    model = build("shifted_window_attention", MAP, heads=HEADS, window=WINDOW, shift=shift).train(train)
    assert model.sample.parameters == 4 * (D * D + D) + 3 * 5 * HEADS
    assert model.sample.macs_attention == 2 * H * W * 6 * D
    x = values(N, H, W, D)
    torch.testing.assert_close(model(x)[0], over_all_pairs(model, x, shift))


@pytest.mark.block("shifted_window_attention", "shift_softmax", "cyclic_shift")
@pytest.mark.parametrize("shift", SHIFTS)
def test_what_is_masked_changes_nothing(shift: tuple[int, int]) -> None:
    torch.manual_seed(0)
    model = build("shifted_window_attention", MAP, heads=HEADS, window=WINDOW, shift=shift)
    x = values(1, H, W, D).requires_grad_()
    where = windows_of(shift)
    for token in (0, W - 1, (H - 1) * W + 4, H * W - 1):
        (grad,) = torch.autograd.grad(model(x)[0].flatten(1, 2)[0, token].square().sum(), x)
        seen = grad.reshape(H * W, D).abs().sum(-1)
        for other in range(H * W):
            assert (seen[other] > 0) == (where[other] == where[token])


@pytest.mark.block("shifted_window_attention", "shift_softmax")
def test_windows_show_their_weights() -> None:
    torch.manual_seed(0)
    model = build("shifted_window_attention", MAP, heads=HEADS, window=WINDOW, shift=(1, 1))
    seen: dict[str, Tensor] = {}
    core = model.level.parts["softmax"]
    x = values(N, H, W, D)
    plain = model(x)[0]
    core.probe = seen.update  # type: ignore[assignment]
    torch.testing.assert_close(model(x)[0], plain)
    count = H * W // 6
    assert seen["weights"].shape == (N, count * HEADS, 6, 6)
    torch.testing.assert_close(seen["weights"].sum(-1), torch.ones(N, count * HEADS, 6))
    corner = seen["weights"][:, -HEADS:]  # the last window holds pieces of all four corners
    assert (corner == 0).any()
    assert (seen["weights"][:, :HEADS] > 0).all()


@pytest.mark.block("shifted_window_attention")
def test_no_shift_where_one_window_covers_the_map() -> None:
    torch.manual_seed(0)
    small = Shape((2, 3, D), ("H", "W", "D"))
    model = build("shifted_window_attention", small, heads=HEADS, window=WINDOW, shift=(1, 1))
    assert "roll" not in model.level.parts
    x = values(1, 2, 3, D).requires_grad_()
    model(x)[0][0, 0, 0].square().sum().backward()
    assert x.grad is not None
    assert x.grad.abs().sum(-1).gt(0).all()  # nothing is masked


@pytest.mark.block("window_partition", "window_merge")
def test_windows_are_cut_row_after_row_and_put_together_again() -> None:
    x = values(N, H, W, D)
    cut = build("window_partition", MAP, window=WINDOW)
    y = cut(x)[0]
    number = 0
    for i in range(0, H, WINDOW[0]):
        for j in range(0, W, WINDOW[1]):
            assert torch.equal(y[:, number], x[:, i : i + 2, j : j + 3].flatten(1, 2))
            number += 1
    assert number == y.shape[1]
    merge = build("window_merge", cut.sample.outputs[0], size=(H, W), window=WINDOW)
    assert torch.equal(merge(y)[0], x)


@pytest.mark.block("cyclic_shift")
def test_the_opposite_shift_undoes_it() -> None:
    x = values(N, H, W, D)
    y = build("cyclic_shift", MAP, shift=(-1, -2))(x)[0]
    assert torch.equal(y[:, 0, 0], x[:, 1, 2])
    assert torch.equal(y[:, -1, -1], x[:, 0, 1])
    assert torch.equal(build("cyclic_shift", MAP, shift=(1, 2))(y)[0], x)


@pytest.mark.block("relative_position_bias")
def test_equal_offsets_share_a_number_and_each_has_its_own() -> None:
    torch.manual_seed(0)
    scores = image(2 * HEADS, 6, 6)
    model = build("relative_position_bias", scores, window=WINDOW, heads=HEADS)
    assert model.sample.parameters == (2 * 2 - 1) * (2 * 3 - 1) * HEADS
    y = model(torch.zeros(1, *scores.shape))[0][0]
    assert torch.equal(y[:HEADS], y[HEADS:])  # the same for every window
    found: dict[tuple[int, int], set[float]] = {}
    for s in range(6):
        for t in range(6):
            offset = s // 3 - t // 3, s % 3 - t % 3
            found.setdefault(offset, set()).add(y[0, s, t].item())
    assert len(found) == 15
    assert all(len(numbers) == 1 for numbers in found.values())
    assert len({number for numbers in found.values() for number in numbers}) == 15


@pytest.mark.block("patch_merging", "patch_neighbours")
@pytest.mark.parametrize("size", [(4, 6), (5, 3)])
def test_patch_merging_joins_squares(size: tuple[int, int]) -> None:
    torch.manual_seed(0)
    rows, columns = size
    model = build("patch_merging", Shape((*size, D), ("H", "W", "D")))
    assert model.sample.parameters == 8 * D + 4 * D * 2 * D
    assert model.sample.outputs == (Shape(((rows + 1) // 2, (columns + 1) // 2, 2 * D), ("H", "W", "D")),)
    x = values(N, rows, columns, D)
    padded = torch.zeros(N, rows + 1, columns + 1, D)
    padded[:, :rows, :columns] = x
    parts: Any = model.level.parts
    y = model(x)[0]
    for i in range(y.shape[1]):
        for j in range(y.shape[2]):
            places = ((2 * i, 2 * j), (2 * i + 1, 2 * j), (2 * i, 2 * j + 1), (2 * i + 1, 2 * j + 1))
            four = torch.cat([padded[:, a, b] for a, b in places], -1)
            torch.testing.assert_close(y[:, i, j], parts["reduce"](parts["norm"](four)))


@pytest.mark.block("swin_block")
def test_a_swin_block_is_pre_norm() -> None:
    torch.manual_seed(0)
    model = build("swin_block", MAP, heads=HEADS, window=WINDOW, shift=(1, 1), mlp=12)
    parts: Any = model.level.parts
    x = values(N, H, W, D)
    z = x + parts["attention"]({"x": parts["norm1"](x)})[0]
    y = z + parts["fc2"](torch.nn.functional.gelu(parts["fc1"](parts["norm2"](z))))
    torch.testing.assert_close(model(x)[0], y)


@pytest.mark.block("swin_block", "patch_merging", "patch_embedding", "shifted_window_attention")
def test_swin_t_has_the_published_size() -> None:
    resolver = Resolver(registry())
    g = Builder(registry(), resolver)
    x: Wire = g.input("input", image(3, 224, 224))
    x = g.add("patch_embedding", x, patch=4, width=96, layout="map")
    x = g.add("layer_norm", x)
    for stage, depth in enumerate((2, 2, 6, 2)):
        if stage:
            x = g.add("patch_merging", x)
        for number in range(depth):
            x = g.add("swin_block", x, heads=3 * 2**stage, shift=3 * (number % 2))
    x = g.add("layer_norm", x)
    x = g.add("permute", x, order=(2, 0, 1), axes="CHW")
    x = g.add("global_pool", x)
    x = g.add("linear", x, features=1000)
    tensors = {"input": image(3, 224, 224)}
    parameters = macs = 0
    for name in list(g.graph)[1:]:
        node = g.graph[name]
        edges = sorted(g.graph.into(name), key=lambda edge: edge.into)
        inputs = tuple(tensors[edge.src] for edge in edges)
        known = resolver.block(registry().configure(node.block, node.fields), inputs)
        assert known.outputs[0] is not None
        parameters, macs = parameters + known.parameters, macs + known.macs
        tensors[name] = known.outputs[0]
    assert parameters == 28_288_354
    assert macs == pytest.approx(4.5e9, rel=0.01)  # 4.5 G in the paper's table
    assert x.tensor.shape == (1000,)


SMALL = Shape((3, 6, 4), ("W", "T", "D"))
REFUSED: list[tuple[str, dict[str, Any], tuple[Any, ...], str]] = [
    ("window_partition", {"window": 4}, (MAP,), "windows of 4×4, which do not divide the 6×9 map"),
    ("window_partition", {"window": 4}, (MAP,), "windows of 4×4, which do not divide the"),
    ("shifted_window_attention", {"window": (2, 3), "heads": 3}, (MAP,), "3 does not divide the width 8"),
    ("shifted_window_attention", {}, (sequence(4, 4),), "tokens on a map H × W × D"),
    ("window_merge", {"size": (4, 6), "window": (2, 3)}, (SMALL,), "puts 4 windows"),
    ("relative_position_bias", {"window": 2}, (image(3, 5, 5),), "windows of 4 tokens"),
    ("relative_position_bias", {"window": 2, "heads": 2}, (image(3, 4, 4),), "has 2 heads"),
    ("shift_softmax", {"size": 4, "window": 2}, (image(3, 4, 4),), "has 4 windows"),
]


@pytest.mark.parametrize(("block", "fields", "given", "words"), REFUSED)
def test_what_does_not_fit_is_refused_in_words(
    block: str, fields: dict[str, Any], given: tuple[Any, ...], words: str
) -> None:
    shape_error = Resolver(registry()).block(registry().configure(block, fields), given).shape_error
    assert shape_error is not None
    assert words in shape_error.message
