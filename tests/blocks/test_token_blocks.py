"""Tokens: patches of pictures, the class token, places, ids."""

import math
from typing import Any

import pytest
import torch
from samples import Built, build
from torch import Tensor
from torch.nn import functional as F

from explorer.blocks.registry import registry
from explorer.graph.catalogue import ShapeError
from explorer.graph.resolve import Resolver
from explorer.graph.tensor import Tensor as Shape
from explorer.graph.tensor import image, sequence, tokens

N, T, D = 3, 5, 8
torch.set_num_threads(1)


def values(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(sum(shape)))


def part(model: Built, name: str) -> Any:
    return model.level.parts[name]


@pytest.mark.block("patch_embedding")
def test_patches_are_cut_and_read_by_one_linear_layer() -> None:
    torch.manual_seed(0)
    model = build("patch_embedding", image(3, 8, 12), patch=4, width=5)
    assert model.sample.outputs == (sequence(6, 5),)
    x = values(2, 3, 8, 12)
    patches = F.unfold(x, 4, stride=4).transpose(1, 2)  # (N, T, 3·4·4)
    conv = part(model, "project")
    torch.testing.assert_close(model(x)[0], F.linear(patches, conv.weight.flatten(1), conv.bias))


@pytest.mark.block("class_token")
def test_class_token_comes_first_and_is_the_same_for_all() -> None:
    model = build("class_token", sequence(T, D))
    x = values(N, T, D)
    y = model(x)[0]
    assert torch.equal(y[:, 1:], x)
    assert torch.equal(y[0, 0], y[1, 0])
    assert model.sample.parameters == D


@pytest.mark.block("positional_encoding")
@pytest.mark.parametrize("width", [6, 7])
def test_sinusoids(width: int) -> None:
    x = torch.zeros(1, T, width)
    y = build("positional_encoding", sequence(T, width))(x)[0][0]
    for place in range(T):
        for index in range(width):
            angle = place / 10_000 ** (index // 2 * 2 / width)
            assert y[place, index].item() == pytest.approx(
                (math.cos if index % 2 else math.sin)(angle), abs=1e-5
            )
    assert build("positional_encoding", sequence(T, width), kind="learned").sample.parameters == T * width


@pytest.mark.block("one_hot", "embedding")
def test_ids_become_rows() -> None:
    ids = torch.tensor([[0, 2, 1], [2, 2, 5]])
    hot = build("one_hot", tokens(3), classes=4)(ids)[0]
    assert torch.equal(hot[0], torch.eye(4)[ids[0]])
    assert hot[1, 2].eq(0).all()
    table = build("embedding", tokens(3), vocabulary=4, width=2)
    torch.testing.assert_close(hot[0] @ table.only.weight, table(ids[:1])[0][0])
    with pytest.raises(ShapeError, match="looks up ids"):
        registry().configure("embedding", {}).outputs_for((sequence(3, 4),))


@pytest.mark.block("patch_embedding")
def test_patches_as_a_map_are_the_same_tokens() -> None:
    torch.manual_seed(0)
    rows = build("patch_embedding", image(3, 8, 12), patch=4, width=5)
    grid = build("patch_embedding", image(3, 8, 12), patch=4, width=5, layout="map")
    grid.load_state_dict(rows.state_dict())
    assert grid.sample.outputs == (Shape((2, 3, 5), ("H", "W", "D")),)
    x = values(2, 3, 8, 12)
    assert torch.equal(grid(x)[0].flatten(1, 2), rows(x)[0])


@pytest.mark.block("patch_embedding")
def test_patches_must_divide_the_picture() -> None:
    configured = registry().configure("patch_embedding", {"patch": 5})
    shape_error = Resolver(registry()).block(configured, (image(3, 8, 8),)).shape_error
    assert shape_error is not None
    assert "patches of 5×5, which do not divide the 8×8" in shape_error.message


@pytest.mark.block("positional_encoding")
def test_learned_places_are_added_and_learn() -> None:
    model = build("positional_encoding", sequence(T, D), kind="learned")
    table = model.only.table
    assert isinstance(table, Tensor)
    x = values(N, T, D)
    torch.testing.assert_close(model(x)[0], x + table)
    model(x)[0].sum().backward()
    torch.testing.assert_close(table.grad, torch.full((T, D), float(N)))
