"""DeepLabv3+: the count of segmentation_models_pytorch."""

from __future__ import annotations

from networks import network, output, published, refused, shape, wrong

# segmentation_models_pytorch 0.6, 21 classes, whose outputs were compared
test_counts = published(("deeplabv3plus_resnet50", 26_682_725))


def test_sizes() -> None:
    flow = network("deeplabv3plus_resnet50")
    assert shape(flow, "stage4") == (2048, 32, 32)  # a sixteenth
    assert output(flow) == (21, 512, 512)


test_what_cannot_be_is_refused = refused(
    wrong("deeplabv3plus_resnet50", "depth 50, 101, 152", depth=18),
    wrong("deeplabv3plus_resnet50", "rates such as", rates="a b"),
)
