"""Pooling: known sizes, the link between smallest and largest, whole maps, words for windows too large."""

import pytest
import torch
from samples import build

from explorer.blocks.registry import registry
from explorer.graph.catalogue import BadField, Clash
from explorer.graph.tensor import Tensor, image, sequence

LAYOUTS = {1: Tensor((3, 11), ("C", "T")), 2: image(3, 11, 9), 3: Tensor((3, 6, 7, 8), ("C", "T", "H", "W"))}
torch.set_num_threads(1)


def test_overlapping_pools_of_alexnet() -> None:
    x, sizes = image(96, 55, 55), []
    for _ in range(3):
        pooled = build("max_pool", x, kernel=3, stride=2).sample.outputs[0]
        assert pooled is not None
        sizes.append(pooled.shape[1])
        x = pooled
    assert sizes == [27, 13, 6]


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("ceil_mode", [False, True])
def test_smallest_is_minus_the_largest_of_minus(dims: int, ceil_mode: bool) -> None:
    fields = {"kernel": 3, "stride": 2, "padding": 1, "ceil_mode": ceil_mode}
    x = torch.randn(2, *LAYOUTS[dims].shape)
    smallest = build("min_pool", LAYOUTS[dims], **fields)(x)[0]
    torch.testing.assert_close(smallest, -build("max_pool", LAYOUTS[dims], **fields)(-x)[0])
    assert smallest.isfinite().all()


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("mode", ["avg", "max"])
def test_global_pool_is_a_pool_as_large_as_the_map(dims: int, mode: str) -> None:
    layout = LAYOUTS[dims]
    x = torch.randn(2, *layout.shape)
    whole = build(f"{mode}_pool", layout, kernel=layout.spatial)(x)[0]
    torch.testing.assert_close(build("global_pool", layout, mode=mode, keep=True)(x)[0], whole)
    torch.testing.assert_close(build("global_pool", layout, mode=mode)(x)[0], whole.flatten(1))
    torch.testing.assert_close(build("adaptive_pool", layout, mode=mode, size=1)(x)[0], whole)


def test_global_pool_of_a_sequence_runs_over_its_steps() -> None:
    x = torch.randn(2, 5, 4)
    torch.testing.assert_close(build("global_pool", sequence(5, 4))(x)[0], x.mean(1))
    kept = build("global_pool", sequence(5, 4), keep=True)
    assert kept.sample.outputs == (sequence(1, 4),)
    torch.testing.assert_close(kept(x)[0], x.mean(1, keepdim=True))


def test_padding_counts_in_the_mean_or_not() -> None:
    x = torch.ones(1, 1, 4, 4)
    fields = {"kernel": 3, "stride": 1, "padding": 1}
    assert build("avg_pool", image(1, 4, 4), **fields)(x)[0][0, 0, 0, 0] == pytest.approx(4 / 9)
    assert build("avg_pool", image(1, 4, 4), **fields, count_include_pad=False)(x)[0].eq(1).all()


def test_a_window_larger_than_its_input_is_refused_in_words() -> None:
    words = r"has a 3×3 window, larger than its 2×2 input\. Pad by 1, or use 2×2\."
    with pytest.raises(Clash, match=words) as caught:
        registry().configure("max_pool", {"kernel": 3}).outputs_for((image(8, 2, 2),))
    assert caught.value.code == "window"
    with pytest.raises(Clash, match=r"2 numbers, but .* sends 1 sliding axis"):
        registry().configure("max_pool", {"kernel": (2, 2)}).outputs_for((LAYOUTS[1],))
    with pytest.raises(Clash, match="needs channels with places"):
        registry().configure("avg_pool", {}).outputs_for((sequence(5, 4),))
    with pytest.raises(BadField, match="at most half the window"):
        registry().configure("max_pool", {"kernel": 2, "padding": 2})


def test_the_padding_it_advises_is_enough() -> None:
    for kernel in range(2, 9):
        for size in range(1, kernel):
            with pytest.raises(Clash) as caught:
                registry().configure("max_pool", {"kernel": kernel}).outputs_for((image(1, size, size),))
            advised = int(caught.value.message.partition("Pad by ")[2].partition(",")[0])
            registry().configure("max_pool", {"kernel": kernel, "padding": advised}).outputs_for(
                (image(1, size, size),)
            )
