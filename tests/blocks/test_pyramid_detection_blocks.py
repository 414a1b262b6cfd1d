"""What detectors on a pyramid of maps need, against the plain parts and written-out loops."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from samples import build
from torch import Tensor
from torch.nn import functional as F

from explorer.blocks.registry import registry
from explorer.engine.modules.boxes import BoxDecode
from explorer.engine.modules.regions import RoiAlign
from explorer.graph.catalogue import BadField, ShapeError
from explorer.graph.tensor import Tensor as Kind
from explorer.graph.tensor import image, sequence

torch.set_num_threads(1)
MAPS = [image(3, 64 // 2**k, 80 // 2**k) for k in range(4)]
"""Maps of a picture of 256×320."""


def random(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed + sum(shape)))


def boxes_of(*sides: float) -> Tensor:
    """Boxes (1, K, 4) of these sides, some beyond the picture."""
    rows = [
        [5.3 * k - 9, 3.1 * k - 4, 5.3 * k - 9 + side, 3.1 * k - 4 + side / 2] for k, side in enumerate(sides)
    ]
    return torch.tensor([rows])


@pytest.mark.block("pyramid_roi_align")
@pytest.mark.parametrize("size", [(7, 7), (2, 5)])
def test_each_box_is_read_from_the_map_of_its_size(size: tuple[int, int]) -> None:
    sides = [12.0, 90.0, 200.0, 330.0, 640.0, 1300.0, 0.0]
    area = [side * side / 2 for side in sides]
    level = [0 if a < 112**2 else 1 if a < 224**2 else 2 if a < 448**2 else 3 for a in area]
    assert set(level) == {0, 1, 2, 3}
    maps = [random(1, *kind.shape, seed=k) for k, kind in enumerate(MAPS)]
    boxes = boxes_of(*sides)
    model = build("pyramid_roi_align", *MAPS, sequence(len(sides), 4), size=size)
    got = model(*maps, boxes)[0]
    for number, which in enumerate(level):
        plain = RoiAlign(size, 1 / (4 * 2**which))
        torch.testing.assert_close(got[0, number], plain(maps[which], boxes[:, number : number + 1])[0, 0])


@pytest.mark.block("pyramid_roi_align")
def test_every_picture_has_boxes_of_its_own() -> None:
    maps = [random(2, *kind.shape, seed=k) for k, kind in enumerate(MAPS)]
    boxes = torch.cat([boxes_of(20, 400), boxes_of(700, 90)])
    model = build("pyramid_roi_align", *MAPS, sequence(2, 4), size=3)
    together = model(*maps, boxes)[0]
    for n in range(2):
        alone = model(*(x[n : n + 1] for x in maps), boxes[n : n + 1])[0]
        torch.testing.assert_close(together[n], alone[0])


@pytest.mark.block("box_decode")
def test_a_box_for_each_class_is_decoded_as_alone() -> None:
    anchors, offsets = boxes_of(20, 30, 40), random(1, 3, 5 * 4)
    model = build("box_decode", sequence(3, 4), sequence(3, 20), centre=10.0, size=5.0)
    got = model(anchors, offsets)[0].reshape(1, 3, 5, 4)
    plain = BoxDecode(10.0, 5.0)
    for kind in range(5):
        torch.testing.assert_close(got[:, :, kind], plain(anchors, offsets[..., 4 * kind : 4 * kind + 4]))


@pytest.mark.block("nms")
def test_boxes_of_each_class_are_suppressed_among_themselves() -> None:
    torch.manual_seed(1)
    scores = torch.rand(1, 12, 3)
    start = torch.rand(1, 12, 3, 2) * 50
    boxes = torch.cat([start, start + 5 + torch.rand(1, 12, 3, 2) * 40], -1)
    found = build("nms", sequence(36, 4), sequence(12, 3), keep=36, overlap=0.3, background=True)(
        boxes.flatten(1, 2), scores
    )
    for kind in (1, 2):
        alone = build("nms", sequence(12, 4), sequence(12, 1), keep=12, overlap=0.3)(
            boxes[:, :, kind], scores[..., kind : kind + 1]
        )
        mine = found[2][0] == kind
        assert mine.any()
        assert torch.equal(found[0][0, mine], alone[0][0, alone[2][0] >= 0])
        assert torch.equal(found[1][0, mine], alone[1][0, alone[2][0] >= 0])
    assert not (found[2] == 0).any()


@pytest.mark.block("nms")
def test_labels_stand_for_columns() -> None:
    torch.manual_seed(2)
    start = torch.rand(1, 20, 2) * 30
    boxes = torch.cat([start, start + 10 + torch.rand(1, 20, 2) * 30], -1)
    labels = torch.randint(0, 3, (1, 20))
    scores = torch.rand(1, 20, 1) + 0.1
    columns = torch.zeros(1, 20, 3).scatter(2, labels.unsqueeze(-1), scores)
    told = build("nms", sequence(20, 4), sequence(20, 1), Kind((20,), ("T",), "int"), keep=20, threshold=0.05)
    plain = build("nms", sequence(20, 4), sequence(20, 3), keep=20, threshold=0.05)
    for one, other in zip(told(boxes, scores, labels), plain(boxes, columns), strict=True):
        assert torch.equal(one, other)


@pytest.mark.block("nms")
def test_slivers_are_no_answers() -> None:
    boxes = torch.tensor([[[0.0, 0, 50, 0.5], [0, 0, 20, 20], [30, 30, 30.2, 60]]])
    scores = torch.tensor([[[0.9], [0.5], [0.8]]])
    found = build("nms", sequence(3, 4), sequence(3, 1), keep=3, smallest=1.0)(boxes, scores)
    assert found[1].tolist() == [[0.5, 0.0, 0.0]]
    assert found[2].tolist() == [[0, -1, -1]]


@pytest.mark.block("mask_of_class")
def test_the_mask_of_the_own_class() -> None:
    masks, labels = random(2, 3, 4, 5, 6), torch.tensor([[0, 3, -1], [2, 2, 1]])
    model = build("mask_of_class", Kind((3, 4, 5, 6), tuple("TCHW")), Kind((3,), ("T",), "int"))
    got = model(masks, labels)[0]
    for n in range(2):
        for k in range(3):
            kind = int(labels[n, k])
            expected = masks[n, k, kind] if kind >= 0 else torch.zeros(5, 6)
            assert torch.equal(got[n, k, 0], expected)


def pasted(mask: Tensor, box: list[float], height: int, width: int) -> Tensor:
    """One mask (h, w) in a picture, pixel rows and columns cut as torchvision does."""
    padded = F.pad(mask[None, None], (1, 1, 1, 1))
    grow = [(padded.shape[3 - axis] / mask.shape[1 - axis]) for axis in (0, 1)]
    middle = [(box[2 + a] + box[a]) / 2 for a in (0, 1)]
    half = [(box[2 + a] - box[a]) / 2 * grow[a] for a in (0, 1)]
    low, high = ([int(middle[a] + sign * half[a]) for a in (0, 1)] for sign in (-1, 1))
    sides = [max(high[a] - low[a] + 1, 1) for a in (0, 1)]
    large = F.interpolate(padded, (sides[1], sides[0]), mode="bilinear", align_corners=False)[0, 0]
    picture = torch.zeros(height, width)
    for y in range(max(low[1], 0), min(low[1] + sides[1], height)):
        for x in range(max(low[0], 0), min(low[0] + sides[0], width)):
            picture[y, x] = large[y - low[1], x - low[0]]
    return picture


@pytest.mark.block("paste_masks")
@pytest.mark.parametrize(
    "box", [[3.0, 4, 21, 17], [-6.5, 8.2, 11.9, 40.0], [5.5, 5.5, 6.1, 5.9], [0, 0, 39, 29]]
)
def test_pasted_masks_equal_stretching_them_one_by_one(box: list[float]) -> None:
    masks = random(1, 1, 1, 7, 9).sigmoid()
    model = build("paste_masks", Kind((1, 1, 7, 9), tuple("TCHW")), sequence(1, 4), picture=(30, 40))
    got = model(masks, torch.tensor([[box]]))[0]
    torch.testing.assert_close(got[0, 0, 0], pasted(masks[0, 0, 0], box, 30, 40), atol=1e-5, rtol=1e-5)


@pytest.mark.block("standardize")
def test_channels_lose_their_mean_and_deviation() -> None:
    model = build("standardize", image(2, 4, 5), mean="-1, 0.5", std="2 0.1")
    x = random(3, 2, 4, 5)
    expected = torch.stack([(x[:, 0] + 1) / 2, (x[:, 1] - 0.5) / 0.1], 1)
    torch.testing.assert_close(model(x)[0], expected)
    assert not list(model.parameters())
    assert not model.state_dict()


@pytest.mark.parametrize(
    ("block", "fields", "given", "words"),
    [
        ("standardize", {}, (image(1, 4, 4),), "numbers for 3 channels"),
        (
            "mask_of_class",
            {},
            (Kind((3, 4, 5, 6), tuple("TCHW")), Kind((2,), ("T",), "int")),
            "each of 3 boxes",
        ),
        ("paste_masks", {}, (Kind((3, 2, 5, 6), tuple("TCHW")), sequence(3, 4)), "a mask for each of 3"),
        ("pyramid_roi_align", {}, (*MAPS[:3], image(4, 8, 10), sequence(2, 4)), "equally many channels"),
        ("nms", {}, (sequence(5, 4), sequence(5, 2), Kind((5,), ("T",), "int")), "one score a box"),
        ("nms", {}, (sequence(5, 4), sequence(5, 1), Kind((4,), ("T",), "int")), "label for each of its 5"),
        ("box_decode", {}, (sequence(5, 4), sequence(5, 6)), "four for each class"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(
    block: str, fields: dict[str, Any], given: tuple[Any, ...], words: str
) -> None:
    with pytest.raises(ShapeError, match=words):
        registry().configure(block, fields).outputs_for(given)


@pytest.mark.parametrize("fields", [{"mean": "a"}, {"std": "1, 0, 1"}, {"mean": "1, 2"}, {"std": ""}])
def test_numbers_of_channels_are_read_strictly(fields: dict[str, str]) -> None:
    with pytest.raises(BadField):
        registry().configure("standardize", fields)
