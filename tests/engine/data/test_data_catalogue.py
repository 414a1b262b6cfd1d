"""Every data set of the catalogue, by the same properties."""

from __future__ import annotations

import subprocess
import sys
from functools import cache

import numpy as np
import pytest

from explorer.engine.data import catalogue, tabular
from explorer.engine.data.catalogue import options_of
from explorer.engine.data.dataset import Dataset, DatasetProblem
from explorer.training.datasets import DATASETS
from explorer.training.table import UnknownName

IDS = tuple(DATASETS)
CLASSED = tuple(id_ for id_, entry in DATASETS.items() if entry.task == "classification")
GENERATED = tuple(id_ for id_ in CLASSED if "per_class" in options_of(DATASETS[id_]))


@cache
def loaded(id_: str) -> Dataset:
    return catalogue.load(id_)


@pytest.mark.parametrize("id_", IDS)
def test_the_entry_tells_the_truth_about_the_arrays(id_):
    entry, data = DATASETS[id_], loaded(id_)
    assert (entry.id, entry.title, entry.shape) == (data.id, data.title, data.shape)
    assert entry.classes == data.classes
    assert entry.examples == len(data)
    assert entry.category in {"pictures", "sequences", "points", "tables"}
    assert entry.task == data.row.task
    assert entry.target == data.row.target
    assert data.licence
    assert data.source


@pytest.mark.parametrize("id_", CLASSED)
def test_the_held_out_part_is_class_balanced_and_about_a_fifth(id_):
    data = loaded(id_)
    training, validation = data.split()
    assert len(set(np.bincount(data.targets[validation], minlength=len(data.classes)))) == 1
    assert np.bincount(data.targets[training], minlength=len(data.classes)).min() > 0
    assert len(validation) / len(data) == pytest.approx(0.2, abs=0.01)


@pytest.mark.parametrize("id_", CLASSED)
def test_a_drawn_split_is_disjoint_covers_all_and_repeats(id_):
    data = loaded(id_)
    training, validation = data.split(0.3, seed=5)
    assert np.array_equal(np.sort(np.concatenate([training, validation])), np.arange(len(data)))
    assert np.array_equal(validation, data.split(0.3, seed=5)[1])
    shares = np.bincount(data.targets[validation]) / np.bincount(data.targets)
    assert shares == pytest.approx(0.3, abs=0.02)


@pytest.mark.parametrize("id_", IDS)
def test_values_are_finite_and_in_range(id_):
    inputs = loaded(id_).inputs
    assert np.isfinite(inputs).all()
    if DATASETS[id_].category in {"pictures", "sequences"}:
        assert inputs.min() >= 0
        assert inputs.max() <= 1
        assert inputs.max() - inputs.min() > 0.9


@pytest.mark.parametrize("id_", IDS)
def test_loading_twice_gives_equal_but_separate_arrays(id_):
    first, second = loaded(id_), catalogue.load(id_)
    assert np.array_equal(first.inputs, second.inputs)
    assert np.array_equal(first.targets, second.targets)
    assert not np.shares_memory(first.inputs, second.inputs)


@pytest.mark.parametrize("id_", CLASSED)
def test_the_order_is_shuffled(id_):
    targets = loaded(id_).targets
    for part in loaded(id_).split():
        assert (np.diff(targets[part]) != 0).mean() > 0.4


@pytest.mark.parametrize("id_", IDS)
def test_no_example_is_both_trained_on_and_held_out(id_):
    data = loaded(id_)
    training, validation = (data.inputs[part].reshape(len(part), -1) for part in data.split())
    trained_on = {row.tobytes() for row in training}
    twins = sum(row.tobytes() in trained_on for row in validation)
    # Fisher measured two irises alike (rows 101 and 142 of the table)
    assert twins <= (1 if id_ == "iris" else 0)


@pytest.mark.parametrize("id_", GENERATED)
def test_the_seed_decides_a_generated_set(id_):
    first = catalogue.load(id_, per_class=10, seed=1)
    again = catalogue.load(id_, per_class=10, seed=1)
    other = catalogue.load(id_, per_class=10, seed=2)
    assert len(first) == 10 * len(first.classes)
    assert first.held_out == 2 * len(first.classes)
    assert np.bincount(first.targets).tolist() == [10] * len(first.classes)
    assert np.array_equal(first.inputs, again.inputs)
    assert not np.array_equal(first.inputs, other.inputs)


@pytest.mark.parametrize("id_", GENERATED)
@pytest.mark.parametrize(
    "options",
    [{"per_class": 4}, {"per_class": 10**9}, {"per_class": 7.5}, {"per_class": True}, {"seed": -1}],
)
def test_options_out_of_range_get_a_sentence(id_, options):
    with pytest.raises(DatasetProblem, match=r"per_class|seed") as caught:
        catalogue.load(id_, **options)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("id_", [id_ for id_ in GENERATED if "noise" in options_of(DATASETS[id_])])
def test_points_without_noise_lie_in_the_square_that_is_drawn(id_):
    assert abs(catalogue.load(id_, noise=0.0).inputs).max() <= 1
    for noise in (-0.1, float("nan"), float("inf")):
        with pytest.raises(DatasetProblem, match="noise"):
            catalogue.load(id_, noise=noise)


def test_more_arms_and_groups_are_more_classes():
    assert len(catalogue.load("spirals", arms=5).classes) == 5
    assert len(catalogue.load("blobs", groups=4).classes) == 4
    with pytest.raises(DatasetProblem, match="arms"):
        catalogue.load("spirals", arms=1)


def test_mnist_has_500_of_each_digit_and_its_rows_are_the_same_pictures():
    pictures, rows = loaded("mnist5k"), loaded("digits_rows")
    assert np.bincount(pictures.targets).tolist() == [500] * 10
    assert np.array_equal(pictures.inputs[:, 0], rows.inputs)


@pytest.mark.parametrize("id_", ["iris", "wine"])
def test_tables_are_standardised_on_the_training_part_alone(id_):
    data = loaded(id_)
    training = data.inputs[data.split()[0]]
    assert training.mean(axis=0) == pytest.approx(0, abs=1e-5)
    assert training.std(axis=0) == pytest.approx(1, abs=1e-5)
    assert len(tabular.columns(id_)) == data.shape[0]


@pytest.mark.parametrize("id_", ["textures", "shapes32"])
def test_brightness_alone_does_not_tell_the_classes_apart(id_):
    data = loaded(id_)
    training, validation = data.split()
    level = data.inputs.reshape(len(data), -1).mean(axis=1)
    means = np.array([level[training][data.targets[training] == c].mean() for c in range(len(data.classes))])
    guess = abs(level[validation, None] - means).argmin(axis=1)
    assert (guess == data.targets[validation]).mean() < 1 / len(data.classes) + 0.25


def test_an_unknown_name_gets_the_close_ones():
    with pytest.raises(UnknownName) as caught:
        catalogue.load("mnist")
    assert str(caught.value) == "There is no data set called “mnist”. Did you mean mnist5k or moons?"
    assert isinstance(caught.value, KeyError)


def test_an_unknown_name_like_no_other_gets_them_all():
    with pytest.raises(UnknownName, match="There is mnist5k, digits8"):
        catalogue.load("zzzz")


def test_an_unknown_option_gets_the_known_ones():
    with pytest.raises(DatasetProblem, match=r"no option 'radius'\. It takes per_class \(default 300\)"):
        catalogue.load("moons", radius=1)
    with pytest.raises(DatasetProblem, match="It takes none"):
        catalogue.load("mnist5k", seed=1)


def test_listing_needs_neither_torch_nor_pillow_nor_a_file():
    script = (
        "import sys; from explorer import resources\n"
        "def refuse(*parts): raise AssertionError(parts)\n"
        "resources.path = refuse\n"
        "from explorer.training.datasets import DATASETS\n"
        "[(entry.title, entry.shape) for entry in DATASETS.values()]\n"
        "assert 'torch' not in sys.modules and 'PIL' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
