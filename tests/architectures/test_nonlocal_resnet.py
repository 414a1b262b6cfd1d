"""Non-local ResNets: counts, where the blocks stand, options that cannot be."""

from __future__ import annotations

from networks import network, refused, wrong

from explorer.architectures.gallery import find

RESNET50 = 25_557_032  # torchvision


def block(channels: int) -> int:
    """Three 1×1 convolutions to half the channels, one back, and a norm (equations 2 and 6)."""
    return 4 * channels * (channels // 2) + 3 * (channels // 2) + 3 * channels


def test_counts() -> None:
    one, five = (network(f"nonlocal_resnet50_{count}") for count in (1, 5))
    assert one.trainable == RESNET50 + block(1024)
    assert five.trainable == RESNET50 + 2 * block(512) + 3 * block(1024)


def test_places() -> None:
    parts = find("nonlocal_resnet50_1").build().groups["stage3"]
    assert [node for node in parts if "nonlocal" in node] == ["nonlocal5"]
    five = find("nonlocal_resnet50_5").build().groups
    assert [node for node in five["stage2"] if "nonlocal" in node] == ["nonlocal2", "nonlocal4"]
    assert [node for node in five["stage3"] if "nonlocal" in node] == ["nonlocal2", "nonlocal4", "nonlocal6"]


def test_without_any_it_is_a_resnet() -> None:
    assert network("nonlocal_resnet50_1", blocks=0).trainable == RESNET50
    assert network("nonlocal_resnet50_1", blocks=0, depth=101).trainable == 44_549_160  # torchvision
    ten = network("nonlocal_resnet50_1", blocks=10).trainable
    assert ten == RESNET50 + 4 * block(512) + 6 * block(1024)  # the paper's largest


test_what_cannot_be_is_refused = refused(
    wrong("nonlocal_resnet50_5", "0, 1, 5 or 10", blocks=2),
    wrong("nonlocal_resnet50_5", "depth of 50", depth=18),
    wrong("nonlocal_resnet50_5", "pairwise", pairwise="odd"),
)
