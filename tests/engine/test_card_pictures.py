"""Pictures on cards are computed by the real module of the block, with its present fields."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from nets import chain, node, resolve

from explorer.blocks.block import Block
from explorer.blocks.registry import registry
from explorer.engine.compile import compile_flow
from explorer.engine.demonstrations import draw
from explorer.engine.demonstrations.examples import suiting
from explorer.engine.demonstrations.subject import Subject, alone, living
from explorer.engine.local import demonstrate
from explorer.engine.state import RequestProblem
from explorer.graph.catalogue import INPUT, OUTPUT
from explorer.graph.tensor import Tensor, image, sequence
from explorer.protocol.pictures import Cube, Curve, Panel, Panels, Unrolled

CPU = torch.device("cpu")
BLOCKS = [cls for cls in registry().blocks if cls.id not in (INPUT, OUTPUT)]
torch.set_num_threads(1)


def shown(block: str, *inputs: Tensor, **fields: object) -> Subject:
    return alone(registry().configure(block, fields), inputs, CPU)  # type: ignore[arg-type]


def panel(picture: object, title: str) -> Panel:
    assert isinstance(picture, Panels)
    return next(panel for panel in picture.panels if panel.title.startswith(title))


@pytest.mark.parametrize("cls", BLOCKS, ids=lambda cls: cls.id)
def test_every_block_has_a_picture_that_shows_something(cls: type[Block]) -> None:
    answer = demonstrate(cls.id)
    picture = answer.picture
    if isinstance(picture, Panels):
        assert picture.panels
        for each in picture.panels:
            assert each.values.ndim in (2, 3)
            assert 0 < each.values.size <= 3 * 320 * 320
            assert not np.isinf(each.values).any()
        assert any(np.nanstd(each.values) > 0 for each in picture.panels) or cls.id == "constant"
        assert all(len(each.title) <= 40 for each in picture.panels)
    elif isinstance(picture, Curve):
        assert len(picture.x) == len(picture.y) == len(picture.slope)
        assert np.isfinite(picture.y).all()
    elif isinstance(picture, Cube):
        assert picture.mask[picture.at] == 1
    else:
        assert isinstance(picture, Unrolled)
        assert picture.gates
        assert all(len(gate) == len(picture.inputs) for gate in picture.gates.values())


def test_the_curve_is_the_activation_and_its_slope() -> None:
    picture = draw(shown("leaky_relu", image(2, 4, 4), slope=0.25))
    assert isinstance(picture, Curve)
    np.testing.assert_allclose(picture.y, np.where(picture.x > 0, picture.x, picture.x * 0.25), rtol=1e-6)
    away = np.abs(picture.x) > 0.01
    np.testing.assert_allclose(picture.slope[away], np.where(picture.x > 0, 1, 0.25)[away])


@pytest.mark.parametrize(
    ("block", "fields", "together"),
    [
        ("batch_norm", {}, (3, 1, 16)),
        ("instance_norm", {}, (1, 1, 16)),
        ("group_norm", {"groups": 2}, (1, 4, 16)),
        ("layer_norm", {"axes": "all"}, (1, 8, 16)),
        ("layer_norm", {"axes": "channels"}, (1, 8, 1)),
    ],
)
def test_the_cube_shows_what_is_normalised_together(
    block: str, fields: dict[str, object], together: tuple[int, int, int]
) -> None:
    picture = draw(shown(block, image(8, 5, 5), **fields))
    assert isinstance(picture, Cube)
    extent = tuple(int(picture.mask.any(others).sum()) for others in ((1, 2), (0, 2), (0, 1)))
    assert extent == together


def test_the_window_is_as_large_as_the_kernel_and_its_cell_is_marked() -> None:
    picture = draw(shown("conv2d", image(3, 20, 24), kernel=5, padding="same"))
    before, kernel, after = (panel(picture, title) for title in ("input", "kernel", "output"))
    x1, y1, x2, y2 = before.boxes[0]
    assert (x2 - x1, y2 - y1) == (5, 5)
    assert kernel.values.shape == (5, 5)
    column, row = int(after.boxes[0][0]), int(after.boxes[0][1])
    assert (column + 0.5, row + 0.5) == ((x1 + x2) / 2, (y1 + y2) / 2)


def test_rows_of_attention_add_up() -> None:
    weights = panel(draw(shown("self_attention", sequence(6, 8))), "weights")
    np.testing.assert_allclose(weights.values.sum(1), 1, rtol=1e-5)


def test_a_recurrent_layer_is_shown_step_by_step() -> None:
    picture = draw(shown("lstm", sequence(5, 4), hidden=3))
    assert isinstance(picture, Unrolled)
    assert picture.inputs.shape == (5, 4)
    assert {"input", "forget", "output", "hidden"} <= set(picture.gates)
    assert picture.gates["forget"].shape == (5, 3)


def test_the_picture_of_a_live_layer_is_made_of_its_own_weights() -> None:
    compiled = compile_flow(resolve(chain((1, 9, 9), node("conv1", "conv2d", filters=2))), "n", CPU, seed=3)
    sample = torch.randn(1, 1, 9, 9)
    before = {key: value.clone() for key, value in compiled.module.state_dict().items()}
    picture = draw(living(compiled, "conv1", sample))
    weight = compiled.module.get_submodule("conv1").weight
    np.testing.assert_array_equal(panel(picture, "kernel").values, weight[0, 0].detach().numpy())
    np.testing.assert_array_equal(panel(picture, "input").values, sample[0, 0].numpy())
    assert compiled.module.training
    assert all(torch.equal(before[key], value) for key, value in compiled.module.state_dict().items())


def test_what_cannot_be_shown_is_said() -> None:
    with pytest.raises(RequestProblem, match="nobody cannot be shown: There is no block"):
        demonstrate("nobody")


def test_a_gate_is_a_product_only_where_the_output_is_one() -> None:
    signs = {}
    for block in ("se", "bam", "highway"):
        subject = alone(registry()[block](), suiting(registry()[block]()), CPU)
        picture = draw(subject)
        assert isinstance(picture, Panels)
        signs[block] = {panel.sign for panel in picture.panels} & {"×", "="}
    assert signs == {"se": {"×", "="}, "bam": set(), "highway": set()}


def test_rows_say_what_they_really_add_up_to() -> None:
    whole = demonstrate("multi_head_attention")
    assert whole.picture.note.endswith("adds up to 1.")
    assert " to 0." in demonstrate("local_attention").picture.note


def test_a_card_shows_a_change_or_says_that_there_is_none() -> None:
    sliced = demonstrate("slice").picture
    assert isinstance(sliced, Panels)
    assert [each.title for each in sliced.panels] == ["x 3×48×64", "y 3×48×32"]
    assert sliced.note == "Shown with axis W · start 16 · stop 48."
    unfolded = demonstrate("unfold_time").picture
    assert isinstance(unfolded, Panels)
    one, all_of_them = (each.values for each in unfolded.panels)
    np.testing.assert_array_equal(one[:, 0], all_of_them[:, 0])
    assert all((all_of_them[:, 0] != all_of_them[:, step]).any() for step in range(1, 8) if step != 4)
    assert demonstrate("auxiliary_loss").picture.note == "Its values pass unchanged."


def test_a_slice_on_the_canvas_is_shown_as_it_is_set() -> None:
    assert draw(shown("slice", image(3, 48, 64))).note == "Its values pass unchanged."
    assert draw(shown("slice", image(3, 48, 64), axis="H", start=8)).note == ""


def test_maps_of_tokens_are_shown_as_maps() -> None:
    picture = demonstrate("cyclic_shift").picture
    assert isinstance(picture, Panels)
    before, after = (each.values for each in picture.panels)
    np.testing.assert_allclose(np.roll(before[:14, :14], (-3, -3), (0, 1)), after[:14, :14])


def test_gates_are_told_from_what_comes_in() -> None:
    picture = demonstrate("conv_lstm2d").picture
    assert isinstance(picture, Panels)
    assert {each.title.rstrip("0123456789.–") for each in picture.panels} == {
        "input",
        "input gate ",
        "forget gate ",
        "output gate ",
        "output",
    }


def test_heads_of_windows_are_told_from_windows() -> None:
    picture = demonstrate("swin_block").picture
    assert isinstance(picture, Panels)
    assert "head 1 of 3, window 1 of" in picture.panels[1].title


def test_a_curve_reaches_as_far_as_something_happens() -> None:
    curves = {name: demonstrate(name).picture for name in ("relu", "relu6")}
    assert [float(curve.x[-1]) for curve in curves.values() if isinstance(curve, Curve)] == [5.0, 8.0]
