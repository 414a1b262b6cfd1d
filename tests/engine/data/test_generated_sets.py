"""What generated data sets are made for holds: boxes fit shapes, held-out pixels are new, digits fly on."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.engine.data import mnist, moving_digits, photo_crops, scenes, turned_digits
from explorer.engine.data.catalogue import load
from explorer.engine.data.dataset import Dataset, DatasetProblem
from explorer.engine.data.delay import MARK, steps_since

DRAWN = scenes.drawn(40, 3)


@pytest.mark.parametrize("number", range(8))
def test_each_box_lies_close_round_the_pixels_of_its_shape(number: int) -> None:
    one = DRAWN[number]
    covered = np.zeros_like(one.classes)
    for (left, top, right, bottom), label in zip(one.boxes.astype(int), one.labels, strict=True):
        inside = one.classes[top:bottom, left:right] == label
        assert inside[0].any()
        assert inside[-1].any()
        assert inside[:, 0].any()
        assert inside[:, -1].any()
        covered[top:bottom, left:right] = 1
    assert (one.classes[covered == 0] == 0).all()


def test_scenes_hold_one_to_four_shapes_of_all_kinds() -> None:
    assert {len(one.labels) for one in DRAWN} == {1, 2, 3, 4}
    assert {int(label) for one in DRAWN for label in one.labels} == {1, 2, 3}
    sides = np.concatenate([one.boxes[:, 2:] - one.boxes[:, :2] for one in DRAWN])
    assert sides.min() > 5
    assert sides.max() <= scenes.LARGEST + 1


def test_fewer_scenes_are_the_first_of_many() -> None:
    few, more = load("scenes", examples=5), load("scenes", examples=10)
    assert np.array_equal(few.inputs, more.inputs[:5])
    assert few.row.task == "segmentation"
    assert few.row.target == (64, 64)
    training, validation = load("scenes", examples=50).split(0.2, seed=1)
    assert (len(training), len(validation)) == (40, 10)


@pytest.mark.parametrize("id_", ["scenes", "digits_moving", "photo_crops"])
@pytest.mark.parametrize("examples", [4, 10**9])
def test_numbers_of_examples_out_of_range_get_a_sentence(id_: str, examples: int) -> None:
    with pytest.raises(DatasetProblem, match="examples is"):
        load(id_, examples=examples)


def test_a_digit_turned_by_nothing_is_itself_and_by_a_quarter_is_numpys() -> None:
    images, _ = mnist.arrays()
    images = images[:20]
    assert np.allclose(turned_digits.turned(images, np.zeros(20)), images, atol=1e-6)
    quarter = turned_digits.turned(images, np.full(20, 90.0))
    assert np.allclose(quarter, np.rot90(images, axes=(1, 2)), atol=1e-5)
    back = turned_digits.turned(turned_digits.turned(images, np.full(20, 25.0)), np.full(20, -25.0))
    assert np.abs(back - images).mean() < 0.03
    with pytest.raises(DatasetProblem, match="degrees"):
        load("digits_turned", degrees=200.0)


def test_a_film_goes_on_in_a_line_and_bounces() -> None:
    data = load("digits_moving", examples=50)
    frames = np.concatenate([data.inputs, data.targets[:, None]], 1)[:, :, 0]
    ink = frames.sum((2, 3))
    assert np.allclose(ink, ink[:, :1], rtol=1e-4)  # nothing leaves the picture
    assert (np.abs(frames[:, 1:] - frames[:, :-1]).sum((2, 3)) > 0).any(1).all()
    assert [moving_digits._bounced(place, 3) for place in range(-2, 8)] == [2, 1, 0, 1, 2, 3, 2, 1, 0, 1]


def test_small_photographs_are_means_of_the_large_ones_and_held_out_pixels_are_new() -> None:
    data = load("photo_crops", examples=45)
    four = data.targets.reshape(45, 3, 32, 2, 32, 2)
    assert np.allclose(data.inputs, four.mean((3, 5)), atol=1e-6)
    assert photo_crops.PHOTO_SIDE - photo_crops.BORDER == photo_crops.CROP_SIDE
    photo = photo_crops._photo("astronaut")
    first_held_out = data.targets[36]  # the photographs take turns
    strip = photo[:, :, photo_crops.BORDER :]
    assert any(np.array_equal(strip[:, top : top + 64], first_held_out) for top in range(193))


def test_the_marked_signal_is_the_answer() -> None:
    data = load("delay", per_class=20)
    marked = data.inputs[np.arange(80), data.inputs[:, :, MARK].argmax(1), :MARK]
    assert np.array_equal(marked.argmax(1), data.targets)
    assert (data.inputs[:, :, :MARK].sum(2) == 1).all()
    assert (data.inputs[:, :, MARK].sum(1) == 1).all()
    assert set(steps_since(data.inputs) // 10) == {0, 1, 2, 3}


def test_rebuilt_digits_are_asked_for_as_they_came() -> None:
    data: Dataset = load("digits_rebuilt")
    assert np.array_equal(data.inputs, data.targets)
    assert data.row.task == "pictures"
