"""For which sizes an exported file is right: found, said, checked in words, and true."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from nets import chain, node

from explorer.architectures.gallery import gallery
from explorer.blocks.registry import registry
from explorer.engine.compile import build_module, compile_flow
from explorer.engine.export.design import Design, study
from explorer.engine.export.header import sizes_in_words
from explorer.engine.export.sizes import Side
from explorer.engine.export.symbols import Symbol, follow
from explorer.graph import edits as e
from explorer.graph.document import Document
from explorer.graph.resolve import Resolver
from explorer.graph.tensor import Tensor

CPU = torch.device("cpu")
torch.set_num_threads(1)


def studied(document: Document) -> Design:
    resolver = Resolver(registry())
    return study(document, resolver.resolve(document), resolver)


def network(name: str, input: tuple[int, ...] | None = None, **options: Any) -> Document:
    return gallery()[name].build(input, options.pop("classes", None), **options)


def sides(document: Document) -> list[tuple[int, int | None, int]]:
    return [(side.least, side.most, side.step) for side in studied(document).law.sides]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("resnet18", [(1, None, 1)] * 2),
        ("lenet5_modern", [(32, 35, 1)] * 2),
        ("vgg11", [(224, 255, 1)] * 2),
        ("unet_same_bn", [(16, None, 16)] * 2),
        ("unet_paper", [(188, None, 16)] * 2),
        ("swin_t", [(4, None, 4)] * 2),
        ("vit_mnist", [(28, 28, 1)] * 2),
        ("inception_v3", [(75, None, 1)] * 2),
        ("yolo_v3", [(32, None, 32)] * 2),
        ("transformer_base", [(1, None, 1)] * 2),
        ("convlstm_64x64", [(1, None, 1), (64, 64, 1), (64, 64, 1)]),
        ("mlp_spirals", []),
    ],
)
def test_sizes_are_found(name: str, found: list[tuple[int, int | None, int]]) -> None:
    assert sides(network(name)) == found


def test_what_binds_is_said() -> None:
    found = studied(network("vit_mnist"))
    words = sizes_in_words(found.flow, found.law)
    assert words[1].startswith("height and width 28 only (position (Positional encoding) is made for")
    assert words[1].replace("height and width 28", "height and width 28") in " ".join(found.source.split())


def test_axes_that_have_to_go_together() -> None:
    document = chain((3, 16, 16), node("conv", "conv2d", filters=4, kernel=3, padding=1))
    document.apply(e.AddNode(node("turned", "permute", order=(0, 2, 1), axes="CHW")))
    document.apply(e.AddNode(node("sum1", "add")))
    document.apply(e.AddNode(node("second", "output")))
    for wire in (
        ("conv", "turned", "x"),
        ("turned", "sum1", "x1"),
        ("conv", "sum1", "x2"),
        ("sum1", "second", "x"),
    ):
        document.apply(e.Connect(document.root.into("conv")[0].__class__(wire[0], "y", wire[1], wire[2])))
    found = studied(document)
    assert [side.tied for side in found.law.sides] == [None, ("input", 1)]
    model = build_module(found.source).eval()
    assert model(torch.zeros(1, 3, 20, 20))[1].shape == (1, 4, 20, 20)
    with pytest.raises(ValueError, match="sizes that go together"):
        model(torch.zeros(1, 3, 20, 21))


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ((1, 3, 64, 72), "H and W from 16 in steps of 16, not [1, 3, 64, 72]"),
        ((1, 1, 64, 64), r"(N, 3, H, W)"),
        ((3, 64, 64), "not [3, 64, 64]"),
        ((1, 3, 8, 16), "from 16 in steps of 16"),
    ],
)
def test_other_sizes_are_refused_in_words(shape: tuple[int, ...], words: str) -> None:
    model = build_module(studied(network("unet_same_bn", (3, 64, 64), width=4)).source)
    with pytest.raises(ValueError, match="x has to be") as refused:
        model(torch.zeros(shape))
    assert words in str(refused.value)


def test_fcn_answers_at_the_size_of_its_picture() -> None:
    model = build_module(studied(network("fcn_resnet50")).source).eval()
    with torch.device("meta"):
        model = model.to("meta")
        assert model(torch.zeros(1, 3, 128, 128)).shape == (1, 21, 128, 128)


SMALL: dict[str, tuple[tuple[int, ...] | None, dict[str, Any], dict[str, tuple[int, ...]]]] = {
    "unet_same_bn": ((3, 32, 32), {"width": 4}, {"input": (3, 48, 80)}),
    "unet_paper": ((1, 188, 188), {"width": 4}, {"input": (1, 204, 220)}),
    "swin_t": ((3, 64, 64), {"width": 24, "heads": "1 2 3 6", "classes": 5}, {"input": (3, 96, 72)}),
    "transformer_base": (
        (5,),
        {"layers": 1, "width": 16, "heads": 2, "mlp": 8, "classes": 30},
        {"source": (7,), "target": (3,)},
    ),
    "pspnet_resnet34": ((3, 64, 64), {"filters": 8}, {"input": (3, 71, 90)}),
    "lraspp_mobilenet_v3_large": ((3, 64, 64), {"filters": 8}, {"input": (3, 75, 90)}),
    "deeplabv3_resnet50": ((3, 64, 64), {}, {"input": (3, 51, 70)}),
    "cbam_resnet50": ((3, 64, 64), {}, {"input": (3, 71, 90)}),
    "nonlocal_resnet50_1": ((3, 64, 64), {}, {"input": (3, 71, 90)}),
    "residual_attention56": ((3, 64, 64), {}, {"input": (3, 71, 90)}),
    "yolo_v3": ((3, 64, 64), {}, {"input": (3, 96, 32)}),
    "cbhg_encoder": (None, {}, {"input": (13, 128)}),
    "convlstm_64x64": ((3, 1, 16, 16), {}, {"input": (5, 1, 16, 16)}),
    "timedistributed_cnn_lstm": (None, {}, {"input": (5, 3, 32, 32)}),
    "seq2seq_dot_rnn": ((6,), {}, {"source": (9,), "target": (4,)}),
    "lstm_rows": (None, {}, {"input": (9, 28)}),
    "maskrcnn_resnet50_fpn": ((3, 128, 128), {"regions": 8, "keep": 4}, {"picture": (3, 160, 96)}),
}


@pytest.mark.parametrize("name", SMALL)
def test_at_another_size_the_file_is_the_design_drawn_there(name: str) -> None:
    drawn, options, sizes = SMALL[name]
    document = network(name, drawn, **options)
    model = build_module(studied(document).source).eval()
    inputs = [one.id for one in document.root.of_block("input")]
    for key, shape in zip(inputs, sizes.values(), strict=True):
        document.apply(e.SetField(key, "shape", shape))
    flow = Resolver(registry()).resolve(document)
    assert not flow.problems
    live = compile_flow(flow, name, CPU, seed=0).module.eval()
    model.load_state_dict(live.state_dict())
    torch.manual_seed(0)
    values = [
        torch.randn(2, *t.shape) if t.dtype == "float" else torch.randint(2, (2, *t.shape))
        for t in flow.inputs.values()
        if t
    ]
    with torch.no_grad():
        made, wanted = (m(*values) for m in (model, live))
    for one, other in zip(*(m if isinstance(m, tuple) else (m,) for m in (made, wanted)), strict=True):
        torch.testing.assert_close(one, other, atol=1e-6, rtol=1e-5)


@given(st.integers(2, 50), st.integers(2, 50), st.integers(1, 4), st.integers(0, 3))
def test_a_number_is_followed_to_the_axis_it_comes_from(high: int, wide: int, times: int, plus: int) -> None:
    shapes = [(3, high, wide), (3, high + 10, wide + 21), (3, high + 37, wide + 5)]
    scope = {"x": [Tensor(shape, ("C", "H", "W")) for shape in shapes]}
    if times > 1:
        plus = 0
    values = tuple(times * shape[1] + plus for shape in shapes)
    found = follow(values, scope, ["x"])
    assert found == Symbol("x", 2, times=times, plus=plus)
    text = found.written({})
    for shape in shapes:
        x = torch.empty(1, *shape, device="meta")
        assert eval(text, {"x": x}) == times * shape[1] + plus


def test_a_number_that_follows_nothing_is_none() -> None:
    scope = {"x": [Tensor((3, 8, 8), ("C", "H", "W")), Tensor((3, 9, 11), ("C", "H", "W"))]}
    assert follow((64, 99), scope, ["x"]) is None


def test_a_side_knows_whether_it_is_fixed() -> None:
    assert Side("x", 1, "H", 8, 8, 8).fixed
    assert not Side("x", 1, "H", 8, 1, None).fixed
