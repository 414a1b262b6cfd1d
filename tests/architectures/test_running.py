"""Every network of the gallery becomes a module that runs, from source that needs nothing but torch."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import accumulate
from typing import Any

import pytest
import torch
from networks import network
from quick import quick_norms, quick_weights

from explorer.architectures.architecture import Architecture, OptionProblem
from explorer.architectures.figures import figures
from explorer.architectures.gallery import gallery
from explorer.engine.compile import build_module, compile_flow
from explorer.engine.data.examples import fill
from explorer.engine.export.python import write_python
from explorer.graph.flow import Flow

ENTRIES = list(gallery().values())
each = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
KINDS = {"float": torch.float32, "int": torch.int64, "bool": torch.bool}
LARGE = 96
"""Side of a picture from which on a part of it shows as much."""
LLAMA = {"input": (32,), "layers": 1, "width": 256, "heads": 8, "kv_heads": 2, "mlp": 512, "classes": 512}
"""One layer of a model that fits no test's memory, narrower."""
FEWER: dict[str, dict[str, Any]] = {
    "unet_paper": {"input": (1, 188, 188)},  # its sizes are 12 and a multiple of 16
    "fast_rcnn_vgg16": {"regions": 8},
    "faster_rcnn_vgg16": {"regions": 8},
    "fasterrcnn_resnet50_fpn": {"regions": 16, "keep": 8},
    "maskrcnn_resnet50_fpn": {"regions": 16, "keep": 8},
    "retinanet_resnet50_fpn": {"keep": 8},
    "vit_b_16": {"layers": 4},
    "vit_b_32": {"layers": 4},
    "vit_l_16": {"layers": 4},
    "deit_base_distilled": {"layers": 4},
    "gpt2": {"input": (64,), "layers": 2, "classes": 512},
    "gpt2_medium": {"input": (64,), "layers": 2, "classes": 512},
    "gpt2_large": {"input": (64,), "layers": 1, "classes": 512},
    "gpt2_xl": {"input": (64,), "layers": 1, "classes": 512},
    "bert_base": {"layers": 2, "classes": 512},
    "t5_small": {"input": (64,), "layers": 2, "classes": 512},
    "llama_7b": LLAMA,
    "llama_70b": LLAMA,
    "mixtral_8x7b": LLAMA,
    "mamba_130m": {"input": (64,), "layers": 2, "classes": 512},
    "whisper_tiny": {"input": (80, 300), "layers": 2, "classes": 512},
    "dit_b_2": {"layers": 4},
    "dit_xl_2": {"layers": 1},
    "mae_vit_b16": {"layers": 2, "decoder_layers": 2},
    "clip_vit_b32": {"layers": 2, "text_layers": 2, "vocabulary": 512},
    "gcn_cora": {"input": (64, 1433)},
    "gat_cora": {"input": (64, 1433)},
    "pix2pix_generator": {"width": 32},  # 256 divides its sides
}
"""Where a network takes no part of a picture, or repeats the same many times."""
ANSWERS: dict[str, dict[str, Any]] = {
    "fasterrcnn_resnet50_fpn": {"regions": 50, "keep": 20},
    "maskrcnn_resnet50_fpn": {"regions": 50, "keep": 20},
    "retinanet_resnet50_fpn": {"keep": 20},
}
"""Fewer answers than published of networks that find them one by one; their layers are the same."""
torch.set_num_threads(1)


@contextmanager
def alone() -> Iterator[None]:
    """Hide this package: what is imported meanwhile does without it."""
    mine = [name for name in sys.modules if name.partition(".")[0] == "explorer"]
    with pytest.MonkeyPatch.context() as patch:
        for name in mine:
            patch.setitem(sys.modules, name, None)
        yield


def smaller(entry: Architecture) -> Flow:
    """The network for a quarter or half of a picture, if it takes that: the same layers in less time."""
    options = FEWER.get(entry.id, {})
    *front, high, wide = (0, *entry.input.shape)
    if "input" not in options and entry.input.axes[-1] == "W" and min(high, wide) >= LARGE:
        for part in (4, 2):
            with suppress(OptionProblem):
                return network(entry.id, (*front[1:], high // part, wide // part), **options)
    return network(entry.id, **options)


def smallest_of_each() -> list[Architecture]:
    """Networks that one function writes in several sizes hold the same layers: the smallest answers."""
    sizes: dict[object, list[Architecture]] = {}
    for entry in ENTRIES:
        sizes.setdefault(getattr(entry.write, "__code__", entry.id), []).append(entry)
    return [
        min(alike, key=lambda e: figures()[e.id].macs if e.id in figures() else 0) for alike in sizes.values()
    ]


def shapes(made: Any) -> list[tuple[int, ...]]:
    return [tuple(y.shape[1:]) for y in (made if isinstance(made, tuple) else (made,))]


def predicted(flow: Flow) -> list[tuple[int, ...]]:
    return [tensor.shape for tensor in flow.outputs.values() if tensor is not None]


@each
def test_the_module_is_what_was_predicted(entry: Architecture) -> None:
    """At its published size, on the meta device, without this package."""
    flow = network(entry.id, **ANSWERS.get(entry.id, {}))
    source = write_python(flow, entry.title)
    given = [
        torch.zeros((2, *t.shape), dtype=KINDS[t.dtype], device="meta") for t in flow.inputs.values() if t
    ]
    with alone(), quick_norms(), torch.no_grad():
        with torch.device("meta"):
            model = build_module(source).eval()
        made = model(*given)
    assert shapes(made) == predicted(flow)
    assert sum(p.numel() for p in model.parameters()) == flow.parameters
    leaves = {address for address, node in flow.walk() if node.parameters}
    for key, _ in model.named_parameters():
        assert not leaves.isdisjoint(accumulate(key.split("."), "{}.{}".format)), key


@pytest.mark.parametrize("entry", smallest_of_each(), ids=lambda entry: entry.id)
def test_it_answers_a_real_input(entry: Architecture) -> None:
    flow = smaller(entry)
    with quick_weights():
        model = compile_flow(flow, entry.title, torch.device("cpu"), seed=0).module.eval()
    given = [fill(tensor, name) for name, tensor in flow.inputs.items() if tensor]
    with torch.no_grad():
        made = model(*given)
    assert shapes(made) == predicted(flow)
    assert all(bool(y.float().isfinite().all()) for y in (made if isinstance(made, tuple) else (made,)))


@pytest.mark.parametrize("source", ["import explorer", "from explorer.engine.modules.gates import Gate"])
def test_source_that_needs_this_package_would_be_found(source: str) -> None:
    with alone(), pytest.raises(ImportError, match="explorer"):
        build_module(source)
