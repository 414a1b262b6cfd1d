"""Residual, dense, mobile and gating blocks: what each form promises."""

from typing import Any

import pytest
import torch
from samples import Built, build
from torch import Tensor, nn

from explorer.blocks.convolution.residual import FORMS
from explorer.blocks.registry import registry
from explorer.graph.catalogue import ShapeError
from explorer.graph.resolve import Resolver
from explorer.graph.tensor import image

X = image(4, 6, 6)
torch.set_num_threads(1)


def values() -> Tensor:
    return torch.randn(3, 4, 6, 6, generator=torch.Generator().manual_seed(0))


def silent(model: Built) -> Built:
    """Set all convolutions to zero, so that the residual path says nothing."""
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.zeros_(module.weight)
    return model.eval()


@pytest.mark.block("residual", "bottleneck")
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("block", ["residual", "bottleneck"])
def test_a_block_with_nothing_to_add_passes_its_input_on(form: str, block: str) -> None:
    fields: dict[str, Any] = {"form": form} | ({"width": 1} if block == "bottleneck" else {})
    y = silent(build(block, X, **fields))(values())[0]
    x = values()
    match form:
        case "original":
            torch.testing.assert_close(y, x.relu())
        case "bn_after_add":
            torch.testing.assert_close(y, x.relu() / (1 + 1e-5) ** 0.5)
        case _:
            torch.testing.assert_close(y, x)


@pytest.mark.block("residual")
def test_relu_before_the_addition_can_only_raise() -> None:
    torch.manual_seed(0)
    assert (build("residual", X, form="relu_before_add")(values())[0] >= values()).all()


@pytest.mark.block("residual")
@pytest.mark.parametrize("form", ["relu_only_preact", "full_preact"])
def test_preactivated_output_minus_input_is_the_path(form: str) -> None:
    torch.manual_seed(0)
    model = build("residual", X, form=form).eval()
    parts = model.level.parts
    y = values()
    names = ["bn1", "relu1", "conv1", "bn2", "relu2", "conv2"]
    if form == "relu_only_preact":
        names = ["relu1", "conv1", "bn1", "relu2", "conv2", "bn2"]
    for name in names:
        y = parts[name](y)
    torch.testing.assert_close(model(values())[0] - values(), y, atol=1e-6, rtol=1e-5)


@pytest.mark.block("residual")
@pytest.mark.parametrize("form", FORMS)
def test_the_five_orders(form: str) -> None:
    model = build("residual", X, form=form)
    order = [name for name in model.sample.inner.nodes if name not in ("x", "y")]  # type: ignore[union-attr]
    assert (
        order
        == {
            "original": ["conv1", "bn1", "relu1", "conv2", "bn2", "add", "relu2"],
            "bn_after_add": ["conv1", "bn1", "relu1", "conv2", "add", "bn2", "relu2"],
            "relu_before_add": ["conv1", "bn1", "relu1", "conv2", "bn2", "relu2", "add"],
            "relu_only_preact": ["relu1", "conv1", "bn1", "relu2", "conv2", "bn2", "add"],
            "full_preact": ["bn1", "relu1", "conv1", "bn2", "relu2", "conv2", "add"],
        }[form]
    )


@pytest.mark.block("residual", "pad_channels")
def test_zero_padded_shortcut_has_no_weights() -> None:
    model = silent(build("residual", X, filters=7, stride=2, shortcut="zero_pad", form="full_preact"))
    assert model.sample.parameters == 9 * 4 * 7 + 9 * 7 * 7 + 2 * 4 + 2 * 7
    y, x = model(values())[0], values()
    assert torch.equal(y[:, :4], x[:, :, ::2, ::2])
    assert y[:, 4:].eq(0).all()


@pytest.mark.block("residual", "pad_channels")
def test_a_zero_padded_shortcut_cannot_narrow() -> None:
    block = registry().configure("residual", {"filters": 2, "shortcut": "zero_pad"})
    shape_error = Resolver(registry()).block(block, (X,)).shape_error
    assert shape_error is not None
    assert "fills up to 2 channels" in shape_error.message


@pytest.mark.block("residual")
@pytest.mark.parametrize(
    ("shortcut", "extra", "names"),
    [
        ("identity", 0, set()),
        ("projection", 4 * 4 + 8, {"projection", "projection_bn"}),
        ("conv1x1", 4 * 4, {"projection"}),
        ("dropout", 0, {"drop"}),
        ("zero_pad", 0, set()),
    ],
)
def test_shortcuts(shortcut: str, extra: int, names: set[str]) -> None:
    model = build("residual", X, shortcut=shortcut)
    plain = 2 * 9 * 4 * 4 + 2 * 8
    assert model.sample.parameters == plain + extra
    assert set(model.level.parts) - {"conv1", "bn1", "relu1", "conv2", "bn2", "relu2", "add"} == names


@pytest.mark.block("residual")
def test_identity_projects_when_channels_differ() -> None:
    assert {"projection", "projection_bn"} <= set(build("residual", X, filters=8).level.parts)
    preact = build("residual", X, filters=8, form="full_preact")
    assert "projection_bn" not in preact.level.parts


@pytest.mark.block("bottleneck", "residual")
def test_bottleneck_of_the_paper() -> None:
    x = image(256, 4, 4)
    with torch.device("meta"):
        assert build("bottleneck", x, width=64, norm=False).sample.parameters == 69_632
        assert build("residual", x, norm=False).sample.parameters == 1_179_648
        assert (
            build("bottleneck", image(64, 8, 8), width=64).sample.parameters == 75_008
        )  # ResNet-50, layer1.0


@pytest.mark.block("residual")
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("form", FORMS)
def test_residual_forms_by_their_formulas(form: str, training: bool) -> None:
    torch.manual_seed(0)
    model = build("residual", X, form=form).train(training)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.uniform_(module.bias)
    p: dict[str, Any] = dict(model.level.parts.items())
    x, relu = values(), torch.relu
    y = model(x)[0]

    def w(number: int, x: Tensor) -> Tensor:
        return nn.functional.conv2d(x, p[f"conv{number}"].weight, padding=1)

    def bn(number: int, x: Tensor) -> Tensor:
        made: Tensor = p[f"bn{number}"](x)
        return made

    match form:
        case "original":
            wanted = relu(x + bn(2, w(2, relu(bn(1, w(1, x))))))
        case "bn_after_add":
            wanted = relu(bn(2, x + w(2, relu(bn(1, w(1, x))))))
        case "relu_before_add":
            wanted = x + relu(bn(2, w(2, relu(bn(1, w(1, x))))))
        case "relu_only_preact":
            wanted = x + bn(2, w(2, relu(bn(1, w(1, relu(x))))))
        case _:
            wanted = x + w(2, relu(bn(2, w(1, relu(bn(1, x))))))
    torch.testing.assert_close(y, wanted, atol=1e-5, rtol=1e-4)


@pytest.mark.block("residual")
def test_a_dropout_shortcut_drops_the_input_in_training_only() -> None:
    torch.manual_seed(0)
    model = silent(build("residual", X, form="full_preact", shortcut="dropout", drop=0.5))
    x = values()
    assert torch.equal(model(x)[0], x)
    y = model.train()(x)[0]
    lost = y == 0
    assert 0.3 < lost.float().mean() < 0.7
    torch.testing.assert_close(y[~lost], 2 * x[~lost])


@pytest.mark.block("bottleneck")
@pytest.mark.parametrize("training", [True, False])
def test_bottleneck_narrows_looks_round_and_widens(training: bool) -> None:
    torch.manual_seed(0)
    model = build("bottleneck", X, width=2, stride=2, groups=2).train(training)
    p: dict[str, Any] = dict(model.level.parts.items())
    x = values()
    y = p["bn1"](nn.functional.conv2d(x, p["conv1"].weight)).relu()
    y = p["bn2"](nn.functional.conv2d(y, p["conv2"].weight, stride=2, padding=1, groups=2)).relu()
    y = p["bn3"](nn.functional.conv2d(y, p["conv3"].weight))
    kept = p["projection_bn"](nn.functional.conv2d(x, p["projection"].weight, stride=2))
    torch.testing.assert_close(model(x)[0], (kept + y).relu(), atol=1e-5, rtol=1e-4)


@pytest.mark.block("bottleneck")
def test_bottleneck_places_the_stride() -> None:
    late = build("bottleneck", X, width=2, stride=2).sample
    early = build("bottleneck", X, width=2, stride=2, stride_first=True).sample
    assert late.outputs == early.outputs == (image(8, 3, 3),)
    assert late.macs > early.macs


@pytest.mark.block("dense_layer", "dense_block", "dense_transition")
def test_dense_channels_grow_by_a_constant() -> None:
    model = build("dense_block", X, layers=3, growth=5)
    assert model.sample.outputs == (image(4 + 3 * 5, 6, 6),)
    assert torch.equal(model(values())[0][:, :4], values())  # the input itself stays readable
    slim = build("dense_layer", X, growth=5, bottleneck=False).sample
    assert slim.parameters == 2 * 4 + 9 * 4 * 5
    assert build("dense_transition", X).sample.outputs == (image(2, 3, 3),)


@pytest.mark.block("inverted_residual")
@pytest.mark.parametrize(("stride", "filters", "skips"), [(1, 4, True), (1, 5, False), (2, 4, False)])
def test_inverted_residual_skips_only_when_nothing_changes(stride: int, filters: int, skips: bool) -> None:
    model = build("inverted_residual", X, stride=stride, filters=filters)
    names = list(model.level.parts)
    assert ("add" in names) == skips
    assert names[-2 if skips else -1] == "narrow_bn"  # no activation after the last convolution
    if skips:
        torch.testing.assert_close(silent(model)(values())[0], values())
    thin = build("inverted_residual", X, expansion=1)
    assert "expand" not in thin.level.parts


@pytest.mark.block("inverted_residual")
def test_the_end_of_an_inverted_residual_is_linear() -> None:
    torch.manual_seed(0)
    model = build("inverted_residual", X, filters=5, kernel=5).eval()
    p: dict[str, Any] = dict(model.level.parts.items())
    x = values()
    y = p["expand_bn"](nn.functional.conv2d(x, p["expand"].weight)).clamp(0, 6)
    y = p["depthwise_bn"](nn.functional.conv2d(y, p["depthwise"].weight, padding=2, groups=24)).clamp(0, 6)
    y = p["narrow_bn"](nn.functional.conv2d(y, p["narrow"].weight))
    torch.testing.assert_close(model(x)[0], y, atol=1e-6, rtol=1e-5)
    assert y.min() < 0 < y.max()


@pytest.mark.block("se")
def test_squeeze_and_excitation() -> None:
    assert build("se", image(32, 3, 3), reduction=8).sample.parameters == 2 * 32 * 32 // 8
    model = silent(build("se", X, reduction=2))
    torch.testing.assert_close(model(values())[0], values() / 2)  # σ(0) = ½
    torch.manual_seed(0)
    model = build("se", X, reduction=2)
    ratio = model(values())[0] / values()
    torch.testing.assert_close(ratio, ratio[:, :, :1, :1].expand_as(ratio))  # one factor a channel


@pytest.mark.parametrize("block", ["residual", "bottleneck", "dense_layer", "inverted_residual", "se"])
def test_vectors_are_refused_in_words(block: str) -> None:
    from explorer.graph.tensor import vector

    shape_error = Resolver(registry()).block(registry()[block](), (vector(5),)).shape_error
    assert isinstance(shape_error, ShapeError)
    assert "needs maps C × H × W" in shape_error.message
