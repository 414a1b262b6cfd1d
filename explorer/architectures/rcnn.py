"""R-CNN: regions first, then what they hold. Girshick, Donahue, Darrell & Malik 2013, arXiv:1311.2524."""

from __future__ import annotations

from functools import partial

from explorer.architectures.architecture import architecture
from explorer.graph.builder import Builder, Wire
from explorer.graph.model import FieldValue
from explorer.graph.tensor import Tensor

CATEGORY = "1.2.2 region based"
VGG = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))


def _check(classes: int, regions: int) -> None:
    if classes < 2:
        raise ValueError(f"has 2 or more classes, the background among them, not {classes}.")
    if not 1 <= regions <= 1000:
        raise ValueError(f"looks at 1 to 1,000 regions, such as 128, not {regions}.")


def _vgg(g: Builder, x: Wire) -> Wire:
    """Put the stages of VGG-16 into groups; the last one has no pool."""

    def stage(g: Builder, x: Wire, number: int, filters: int, count: int) -> Wire:
        if number > 1:
            x = g.add("max_pool", x, name="pool", kernel=2)
        for place in range(1, count + 1):
            x = g.add("conv2d", x, name=f"conv{place}", filters=filters, kernel=3, padding=1)
            x = g.add("relu", x, name=f"relu{place}")
        return x

    for number, (filters, count) in enumerate(VGG, 1):
        (x,) = g.group(f"stage{number}", partial(stage, number=number, filters=filters, count=count), x)
    return x


def _regions(g: Builder, x: Wire, boxes: Wire, classes: int) -> tuple[Wire, ...]:
    """Pool each region, two linear layers, and what it is and how its box should move."""
    x = g.add("roi_pool", x, boxes, name="roi", size=7, scale=1 / 16)
    x = g.add("time_distributed", x, name="flatten", inner="flatten")
    for number in (6, 7):
        x = g.add("linear", x, name=f"fc{number}", features=4096)
        x = g.add("relu", x, name=f"relu{number}")
        x = g.add("dropout", x, name=f"drop{number}", p=0.5)
    scores = g.add("linear", x, name="class_scores", features=classes)
    return scores, g.add("linear", x, name="box_offsets", features=4 * classes)


@architecture(
    "rcnn_2014",
    title="R-CNN",
    category=CATEGORY,
    year=2014,
    source="Girshick, Donahue, Darrell & Malik 2013, arXiv:1311.2524",
    input=(16, 3, 227, 227),
    axes="TCHW",
    classes=21,
    parameters=57_691_621,
    task="detection",
)
def rcnn_2014(g: Builder, input: Tensor, classes: int, *, width: int = 96, hidden: int = 4096) -> None:
    """Cuts some 2,000 promising regions out of a picture, brings each to 227×227 and asks a CNN about it.
    Linear support vector machines score what the CNN found, and a linear map corrects the box.

    What enters are the regions, already cut out and resized.

    Contribution: features of a CNN for detection, trained on classification first.
    Figures: an outline only: proposals, CNN, support vector machines.
    Form: schematic: selective search, which proposes regions, and the non-maximum suppression that
        follows are no layers and are left out; the machines are linear layers here, where the paper trains
        them apart. The CNN is AlexNet with its two groups; boxes are corrected from the fifth pool, as
        published.
    Strengths: a third better than what was known on VOC.
    Gaps: the CNN runs anew for each region, some 47 seconds per picture with VGG-16; three separate
    trainings.
    """
    _check(classes, input.shape[0])
    if not 8 <= width <= 512 or width % 6 or not 1 <= hidden <= 65_536:
        raise ValueError(f"is 8 to 512 channels wide, a multiple of 6 such as 96, not {width}.")

    def conv(g: Builder, x: Wire, number: int, filters: int, **fields: FieldValue) -> Wire:
        given = {"filters": filters, **fields}
        inner = "conv2d(" + ", ".join(f"{name}={value}" for name, value in given.items()) + ")"
        x = g.add("time_distributed", x, name=f"conv{number}", inner=inner)
        return g.add("relu", x, name=f"relu{number}")

    def pool(g: Builder, x: Wire, number: int) -> Wire:
        x = g.add("time_distributed", x, name=f"pool{number}", inner="max_pool(kernel=3, stride=2)")
        if number == 5:
            return x
        return g.add("time_distributed", x, name=f"norm{number}", inner="local_response_norm(k=1.0)")

    def features(g: Builder, x: Wire) -> Wire:
        wide = width * 8 // 3
        x = pool(g, conv(g, x, 1, width, kernel=11, stride=4), 1)
        x = pool(g, conv(g, x, 2, wide, kernel=5, padding=2, groups=2), 2)
        x = conv(g, x, 3, 4 * width, kernel=3, padding=1)
        x = conv(g, x, 4, 4 * width, kernel=3, padding=1, groups=2)
        x = pool(g, conv(g, x, 5, wide, kernel=3, padding=1, groups=2), 5)
        return g.add("time_distributed", x, name="flatten", inner="flatten")

    def machines(g: Builder, x: Wire) -> Wire:
        for number in (6, 7):
            x = g.add("linear", x, name=f"fc{number}", features=hidden)
            x = g.add("relu", x, name=f"relu{number}")
        return g.add("linear", x, name="machines", features=classes)

    x = g.input("regions", input)
    (x,) = g.group("features", features, x)
    (scores,) = g.group("classifier", machines, x)
    boxes = g.add("linear", x, name="box_offsets", features=4 * (classes - 1))
    g.output("class_scores", scores)
    g.output("offsets", boxes)


@architecture(
    "fast_rcnn_vgg16",
    title="Fast R-CNN",
    category=CATEGORY,
    year=2015,
    source="Girshick 2015, arXiv:1504.08083",
    input=(3, 600, 800),
    classes=21,
    parameters=134_690_729,
    task="detection",
)
def fast_rcnn_vgg16(g: Builder, input: Tensor, classes: int, *, regions: int = 128) -> None:
    """Runs the convolutions once for a picture and cuts the regions out of the last map.
    Pooling gives all of them one size, and two linear layers say what each holds and how to move its box.

    The regions come from outside, as boxes in pixels of the picture.

    Contribution: RoI pooling, and one training for classes and boxes together.
    Figures: 21 scores and 84 numbers for boxes for each region; maps at 1/16 of the picture.
    Form: exact: VGG-16, RoI pool of 7×7, dropout after fc6 and fc7; selective search is left out.
    Strengths: over a hundred times faster at inference than R-CNN with VGG-16.
    Gaps: proposals are made elsewhere and take longer than the network.
    """
    _check(classes, regions)
    x = g.input("picture", input)
    boxes = g.input("boxes", Tensor((regions, 4), ("T", "D")))
    scores, moves = g.group("regions", partial(_regions, classes=classes), _vgg(g, x), boxes)
    g.output("class_scores", scores)
    g.output("offsets", moves)


@architecture(
    "faster_rcnn_vgg16",
    title="Faster R-CNN",
    category=CATEGORY,
    year=2015,
    source="Ren, He, Girshick & Sun 2015, arXiv:1506.01497",
    input=(3, 600, 800),
    classes=21,
    parameters=137_078_239,
    task="detection",
)
def faster_rcnn_vgg16(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    regions: int = 300,
    overlap: float = 0.7,
    proposals: bool = False,
) -> None:
    """Finds its regions itself: a small network slides over the last map and tells where an object could be.
    The same map then serves to say what the best of these regions hold.

    With `proposals` the boxes of these regions leave too.

    Contribution: the region proposal network, with boxes counted from nine anchors at each place.
    Figures: 21 scores and 84 numbers for boxes for each region; 18 and 36 channels on maps of 37×50.
    Form: exact: VGG-16, 512 channels in the proposal network, 2·9 scores and 4·9 offsets, 300 regions.
    Strengths: proposals for the price of some convolutions; five pictures a second.
    Gaps: two stages; one map only, so that small objects are hard.
    """
    _check(classes, regions)

    def propose(g: Builder, x: Wire, picture: Wire) -> tuple[Wire, ...]:
        scores, offsets = g.add_all("rpn_head", x, name="head", filters=512, anchors=9, scores="two")
        sure = g.add("anchor_rows", scores, name="score_rows", numbers=2)
        sure = g.add("softmax", sure, name="softmax")
        sure = g.add("slice", sure, name="thing", axis="D", start=1, stop=2)
        moves = g.add("anchor_rows", offsets, name="offset_rows", numbers=4)
        anchors = g.add("anchor_generator", x, name="anchors")
        boxes = g.add("box_decode", anchors, moves, picture, name="decode")
        best = g.add_all(
            "nms", boxes, sure, name="best", keep=regions, overlap=overlap, threshold=0.0, candidates=6000
        )
        return best[0], scores, offsets

    picture = g.input("picture", input)
    x = _vgg(g, picture)
    boxes, rpn_scores, rpn_offsets = g.group("proposals", propose, x, picture)
    scores, moves = g.group("regions", partial(_regions, classes=classes), x, boxes)
    g.output("class_scores", scores)
    g.output("offsets", moves)
    g.output("rpn_scores", rpn_scores)
    g.output("rpn_offsets", rpn_offsets)
    if proposals:
        g.output("boxes", boxes)
