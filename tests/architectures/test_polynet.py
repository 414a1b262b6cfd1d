"""PolyNet: shared convolutions, own norms, falling scales."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch
from networks import TOP, module, network, output, published, refused, wrong

# pytorchcv, whose outputs are the same to 2e-7 of the largest score with its weights
PUBLISHED = (("polynet", 95_366_600, 34.7e9),)
test_counts_are_the_published_ones = published(*PUBLISHED)
test_what_cannot_be_is_refused = refused(
    wrong("polynet", "1 to 6 times, not 0", passes=0),
    wrong("polynet", "3 numbers of units", units="10-10"),
    wrong("polynet", "drops 0 to 0.99", drop=1.5),
    wrong("polynet", "3×20×20", input=(3, 20, 20)),
)
B_POLY = 1152 * 128 + 128 * 160 * 7 + 160 * 192 * 7 + 1152 * 192
"""Weights of the four convolutions of a poly unit of stage b that all passes share."""


def test_the_top_level_is_short_and_other_sizes_fit() -> None:
    flow = network("polynet", (3, 139, 200), classes=5)
    assert len(flow.graph) <= TOP
    assert output(flow) == (5,)


def test_scales_fall_evenly_from_1_to_0_7() -> None:
    flow = network("polynet")
    factors = [
        node.block.values["factor"]  # type: ignore[union-attr]
        for address, node in flow.walk()
        if node.block is not None and node.block.id == "scale" and address.endswith(("scale_f", "scale1"))
    ]
    assert len(factors) == 10 + 2 * 10 + 2 * 5
    assert (factors[0], factors[-1]) == (1.0, 0.7)
    assert all(a - b == pytest.approx(1 / 130, abs=2e-6) for a, b in pairwise(factors))


@pytest.mark.parametrize("passes", [1, 2, 3])
def test_a_further_pass_costs_norms_and_the_last_convolution_only(passes: int) -> None:
    flow = network("polynet", units="1-1-1", passes=passes)
    unit = flow.at("stage_b.b1_poly")
    norms = 2 * (128 + 160 + 192 + 192)
    assert unit.parameters == B_POLY + passes * (norms + 384 * 1152 + 2 * 1152)
    one = network("polynet", units="1-1-1", passes=1).at("stage_b.b1_poly")
    assert unit.macs == passes * one.macs


def test_a_poly_unit_adds_up_powers_of_one_path() -> None:
    flow = network("polynet", input=(3, 80, 80), classes=3, units="1-1-1", passes=2)
    unit = module(flow).get_submodule("stage_b.b1_poly")
    for norm in unit.modules():
        if isinstance(norm, torch.nn.BatchNorm2d):
            norm.momentum = None
    x = torch.randn(2, 1152, 4, 4).relu()

    def path(y: torch.Tensor, turn: int) -> torch.Tensor:
        def line(names: list[str], y: torch.Tensor) -> torch.Tensor:
            for name in names:
                norm = unit.get_submodule(f"norm{name}_pass{turn}")
                y = torch.relu(norm(unit.get_submodule(f"conv{name}")(y)))
            return y

        y = torch.cat([line(["1_1", "1_2", "1_3"], y), line(["2_1"], y)], 1)
        return unit.get_submodule(f"norm_out{turn}")(unit.get_submodule(f"conv_out{turn}")(y))

    scale = flow.at("stage_b.b1_poly").inner.graph["scale1"].fields["factor"]  # type: ignore[union-attr]
    with torch.no_grad():
        once = path(x, 1)
        twice = path(once.relu(), 2)
        assert torch.allclose(unit(x), (x + scale * once + scale * twice).relu(), atol=1e-5)
