"""Plumbing: values move, and nothing else happens to them; where sizes cannot fit, words say so."""

from __future__ import annotations

from math import prod
from typing import Any

import pytest
import torch
from nets import chain, codes, design, node, resolve
from samples import build
from torch import nn
from torch.nn import functional as F

from explorer.blocks.registry import registry
from explorer.engine.compile import compile_flow
from explorer.graph.catalogue import BadField
from explorer.graph.resolve import Resolver
from explorer.graph.tensor import Tensor, image, sequence, vector

CPU = torch.device("cpu")
torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(0)


def values(tensor: Tensor, size: int = 2) -> torch.Tensor:
    """Numbers that are all different, so that every move shows."""
    count = size * prod(tensor.shape)
    return torch.arange(count, dtype=torch.float32).reshape(size, *tensor.shape)


def refusal(block: str, *inputs: Tensor, **fields: Any) -> str:
    shape_error = Resolver(registry()).block(registry().configure(block, fields), inputs).shape_error
    assert shape_error is not None
    return shape_error.message


@pytest.mark.block("input")
def test_an_input_has_the_shape_and_axes_it_says() -> None:
    def tensor(**fields: Any) -> Tensor:
        (found,) = registry().configure("input", fields).outputs_for(())
        return found

    assert tensor() == image(1, 28, 28)
    assert tensor(shape=(7,)) == vector(7)
    assert tensor(shape=(5, 7)) == sequence(5, 7)
    assert tensor(shape=(5,), dtype="int") == Tensor((5,), ("T",), "int")
    assert tensor(shape=(3, 8), axes="CT") == Tensor((3, 8), ("C", "T"))
    for axes in ("C", "CHX", "CHWT"):
        with pytest.raises(BadField, match="for each of the 3 sizes"):
            tensor(shape=(1, 2, 3), axes=axes)


@pytest.mark.block("input", "output")
def test_a_wire_from_input_to_output_is_the_identity() -> None:
    module = compile_flow(resolve(chain((3, 4))), "n", CPU).module
    x = torch.randn(2, 3, 4)
    assert torch.equal(module(x), x)


@pytest.mark.block("output")
def test_outputs_leave_in_the_order_of_the_nodes() -> None:
    document = design(
        [
            node("late", "output"),
            node("input", "input", shape=(4,)),
            node("relu", "relu"),
            node("early", "output"),
        ],
        "input -> early",
        "input -> relu",
        "relu -> late",
    )
    flow = resolve(document)
    assert list(flow.outputs) == ["late", "early"]
    x = torch.randn(2, 4)
    late, early = compile_flow(flow, "n", CPU).module(x)
    assert torch.equal(late, x.relu())
    assert torch.equal(early, x)
    lonely = resolve(design([node("input", "input", shape=(4,)), node("output", "output")]))
    assert codes(lonely)["output"] == "unconnected"


@pytest.mark.block("constant")
@pytest.mark.parametrize("learned", [False, True])
def test_a_constant_serves_every_sample_alike(learned: bool) -> None:
    model = build("constant", shape=(2, 3), start=0.5, learned=learned)
    assert torch.equal(model()[0], torch.full((1, 2, 3), 0.5))
    assert model.sample.parameters == (6 if learned else 0)
    assert all(p.requires_grad for p in model.parameters())
    nodes = [
        node("input", "input", shape=(2, 3)),
        node("c", "constant", shape=(2, 3), start=2.0, learned=learned),
        node("sum1", "add"),
        node("output", "output"),
    ]
    document = design(nodes, "input -> sum1.x1", "c -> sum1.x2", "sum1 -> output")
    module = compile_flow(resolve(document), "n", CPU).module
    x = torch.randn(5, 2, 3)
    torch.testing.assert_close(module(x), x + 2)
    assert not module.state_dict() or learned


@pytest.mark.block("flatten")
def test_flatten_writes_row_by_row() -> None:
    model = build("flatten", image(2, 3, 4))
    assert model.sample.outputs == (vector(24),)
    x = values(image(2, 3, 4))
    y = model(x)[0]
    for c, i, j in ((0, 0, 1), (1, 0, 0), (1, 2, 3)):
        assert torch.equal(y[:, (c * 3 + i) * 4 + j], x[:, c, i, j])


@pytest.mark.block("reshape")
def test_reshape_keeps_the_order_of_the_values() -> None:
    model = build("reshape", vector(24), shape=(2, 3, 4))
    assert model.sample.outputs == (image(2, 3, 4),)
    y = model(values(vector(24)))[0]
    assert torch.equal(y.flatten(1), values(vector(24)))
    back = build("reshape", image(2, 3, 4), shape=24)
    assert torch.equal(back(y)[0], values(vector(24)))
    assert build("reshape", vector(24), shape=(4, 6), axes="CT").sample.outputs == (
        Tensor((4, 6), ("C", "T")),
    )
    assert "makes 5×5 = 25 values" in refusal("reshape", vector(24), shape=(5, 5))
    assert "2 sizes but 3 axis letters" in refusal("reshape", vector(24), shape=(4, 6), axes="CHW")


@pytest.mark.block("permute")
@pytest.mark.parametrize("order", [(0, 1, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])
def test_permute_reorders_axes_and_its_inverse_undoes_it(order: tuple[int, ...]) -> None:
    x = image(2, 3, 4)
    model = build("permute", x, order=order)
    assert model.sample.outputs == (
        Tensor(tuple(x.shape[i] for i in order), tuple(x.axes[i] for i in order)),
    )
    there = model(values(x))[0]
    assert torch.equal(there, values(x).permute(0, *(i + 1 for i in order)))
    inverse = tuple(order.index(i) for i in range(3))
    assert model.sample.outputs[0] is not None
    assert torch.equal(build("permute", model.sample.outputs[0], order=inverse)(there)[0], values(x))
    assert "orders 2 axes as 1, 0" in refusal("permute", x, order=(1, 0))


@pytest.mark.block("add", "multiply")
@pytest.mark.parametrize(("block", "join"), [("add", torch.add), ("multiply", torch.mul)])
def test_joins_work_value_by_value_and_stretch_only_where_stated(block: str, join: Any) -> None:
    x = image(3, 4, 5)
    a, b, c = torch.randn(2, 3, 4, 5), torch.randn(2, 3, 4, 5), torch.randn(2, 3, 1, 1)
    torch.testing.assert_close(build(block, x, x, x)(a, b, a)[0], join(join(a, b), a))
    gates = image(3, 1, 1)
    assert "needs equal shapes" in refusal(block, x, gates)
    model = build(block, x, gates, broadcast=True)
    assert model.sample.outputs == (x,)
    torch.testing.assert_close(model(a, c)[0], join(a, c))
    row = torch.randn(2, 5)
    stretched = build(block, x, vector(5), broadcast=True)(a, row)[0]
    torch.testing.assert_close(stretched, join(a, row[:, None, None]))
    assert "only axes of size 1 stretch" in refusal(block, x, image(3, 2, 5), broadcast=True)


@pytest.mark.block("scale")
@pytest.mark.parametrize("factor", [0.0, 0.17, -2.0])
def test_scale_multiplies_by_a_fixed_number(factor: float) -> None:
    model = build("scale", image(2, 3, 4), factor=factor)
    x = torch.randn(2, 2, 3, 4, requires_grad=True)
    y = model(x)[0]
    torch.testing.assert_close(y, x * factor)
    y.sum().backward()
    assert x.grad is not None
    assert x.grad.eq(torch.tensor(factor)).all()
    assert model.sample.parameters == 0


@pytest.mark.block("concat")
@pytest.mark.parametrize(("axis", "place"), [("auto", 1), ("C", 1), ("H", 2), ("W", 3)])
def test_concat_lays_tensors_one_after_the_other(axis: str, place: int) -> None:
    sizes = [(2, 3, 4), (2, 3, 4)]
    sizes[1] = tuple(n + (i + 1 == place) for i, n in enumerate(sizes[1]))  # type: ignore[assignment]
    model = build("concat", *(image(*size) for size in sizes), axis=axis)
    a, b = torch.randn(2, *sizes[0]), torch.randn(2, *sizes[1])
    y = model(a, b)[0]
    assert torch.equal(y, torch.cat([a, b], place))
    assert model.sample.outputs[0] is not None
    assert model.sample.outputs[0].shape[place - 1] == 2 * sizes[0][place - 1] + 1
    other = "H" if axis != "H" else "W"
    assert "all other sizes must agree" in refusal("concat", image(*sizes[0]), image(*sizes[1]), axis=other)
    assert "works along T" in refusal("concat", image(1, 2, 3), image(1, 2, 3), axis="T")


@pytest.mark.block("concat")
def test_concat_of_sequences_joins_their_width() -> None:
    assert build("concat", sequence(5, 2), sequence(5, 3)).sample.outputs == (sequence(5, 5),)


@pytest.mark.block("split")
@pytest.mark.parametrize(("axis", "place"), [("auto", 1), ("H", 2), ("W", 3)])
def test_split_parts_joined_again_are_the_whole(axis: str, place: int) -> None:
    x = values(image(4, 6, 2))
    model = build("split", image(4, 6, 2), parts=2, axis=axis)
    parts = model(x)
    assert len(parts) == 2
    assert torch.equal(torch.cat(parts, place), x)
    assert parts[0].shape == parts[1].shape
    assert "4 does not divide 6" in refusal("split", image(4, 6, 2), parts=4, axis="H")
    assert registry().configure("split", {"parts": 3}).outputs == ("y1", "y2", "y3")


@pytest.mark.block("slice")
@pytest.mark.parametrize(("start", "stop"), [(0, 1), (1, 3), (-2, 0), (0, -1), (2, 0), (0, 99)])
def test_slice_is_the_slice_of_python(start: int, stop: int) -> None:
    x = values(sequence(5, 3))
    model = build("slice", sequence(5, 3), axis="T", start=start, stop=stop)
    assert torch.equal(model(x)[0], x[:, start : stop or None])
    assert "keeps indices 7 to the end of T" in refusal("slice", sequence(5, 3), axis="T", start=7)


@pytest.mark.block("pad")
@pytest.mark.parametrize("mode", ["zeros", "reflect", "replicate"])
def test_pad_adds_the_margin_it_names(mode: str) -> None:
    margin = (1, 2, 0, 3)
    model = build("pad", image(2, 5, 4), margin=margin, mode=mode)
    x = torch.randn(2, 2, 5, 4)
    y = model(x)[0]
    assert model.sample.outputs == (image(2, 5 + 3, 4 + 3),)
    assert torch.equal(y[:, :, :5, 1:5], x)
    left = {"zeros": torch.zeros(2, 2, 5), "reflect": x[..., 1], "replicate": x[..., 0]}[mode]
    assert torch.equal(y[:, :, :5, 0], left)
    bottom = {"zeros": torch.zeros(2, 2, 4), "reflect": x[:, :, -2], "replicate": x[:, :, -1]}[mode]
    assert torch.equal(y[:, :, 5, 1:5], bottom)
    assert "mirrors a margin" in refusal("pad", image(2, 3, 3), margin=(3, 0, 0, 0), mode="reflect")
    assert "margins for 3 axes" in refusal("pad", image(2, 3, 3), margin=(1,) * 6)
    with pytest.raises(BadField, match="must be pairs"):
        registry().configure("pad", {"margin": (1, 1, 1)})


@pytest.mark.block("resize")
def test_resize_to_the_nearest_repeats_values() -> None:
    model = build("resize", image(2, 3, 4))
    assert model.sample.outputs == (image(2, 6, 8),)
    x = values(image(2, 3, 4))
    y = model(x)[0]
    assert torch.equal(y, x.repeat_interleave(2, 2).repeat_interleave(2, 3))
    assert torch.equal(y[:, :, ::2, ::2], x)


@pytest.mark.block("resize")
@pytest.mark.parametrize(
    ("fields", "size"), [({"scale": 1.5}, (4, 6)), ({"scale": 0.5}, (1, 2)), ({"size": (7, 5)}, (7, 5))]
)
@pytest.mark.parametrize("mode", ["nearest", "bilinear"])
def test_resize_is_that_of_torch(fields: dict[str, Any], size: tuple[int, int], mode: str) -> None:
    model = build("resize", image(2, 3, 4), mode=mode, **fields)
    x = torch.randn(2, 2, 3, 4)
    assert torch.equal(model(x)[0], F.interpolate(x, size, mode=mode))


@pytest.mark.block("resize")
def test_bilinear_values_stand_on_the_line_between() -> None:
    y = build("resize", image(1, 1, 2), size=(1, 4), mode="bilinear")(torch.tensor([[[[0.0, 4.0]]]]))[0]
    assert y.flatten().tolist() == [0.0, 1.0, 3.0, 4.0]


@pytest.mark.block("dropout")
def test_dropout_drops_its_share_and_keeps_the_mean() -> None:
    model = build("dropout", vector(20_000), p=0.3)
    x = torch.full((1, 20_000), 2.0)
    y = model.train()(x)[0]
    assert y.unique().tolist() == pytest.approx([0.0, 2 / 0.7])
    assert float(y.eq(0).float().mean()) == pytest.approx(0.3, abs=0.02)
    assert float(y.mean()) == pytest.approx(2.0, abs=0.05)
    assert not torch.equal(model(x)[0], y)
    assert torch.equal(model.eval()(x)[0], x)
    torch.manual_seed(3)
    one = model.train()(x)[0]
    torch.manual_seed(3)
    assert torch.equal(nn.Dropout(0.3)(x), one)


@pytest.mark.block(
    "flatten", "reshape", "permute", "split", "slice", "concat", "add", "multiply", "pad", "resize", "scale"
)
def test_plumbing_has_no_weights_and_no_products() -> None:
    x = image(2, 4, 4)
    fields: dict[str, dict[str, Any]] = {
        "flatten": {},
        "reshape": {"shape": (4, 8)},
        "permute": {"order": (1, 2, 0)},
        "split": {},
        "slice": {"stop": 1},
        "concat": {},
        "add": {},
        "multiply": {},
        "pad": {},
        "resize": {},
        "scale": {},
    }
    for block, given in fields.items():
        sample = build(block, x, **given).sample
        assert (sample.parameters, sample.macs) == (0, 0), block
