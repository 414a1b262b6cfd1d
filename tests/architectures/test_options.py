"""Options of all architectures: one grammar for lists, one set of names, old names still read."""

from __future__ import annotations

import pytest
from networks import network

from explorer.architectures.architecture import OptionProblem
from explorer.architectures.gallery import find, gallery
from explorer.architectures.options import SYNONYMS, meant, numbers
from explorer.graph.files import encode

LISTS = [
    (entry.id, name)
    for entry in gallery().values()
    for name, value in entry.options.items()
    if isinstance(value, str) and len(numbers(value)) > 1
]


@pytest.mark.parametrize(
    "text", ["3 4 6 3", "3-4-6-3", "3,4,6,3", "3, 4, 6, 3", " 3 4 6 3 ", "3 - 4 - 6 - 3"]
)
def test_lists_are_written_in_any_of_three_ways(text: str) -> None:
    assert numbers(text) == [3, 4, 6, 3]


@pytest.mark.parametrize("text", ["", "3 4 x", "3;4", "3--4", "-3 4", "3.5 4", "٣ ٤", "3 4,,6"])
def test_anything_else_is_no_list(text: str) -> None:
    assert numbers(text) == []


@pytest.mark.parametrize(("id", "name"), LISTS)
def test_every_list_of_every_architecture_takes_all_of_them(id: str, name: str) -> None:
    entry = find(id)
    found = numbers(str(entry.options[name]))
    built = [entry.build(**{name: between.join(map(str, found))}) for between in (" ", "-", ",")]
    assert len({encode(document) for document in built}) == 1


def test_lists_are_found() -> None:
    assert len(LISTS) > 25


@pytest.mark.parametrize(
    ("id", "old", "value", "new"),
    [
        ("vgg16", "drop", 0.25, "dropout"),
        ("resnet18", "layers", "1 1 1 1", "blocks"),
        ("densenet121", "blocks", "2 2 2 2", "layers"),
        ("swin_t", "layers", "2 2 2 2", "depths"),
        ("mobilenet_v2", "width", 0.5, "alpha"),
        ("wide_resnet50_2", "width", 4, "k"),
    ],
)
def test_an_option_is_read_under_the_names_that_others_have(
    id: str, old: str, value: object, new: str
) -> None:
    one, other = network(id, **{old: value}), network(id, **{new: value})
    assert one.parameters == other.parameters
    assert (old in find(id).options, new in find(id).options) == (False, True)


def test_names_of_one_meaning_are_never_mixed_up() -> None:
    known = {"alpha": 1.0, "width": 64}
    assert [meant(name, known) for name in ("alpha", "width", "scale")] == ["alpha", "width", "scale"]
    with pytest.raises(OptionProblem, match="got its option “dropout” twice"):
        find("vgg16").build(drop=0.1, dropout=0.2)
    with pytest.raises(OptionProblem, match="has no option “scale”"):
        find("lenet5_modern").build(scale=2.0)


def test_all_share_one_name_for_dropout() -> None:
    assert not [entry.id for entry in gallery().values() if "drop" in entry.options]
    assert all(len(set(names)) == len(names) for names in SYNONYMS)


def test_sizes_that_were_refused_without_need() -> None:
    assert network("unet_resnet34", depth=50).parameters == 32_521_105  # as in segmentation-models-pytorch
    three, two = network("wide_resnet50_2", k=3).parameters, network("wide_resnet50_2", k=2).parameters
    assert two == 68_883_240 < three < network("wide_resnet50_2", k=4).parameters


def test_a_depth_of_a_billion_weights_is_refused() -> None:
    with pytest.raises(OptionProblem, match=r"a depth of 6n \+ 4 up to 1,000, such as 100, not 2500"):
        find("densenet250_k24_bc_cifar10").build(depth=2500)
