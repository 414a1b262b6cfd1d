"""Detection parts against brute force, written out box by box."""

import math
from itertools import product
from typing import Any

import pytest
import torch
from samples import build
from torch import Tensor

from explorer.blocks.registry import registry
from explorer.engine.modules.boxes import overlap
from explorer.graph.catalogue import BadField, ShapeError
from explorer.graph.tensor import image, sequence

torch.set_num_threads(1)


def values(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed + sum(shape)))


def some_boxes(count: int, size: float = 60.0, seed: int = 0) -> Tensor:
    """Boxes (2, count, 4) of all sizes on and a little beyond a picture."""
    g = torch.Generator().manual_seed(seed)
    start = torch.rand(2, count, 2, generator=g) * size - size / 10
    return torch.cat([start, start + torch.rand(2, count, 2, generator=g) * size / 1.5], -1)


# anchors


@pytest.mark.block("anchor_generator")
@pytest.mark.parametrize("offset", [0.0, 0.5])
def test_anchors_stand_on_every_place(offset: float) -> None:
    model = build(
        "anchor_generator",
        image(4, 2, 3),
        sizes=(32, 64),
        ratios="0.5, 1, 2",
        stride=16,
        offset=offset,
        rounded=False,
    )
    boxes = model(values(2, 4, 2, 3))[0]
    assert boxes.shape == (2, 2 * 3 * 6, 4)
    assert torch.equal(boxes[0], boxes[1])
    places = product(range(2), range(3), (0.5, 1.0, 2.0), (32, 64))
    for number, (i, j, ratio, size) in enumerate(places):
        x1, y1, x2, y2 = boxes[0, number].tolist()
        assert ((x1 + x2) / 2, (y1 + y2) / 2) == pytest.approx(((j + offset) * 16, (i + offset) * 16))
        assert (y2 - y1) / (x2 - x1) == pytest.approx(ratio)
        assert (y2 - y1) * (x2 - x1) == pytest.approx(size**2, rel=1e-4)


@pytest.mark.block("anchor_generator")
def test_anchors_of_torchvision() -> None:
    """The three shapes of size 32 in torchvision's AnchorGenerator, rounded to whole pixels."""
    model = build("anchor_generator", image(1, 1, 2), sizes=(32,), stride=8)
    expected = [[-23, -11, 23, 11], [-16, -16, 16, 16], [-11, -23, 11, 23]]
    assert model(torch.zeros(1, 1, 1, 2))[0][0, :3].tolist() == expected
    assert model(torch.zeros(1, 1, 1, 2))[0][0, 4].tolist() == [-8, -16, 24, 16]


@pytest.mark.block("default_boxes")
def test_default_boxes_of_one_map() -> None:
    model = build("default_boxes", image(1, 2, 2), size=60.0, next_size=111.0, ratios="2, 3", image=100)
    boxes = model(torch.zeros(1, 1, 2, 2))[0][0].reshape(2, 2, 6, 4)
    between = math.sqrt(60 * 111)
    sides = [(60, 60), (between, between)]
    for ratio in (2, 3):
        wide, low = 60 * math.sqrt(ratio), 60 / math.sqrt(ratio)
        sides += [(min(wide, 100), low), (low, min(wide, 100))]
    for i, j in product(range(2), range(2)):
        for number, (w, h) in enumerate(sides):
            x, y = 25 + 50 * j, 25 + 50 * i
            expected = [x - w / 2, y - h / 2, x + w / 2, y + h / 2]
            assert boxes[i, j, number].tolist() == pytest.approx(expected, rel=1e-5)


@pytest.mark.block("anchor_rows")
def test_rows_stand_in_the_order_of_the_anchors() -> None:
    x = values(2, 3 * 4, 2, 5)
    rows = build("anchor_rows", image(12, 2, 5), numbers=4)(x)[0]
    for i, j, a in product(range(2), range(5), range(3)):
        assert torch.equal(rows[:, (i * 5 + j) * 3 + a], x[:, 4 * a : 4 * a + 4, i, j])


@pytest.mark.block("box_decode")
def test_offsets_move_and_stretch_anchors() -> None:
    boxes = sequence(3, 4)
    anchors = torch.tensor([[[0.0, 0.0, 10.0, 20.0], [5.0, 5.0, 15.0, 25.0], [0.0, 0.0, 8.0, 8.0]]])
    offsets = torch.tensor([[[0.0, 0.0, 0.0, 0.0], [1.0, -0.5, math.log(2), 0.0], [0.0, 0.0, 50.0, 0.0]]])
    y = build("box_decode", boxes, boxes)(anchors, offsets)[0][0]
    assert y[0].tolist() == [0, 0, 10, 20]
    assert y[1].tolist() == pytest.approx([10, -5, 30, 15])
    assert (y[2, 2] - y[2, 0]).item() == pytest.approx(8 * 1000 / 16, rel=1e-4)
    scaled = build("box_decode", boxes, boxes, centre=10.0, size=5.0)
    times = torch.tensor([10.0, 10.0, 5.0, 5.0])
    torch.testing.assert_close(
        scaled(anchors, offsets[:, :2].repeat(1, 2, 1)[:, :3] * times)[0][0, :2], y[:2]
    )
    cut = build("box_decode", boxes, boxes, picture=(12, 18))(anchors, offsets)[0][0]
    assert cut[1].tolist() == pytest.approx([10, 0, 18, 12])


# regions


def round_c(x: float) -> int:
    return int(math.floor(abs(x) + 0.5) * math.copysign(1, x))


@pytest.mark.block("roi_pool")
@pytest.mark.parametrize("scale", [0.125, 0.2, 1.0])
@pytest.mark.parametrize("size", [(2, 3), (7, 7), (1, 1)])
def test_roi_pool_equals_loops(scale: float, size: tuple[int, int]) -> None:
    x, boxes = values(2, 3, 9, 11), some_boxes(12)
    boxes[0, 0] = torch.tensor([200.0, 200.0, 300.0, 300.0])  # nothing of it on the map
    y = build("roi_pool", image(3, 9, 11), sequence(12, 4), size=size, scale=scale)(x, boxes)[0]
    expected = torch.zeros(2, 12, 3, *size)
    for n, k in product(range(2), range(12)):
        left, top, right, bottom = (round_c(v * scale) for v in boxes[n, k].tolist())
        height, width = max(bottom - top + 1, 1), max(right - left + 1, 1)
        for a, b in product(range(size[0]), range(size[1])):
            y0, y1 = math.floor(a * height / size[0]) + top, math.ceil((a + 1) * height / size[0]) + top
            x0, x1 = math.floor(b * width / size[1]) + left, math.ceil((b + 1) * width / size[1]) + left
            y0, y1, x0, x1 = (min(max(v, 0), m) for v, m in ((y0, 9), (y1, 9), (x0, 11), (x1, 11)))
            if y1 > y0 and x1 > x0:
                expected[n, k, :, a, b] = x[n, :, y0:y1, x0:x1].amax((1, 2))
    torch.testing.assert_close(y, expected)


@pytest.mark.block("roi_pool")
def test_roi_pool_passes_the_gradient_to_the_largest() -> None:
    x = values(1, 1, 6, 6).requires_grad_()
    boxes = torch.tensor([[[0.0, 0.0, 5.0, 5.0]]])
    model = build("roi_pool", image(1, 6, 6), sequence(1, 4), size=2, scale=1.0)
    model(x, boxes)[0].sum().backward()
    assert x.grad is not None
    expected = torch.zeros(6, 6)
    for a, b in product((0, 3), (0, 3)):
        place = int(x[0, 0, a : a + 3, b : b + 3].argmax())
        expected[a + place // 3, b + place % 3] = 1
    assert torch.equal(x.grad[0, 0], expected)


def bilinear(x: Tensor, at_y: float, at_x: float) -> Tensor:
    """Value of maps (C, H, W) at a point, by torchvision's rules."""
    height, width = x.shape[1:]
    if not -1 <= at_y <= height or not -1 <= at_x <= width:
        return torch.zeros(x.shape[0])
    at_y, at_x = (min(max(v, 0.0), n - 1) for v, n in ((at_y, height), (at_x, width)))
    i, j = int(at_y), int(at_x)
    i2, j2 = min(i + 1, height - 1), min(j + 1, width - 1)
    p, q = at_y - i, at_x - j
    top = (1 - q) * x[:, i, j] + q * x[:, i, j2]
    return (1 - p) * top + p * ((1 - q) * x[:, i2, j] + q * x[:, i2, j2])


@pytest.mark.block("roi_align")
@pytest.mark.parametrize("aligned", [False, True])
@pytest.mark.parametrize(
    ("size", "samples", "scale"), [((2, 3), 2, 0.2), ((3, 3), 1, 0.125), ((1, 2), 3, 0.5)]
)
def test_roi_align_equals_loops(aligned: bool, size: tuple[int, int], samples: int, scale: float) -> None:
    x, boxes = values(2, 2, 7, 9), some_boxes(5)
    model = build(
        "roi_align", image(2, 7, 9), sequence(5, 4), size=size, samples=samples, scale=scale, aligned=aligned
    )
    expected = torch.zeros(2, 5, 2, *size)
    for n, k in product(range(2), range(5)):
        x1, y1, x2, y2 = (boxes[n, k] * scale - 0.5 * aligned).tolist()
        height, width = y2 - y1, x2 - x1
        if not aligned:
            height, width = max(height, 1.0), max(width, 1.0)
        for a, b in product(range(size[0]), range(size[1])):
            points = [
                bilinear(
                    x[n],
                    y1 + (a + (s + 0.5) / samples) * height / size[0],
                    x1 + (b + (t + 0.5) / samples) * width / size[1],
                )
                for s, t in product(range(samples), range(samples))
            ]
            expected[n, k, :, a, b] = torch.stack(points).mean(0)
    torch.testing.assert_close(model(x, boxes)[0], expected)


@pytest.mark.block("roi_align")
def test_roi_align_moves_smoothly_where_roi_pool_jumps() -> None:
    ramp = torch.arange(12.0).expand(1, 1, 12, 12).contiguous()
    x, box = image(1, 12, 12), sequence(1, 4)
    align = build("roi_align", x, box, size=1, scale=1.0, aligned=True)
    pool = build("roi_pool", x, box, size=1, scale=1.0)
    boxes = [torch.tensor([[[2.0 + s, 2.0, 6.0 + s, 6.0]]]) for s in (0.0, 0.2, 0.4)]
    read = [align(ramp, b)[0].item() for b in boxes]
    assert read == pytest.approx([read[0], read[0] + 0.2, read[0] + 0.4])
    assert len({pool(ramp, b)[0].item() for b in boxes}) == 1
    moved = boxes[0].clone().requires_grad_()
    align(ramp, moved)[0].sum().backward()
    assert moved.grad is not None
    assert moved.grad[0, 0, [0, 2]].tolist() == pytest.approx([0.5, 0.5])


# suppression


def iou(a: list[float], b: list[float]) -> float:
    shared = max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    return shared / (sum(areas) - shared)


def slow_nms(
    boxes: list[list[float]], scores: list[list[float]], limit: float, threshold: float, first: int
) -> list[tuple[float, int, list[float]]]:
    rows = sorted(
        (
            (score, kind, box)
            for box, row in zip(boxes, scores, strict=True)
            for kind, score in enumerate(row)
            if kind >= first and score > threshold
        ),
        reverse=True,
    )
    kept: list[tuple[float, int, list[float]]] = []
    for score, kind, box in rows:
        if all(kind != other or iou(box, chosen) <= limit for _, other, chosen in kept):
            kept.append((score, kind, box))
    return kept


@pytest.mark.block("nms")
@pytest.mark.parametrize("limit", [0.0, 0.3, 0.7, 1.0])
@pytest.mark.parametrize(("classes", "background"), [(1, False), (3, False), (3, True)])
@pytest.mark.parametrize("few", [True, False])
def test_nms_equals_brute_force(limit: float, classes: int, background: bool, few: bool) -> None:
    boxes = some_boxes(30, seed=3)
    scores = torch.rand(2, 30, classes, generator=torch.Generator().manual_seed(5))
    model = build(
        "nms",
        sequence(30, 4),
        sequence(30, classes),
        keep=60,
        overlap=limit,
        threshold=0.2,
        background=background,
    ).train(not few)
    model.only.few = 1000 if few else 0  # type: ignore[assignment]
    kept, values, kinds = model(boxes, scores)
    for n in range(2):
        expected = slow_nms(boxes[n].tolist(), scores[n].tolist(), limit, 0.2, int(background))[:60]
        count = len(expected)
        assert values[n, :count].tolist() == [score for score, _, _ in expected]
        assert kinds[n, :count].tolist() == [kind for _, kind, _ in expected]
        assert kept[n, :count].tolist() == [box for _, _, box in expected]
        assert values[n, count:].eq(0).all()
        assert kinds[n, count:].eq(-1).all()
        assert kept[n, count:].eq(0).all()


@pytest.mark.block("nms")
def test_only_the_best_candidates_are_looked_at() -> None:
    boxes = some_boxes(20, seed=1)
    scores = torch.rand(2, 20, 1, generator=torch.Generator().manual_seed(1))
    given = sequence(20, 4), sequence(20, 1)
    all_of_them = build("nms", *given, keep=5, overlap=1.0)(boxes, scores)
    for one, other in zip(
        build("nms", *given, keep=5, overlap=1.0, candidates=5)(boxes, scores), all_of_them, strict=True
    ):
        assert torch.equal(one, other)
    assert build("nms", *given, keep=5, overlap=1.0, candidates=2)(boxes, scores)[1][:, 2:].eq(0).all()


@pytest.mark.block("nms")
def test_what_was_kept_gets_the_gradient() -> None:
    boxes, scores = some_boxes(6).requires_grad_(), torch.rand(2, 6, 1).add(0.1).requires_grad_()
    kept, values, _ = build("nms", sequence(6, 4), sequence(6, 1), keep=1)(boxes, scores)
    (kept.sum() + values.sum()).backward()
    assert boxes.grad is not None
    assert scores.grad is not None
    best = scores[..., 0].argmax(1)
    assert torch.equal(scores.grad[..., 0], torch.nn.functional.one_hot(best, 6).float())
    assert torch.equal(boxes.grad[..., 0], scores.grad[..., 0])


@pytest.mark.block("nms")
def test_overlap_is_intersection_over_union() -> None:
    boxes = some_boxes(10)
    found = overlap(boxes[:, :1], boxes)
    for n, k in product(range(2), range(10)):
        assert found[n, k].item() == pytest.approx(iou(boxes[n, 0].tolist(), boxes[n, k].tolist()), abs=1e-6)


# heads


@pytest.mark.block("rpn_head")
@pytest.mark.parametrize(("scores", "each"), [("one", 1), ("two", 2)])
def test_rpn_head_of_faster_rcnn(scores: str, each: int) -> None:
    with torch.device("meta"):
        model = build("rpn_head", image(512, 37, 50), scores=scores)
    assert [t.shape if t else () for t in model.sample.outputs] == [(9 * each, 37, 50), (36, 37, 50)]
    assert model.sample.parameters == 9 * 512 * 512 + 512 + (each + 4) * (9 * 512 + 9)


@pytest.mark.block("region_proposals", "rpn_head", "box_decode", "anchor_rows")
def test_region_proposals_are_the_parts_put_together() -> None:
    torch.manual_seed(0)
    model = build(
        "region_proposals", image(3, 4, 5), sizes=(16, 32), ratios="1", stride=8, keep=6, overlap=0.5
    )
    parts: Any = model.level.parts
    x = values(2, 3, 4, 5)
    boxes, scores, logits, offsets = model(x)
    head = parts["head"].parts
    z = head["conv"](x).relu()
    said, moved = head["score"](z), head["offset"](z)
    assert logits.shape == (2, 40, 1)
    for i, j, a in product(range(4), range(5), range(2)):
        row = (i * 5 + j) * 2 + a
        torch.testing.assert_close(logits[:, row, 0], said[:, a, i, j])
        torch.testing.assert_close(offsets[:, row], moved[:, 4 * a : 4 * a + 4, i, j])
    decoded = parts["decode"](parts["anchors"](x), offsets)
    assert (decoded >= 0).all()
    assert (decoded[..., 0::2] <= 40).all()
    assert (decoded[..., 1::2] <= 32).all()
    for n in range(2):
        kept = slow_nms(decoded[n].tolist(), logits[n].sigmoid().tolist(), 0.5, 0.0, 0)[:6]
        assert scores[n, : len(kept)].tolist() == pytest.approx([score for score, _, _ in kept])
        assert boxes[n, : len(kept)].tolist() == [pytest.approx(box) for _, _, box in kept]


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


@pytest.mark.block("yolo_decode", "yolo_head")
@pytest.mark.parametrize("form", ["v2", "v3"])
def test_yolo_decodes_anchors(form: str) -> None:
    x = values(1, 2 * 8, 2, 3)
    model = build(
        "yolo_head", image(16, 2, 3), form=form, classes=3, anchors="1.5x2 3x4", stride=16, project=False
    )
    boxes, scores = model(x)
    unit = 16 if form == "v2" else 1
    places = product(range(2), range(3), enumerate([(1.5, 2.0), (3.0, 4.0)]))
    for number, (i, j, (a, (pw, ph))) in enumerate(places):
        tx, ty, tw, th, sure, *kinds = x[0, 8 * a : 8 * a + 8, i, j].tolist()
        cx, cy = (sigmoid(tx) + j) * 16, (sigmoid(ty) + i) * 16
        w, h = pw * math.exp(tw) * unit, ph * math.exp(th) * unit
        expected = [cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2]
        assert boxes[0, number].tolist() == pytest.approx(expected, rel=1e-4, abs=1e-4)
        total = sum(map(math.exp, kinds))
        each = [math.exp(k) / total if form == "v2" else sigmoid(k) for k in kinds]
        assert scores[0, number].tolist() == pytest.approx([sigmoid(sure) * k for k in each], rel=1e-4)


@pytest.mark.block("yolo_decode", "yolo_head")
def test_yolo_v1_decodes_its_cells() -> None:
    x = torch.rand(1, 30, 7, 7, generator=torch.Generator().manual_seed(0))
    model = build(
        "yolo_head", image(30, 7, 7), form="v1", classes=20, anchors="1x1 1x1", stride=64, project=False
    )
    boxes, scores = model(x)
    assert boxes.shape == (1, 7 * 7 * 2, 4)
    for i, j, b in product(range(7), range(7), range(2)):
        px, py, sw, sh, sure = x[0, 5 * b : 5 * b + 5, i, j].tolist()
        w, h = sw**2 * 448, sh**2 * 448
        cx, cy = (j + px) * 64, (i + py) * 64
        row = (i * 7 + j) * 2 + b
        expected = [cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2]
        assert boxes[0, row].tolist() == pytest.approx(expected, rel=1e-4, abs=1e-3)
        torch.testing.assert_close(scores[0, row], sure * x[0, 10:, i, j])


@pytest.mark.block("yolo_head")
@pytest.mark.parametrize(
    ("form", "anchors", "classes", "channels"),
    [("v1", "1x1 1x1", 20, 30), ("v2", "1x1 " * 5, 20, 125), ("v3", "10x13 16x30 33x23", 80, 255)],
)
def test_yolo_heads_have_the_published_channels(form: str, anchors: str, classes: int, channels: int) -> None:
    with torch.device("meta"):
        model = build("yolo_head", image(64, 13, 13), form=form, anchors=anchors, classes=classes)
    assert model.sample.parameters == (64 + 1) * channels


@pytest.mark.block("yolo_head")
def test_a_yolo_head_projects_first() -> None:
    torch.manual_seed(0)
    model = build("yolo_head", image(4, 2, 2), anchors="10x13", classes=2)
    plain = build("yolo_decode", image(7, 2, 2), anchors="10x13", classes=2)
    x = values(2, 4, 2, 2)
    projected = model.level.parts["project"](x)
    for one, other in zip(model(x), plain(projected), strict=True):
        torch.testing.assert_close(one, other)


MAPS = [(512, 38), (1024, 19), (512, 10), (256, 5), (256, 3), (256, 1)]


@pytest.mark.block("ssd_head", "default_boxes")
def test_ssd300_has_8732_boxes() -> None:
    with torch.device("meta"):
        model = build("ssd_head", *(image(c, n, n) for c, n in MAPS), None)
    scores, offsets, boxes = model.sample.outputs
    assert scores == sequence(8_732, 21)
    assert offsets == boxes == sequence(8_732, 4)
    each = (4, 6, 6, 6, 4, 4)
    assert model.sample.parameters == sum(
        (9 * c + 1) * a * (21 + 4) for (c, _), a in zip(MAPS, each, strict=True)
    )
    parts: Any = model.sample.inner
    sides = [parts.nodes[f"boxes{n}"].block.size for n in range(1, 7)]
    assert sides == pytest.approx([30, 60, 111, 162, 213, 264])  # Liu's prototxt for SSD300
    assert parts.nodes["boxes6"].block.next_size == pytest.approx(315)


@pytest.mark.block("ssd_head")
@pytest.mark.parametrize("train", [True, False])
def test_ssd_rows_belong_to_their_boxes(train: bool) -> None:
    torch.manual_seed(0)
    given = [image(3, 4, 4), image(2, 2, 2)]
    model = build("ssd_head", *given, *[None] * 5, classes=3, picture=64, ratios="2; 2 3").train(train)
    parts: Any = model.level.parts
    xs = [values(2, *t.shape) for t in given]
    scores, offsets, boxes = model(*xs, *[None] * 5)
    start = 0
    for number, (x, each) in enumerate(zip(xs, (4, 6), strict=True), 1):
        said, moved = parts[f"score{number}"](x), parts[f"offset{number}"](x)
        default = parts[f"boxes{number}"](x)
        for i, j, a in product(range(x.shape[2]), range(x.shape[3]), range(each)):
            row = (i * x.shape[3] + j) * each + a
            torch.testing.assert_close(scores[:, start + row], said[:, 3 * a : 3 * a + 3, i, j])
            torch.testing.assert_close(offsets[:, start + row], moved[:, 4 * a : 4 * a + 4, i, j])
            anchor, move = default[:, row], moved[:, 4 * a : 4 * a + 4, i, j]
            sides = anchor[:, 2:] - anchor[:, :2]
            middle = (anchor[:, 2:] + anchor[:, :2]) / 2 + move[:, :2] / 10 * sides
            half = sides * torch.exp(move[:, 2:] / 5) / 2
            torch.testing.assert_close(boxes[:, start + row], torch.cat([middle - half, middle + half], 1))
        start += x.shape[2] * x.shape[3] * each
    assert start == scores.shape[1]


SHOWN: dict[str, tuple[tuple[Any, ...], dict[str, Any], bool]] = {
    "anchor_generator": ((image(3, 4, 4),), {}, False),
    "default_boxes": ((image(3, 4, 4),), {}, False),
    "box_decode": ((sequence(5, 4), sequence(5, 4)), {}, False),
    "nms": ((sequence(5, 4), sequence(5, 2)), {"keep": 3}, True),
    "yolo_decode": ((image(7, 2, 2),), {"anchors": "10x13", "classes": 2}, True),
    "roi_pool": ((image(3, 4, 4), sequence(5, 4)), {}, False),
    "roi_align": ((image(3, 4, 4), sequence(5, 4)), {}, False),
    "pyramid_roi_align": ((*(image(3, n, n) for n in (16, 8, 4, 2)), sequence(5, 4)), {}, False),
}


@pytest.mark.block(*SHOWN)
@pytest.mark.parametrize("block", SHOWN)
def test_boxes_are_shown(block: str) -> None:
    given, fields, scored = SHOWN[block]
    model = build(block, *given, **fields)
    inputs = [values(2, *t.shape).abs() for t in given]
    plain = model(*inputs)
    seen: dict[str, Tensor] = {}
    model.only.probe = seen.update  # type: ignore[assignment]
    for one, other in zip(model(*inputs), plain, strict=True):
        assert torch.equal(one, other)
    assert seen["boxes"].shape[0] == 2
    assert seen["boxes"].shape[2] == 4
    assert ("scores" in seen) == scored
    if scored:
        assert seen["scores"].shape == seen["boxes"].shape[:2]


REFUSED: list[tuple[str, dict[str, Any], tuple[Any, ...], str]] = [
    ("roi_pool", {}, (image(3, 4, 4), sequence(5, 3)), "needs boxes T × D 4"),
    ("nms", {}, (sequence(5, 4), sequence(6, 2)), "scores for each of its 5 boxes"),
    ("nms", {"background": True}, (sequence(5, 4), sequence(5, 1)), "leaves class 0 out"),
    ("box_decode", {}, (sequence(5, 4), sequence(6, 4)), "offsets for each of its 5 anchors"),
    ("yolo_decode", {"classes": 20}, (image(70, 4, 4),), "reads 75 channels, for 3 boxes and 20 classes"),
    ("anchor_rows", {"numbers": 5}, (image(12, 2, 2),), "does not divide the 12 channels"),
    ("anchor_generator", {}, (image(1, 1000, 1000),), "would put 9,000,000 boxes"),
]


@pytest.mark.parametrize(("block", "fields", "given", "words"), REFUSED)
def test_what_does_not_fit_is_refused_in_words(
    block: str, fields: dict[str, Any], given: tuple[Any, ...], words: str
) -> None:
    with pytest.raises(ShapeError, match=words):
        registry().configure(block, fields).outputs_for(given)


@pytest.mark.parametrize(
    ("block", "fields"),
    [
        ("anchor_generator", {"ratios": "1, two"}),
        ("anchor_generator", {"ratios": ""}),
        ("yolo_head", {"anchors": "10 13"}),
        ("yolo_decode", {"anchors": "10x13x2"}),
        ("ssd_head", {"ratios": "2;;3"}),
        ("default_boxes", {"ratios": "0"}),
    ],
)
def test_numbers_in_words_are_read_strictly(block: str, fields: dict[str, Any]) -> None:
    with pytest.raises(BadField):
        registry().configure(block, fields)
