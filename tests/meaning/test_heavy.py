"""What a look would take is known from the flow, and too much of it is refused with the numbers."""

from __future__ import annotations

import pytest
from nets import chain, node

from explorer.architectures.gallery import find
from explorer.blocks.registry import registry
from explorer.bounds import GIB, LAYER_MACS, LOOK_MACS
from explorer.graph.flow import Flow
from explorer.graph.resolve import Resolver
from explorer.meaning import heavy
from explorer.meaning.exposing import exposing

RESOLVER = Resolver(registry())
LARGE = ("amoebanet_b_gpipe", "maskrcnn_resnet50_fpn", "swin_t", "vit_b_16", "dino_vit_s8", "resnet152")


def tokens(count: int, width: int = 64) -> Flow:
    layer = node("layer", "transformer_encoder_layer", heads=8)
    return RESOLVER.resolve(chain((count, width), layer))


@pytest.mark.parametrize("name", LARGE)
def test_the_largest_networks_of_the_gallery_are_looked_at_by_every_method(name: str) -> None:
    flow = RESOLVER.resolve(find(name).build(resolver=RESOLVER))
    heavy.refuse_long_wait(flow, heavy.passes_of("integrated_gradients", 50))
    heavy.refuse_slow_layer(flow)
    heavy.refuse_large_inputs(flow, GIB)
    heavy.refuse_large_attention(exposing(flow, "attention"))
    heavy.refuse_large_gradients(flow, 4 * GIB)


def test_an_attention_costs_the_square_of_its_tokens() -> None:
    sizes = [heavy.attention_bytes(tokens(count).nodes["layer"]) for count in (1_000, 2_000)]
    assert sizes == [1_000**2 * 8 * 4, 2_000**2 * 8 * 4]
    heavy.refuse_long_wait(tokens(5_000))
    with pytest.raises(
        heavy.TooHeavy, match=r"layer\.attention\.attend weighs 2\.0\sG pairs.* 7\.6 GiB"
    ) as problem:
        heavy.refuse_long_wait(tokens(16_000))
    assert problem.value.address == "layer.attention.attend"


def test_many_passes_are_refused_with_their_number() -> None:
    flow = tokens(4_000)
    most = LOOK_MACS // flow.macs
    heavy.refuse_long_wait(flow, most)
    with pytest.raises(heavy.TooHeavy, match=f"{most + 1:,} passes .*fewer steps"):
        heavy.refuse_long_wait(flow, most + 1)
    assert heavy.passes_of("saliency", 900) == heavy.passes_of("grad_cam", 900) == 4
    assert heavy.passes_of("integrated_gradients", 900) == 2_701


def test_one_layer_that_nothing_can_stop_is_refused() -> None:
    heavy.refuse_slow_layer(tokens(20_000, 1_024))
    assert LAYER_MACS < tokens(30_000, 1_024).macs < LOOK_MACS
    with pytest.raises(heavy.TooHeavy, match=r"layer\.attention\.attend alone takes 1\.8\sT MACs"):
        heavy.refuse_slow_layer(tokens(30_000, 1_024))


def test_inputs_and_gradients_have_to_fit() -> None:
    flow = RESOLVER.resolve(chain((3, 64, 64), node("relu", "relu")))
    needed = 3 * 64 * 64 * 24
    heavy.refuse_large_inputs(flow, needed)
    with pytest.raises(heavy.TooHeavy, match=r"3×64×64 takes 288 KiB to make, 200 KiB"):
        heavy.refuse_large_inputs(flow, 200 * 1024)
    with pytest.raises(heavy.TooHeavy, match="Gradients for one sample"):
        heavy.refuse_large_gradients(flow, 1000)
