"""Memory of activations: what layers say they keep is what autograd keeps; networks as torch tracks them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.distributed._tools.mem_tracker import MemTracker

from explorer.architectures.gallery import find
from explorer.blocks.block import Block
from explorer.blocks.registry import registry
from explorer.engine.compile import compile_flow
from explorer.engine.demonstrations.examples import suiting
from explorer.graph.flow import Flow
from explorer.graph.memory import BYTES, memory_of
from explorer.graph.resolve import Resolver
from explorer.graph.tensor import Tensor, image, sequence

sys.path.append(str(Path(__file__).parent.parent / "blocks"))
from samples import BLOCKS, Built, Sample, batch

RESOLVER = Resolver(registry())
ROUGH = {
    "ema_teacher": "keeps the teacher's own values, too",
    "superpixel_pool": "keeps as many distances as it has super-pixels",
    "unfold_time": "undoes what Fold time did to a batch",
}
"""Blocks whose share is a rough one, and why."""
LEAVES = [cls for cls in BLOCKS if not cls.is_composite and cls.id not in ("input", "output", *ROUGH)]


def kept_by_autograd(module: nn.Module, inputs: list[torch.Tensor | None]) -> int:
    """Bytes of the storages that autograd saves in a forward pass, weights left out."""
    weights = {t.untyped_storage().data_ptr() for t in (*module.parameters(), *module.buffers())}
    found: dict[int, int] = {}
    alive = []

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in weights:
            found[storage.data_ptr()] = storage.nbytes()
            alive.append(tensor)
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        _answer = module(*inputs)
    return sum(found.values())


def size(tensors: tuple[Tensor | None, ...]) -> int:
    return sum(t.size * BYTES.get(t.dtype, 4) for t in tensors if t is not None)


@pytest.mark.parametrize("cls", LEAVES, ids=lambda cls: cls.id)
def test_a_layer_keeps_what_it_says(cls: type[Block]) -> None:
    check(cls(), suiting(cls()))


HEADS, KEYS = sequence(64, 64), sequence(64, 32)
VALUES, MAPS, NODES = sequence(64, 100), image(16, 32, 32), sequence(64, 64)
SETTINGS: list[tuple[str, tuple[Tensor | None, ...], dict[str, Any]]] = [
    ("scaled_dot_product", (HEADS, KEYS, KEYS, None, None), {"heads": 8, "kv_heads": 4}),
    ("scaled_dot_product", (HEADS, HEADS, HEADS, image(1, 64, 64), None), {"heads": 8}),
    ("scaled_dot_product", (HEADS, HEADS, HEADS, None, None), {"heads": 8, "window": 5}),
    ("power", (VALUES,), {"exponent": 0.5}),
    ("clamp", (VALUES,), {"low": -1.0, "high": 1.0}),
    ("noise", (VALUES,), {"kind": "relative"}),
    ("reduce", (VALUES,), {"kind": "max"}),
    ("gather", (VALUES, Tensor((40, 100), ("T", "D"), "int")), {}),
    ("einsum", (VALUES, None), {"equation": "td->t"}),
    ("pad", (MAPS,), {"mode": "reflect"}),
    ("resize", (MAPS, None), {"mode": "area"}),
    ("dropout", (MAPS,), {"whole": "channels"}),
    ("max_pool", (MAPS,), {"indices": True}),
    ("spectral_conv", (Tensor((64, 256), ("C", "T")),), {}),
    ("mixture_of_experts", (NODES,), {"room": 1.25, "activation": "swiglu"}),
    ("selective_scan", (NODES,), {"form": "loop"}),
    ("selective_scan", (NODES,), {"state": 4}),
    ("graph_convolution", (NODES, NODES), {"norm": "mean", "loops": False}),
    ("graph_attention", (NODES, NODES), {"heads": 8}),
    ("deformable_conv2d", (MAPS,), {"weighed": False}),
    ("focal_loss", (VALUES, Tensor((64,), ("T",), "int")), {}),
    ("difference_loss", (VALUES, VALUES), {"kind": "huber"}),
    ("adversarial_loss", (VALUES,), {"kind": "wasserstein"}),
]


@pytest.mark.parametrize(("block", "inputs", "fields"), SETTINGS, ids=[f"{s[0]}-{s[2]}" for s in SETTINGS])
def test_what_is_kept_follows_the_settings(
    block: str, inputs: tuple[Tensor | None, ...], fields: dict[str, Any]
) -> None:
    check(registry().configure(block, fields), inputs)


def check(block: Block, inputs: tuple[Tensor | None, ...]) -> None:
    """Hold what the block says it keeps against what autograd saves."""
    known = RESOLVER.block(block, inputs)
    counts = (known.parameters, known.macs, known.macs_attention, known.inner)
    module = Built(Sample(block, inputs, known.outputs, *counts)).train()
    given = [None if t is None else batch(t, 2) for t in inputs]
    wired = [
        t.requires_grad_() * 1.0 if t is not None and t.is_floating_point() else t for t in given
    ]  # as if a layer stood in front
    said = block.kept_inside(*inputs)
    if block.keeps in ("inputs", "both"):
        said += size(inputs)
    if block.keeps in ("outputs", "both") and not block.is_view:
        said += size(known.outputs)
    real = kept_by_autograd(module, wired) / 2
    assert abs(real - said) <= max(0.2 * real, 2048), f"{block.id}: torch keeps {real:.0f}, said are {said}"


NETWORKS = {
    "lenet5_modern": None,
    "alexnet": (3, 224, 224),
    "vgg11": (3, 64, 64),
    "resnet50": (3, 96, 96),
    "mobilenet_v2": (3, 96, 96),
    "densenet121": (3, 64, 64),
    "googlenet": (3, 96, 96),
    "unet_same_bn": None,
    "vit_tiny_p16": None,
    "swin_t": None,
    "efficientnet_b0": (3, 96, 96),
    "shufflenet_v2_x1_0": (3, 96, 96),
}


def compiled(name: str) -> tuple[Flow, nn.Module, list[torch.Tensor]]:
    try:
        document = find(name).build(NETWORKS[name])
    except ValueError:
        document = find(name).build()
    flow = RESOLVER.resolve(document)
    module = compile_flow(flow, name, torch.device("cpu"), seed=0).module
    return flow, module, [torch.randn(2, *tensor.shape) for tensor in flow.inputs.values() if tensor]


def measured(module: nn.Module, inputs: list[torch.Tensor]) -> float:
    """Most bytes alive at once in a forward pass without gradients, for one sample; the input counts."""
    tracker = MemTracker()
    tracker.track_external(module)
    with tracker, torch.no_grad():
        module.eval()(*inputs)
    parts = {
        str(kind).split(".")[-1]: value
        for kind, value in tracker.get_tracker_snapshot("peak")[torch.device("cpu")].items()
    }
    weights = parts["PARAM"] + parts["BUFFER"] + parts["GRAD"]
    return (parts["Total"] - weights) / 2


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_takes_the_memory_that_is_said(name: str) -> None:
    flow, module, inputs = compiled(name)
    said = memory_of(flow)
    kept = kept_by_autograd(module.train(), [t.requires_grad_() * 1.0 for t in inputs]) / 2
    assert said.kept == pytest.approx(kept, rel=0.1)
    assert said.forward == pytest.approx(measured(module, inputs), rel=0.1)
    assert said.forward <= said.training
    assert said.kept <= said.training * 1.01
