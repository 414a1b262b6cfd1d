"""FCOS: the count of torchvision."""

from __future__ import annotations

from networks import network, outputs, published, refused, wrong

# torchvision fcos_resnet50_fpn with ordinary batch norms; outputs of its heads were compared
test_counts = published(("fcos_resnet50_fpn", 32_322_720))


def test_one_answer_for_every_place_of_five_maps() -> None:
    places = sum(side * side for side in (100, 50, 25, 13, 7))
    assert outputs(network("fcos_resnet50_fpn")) == {
        "scores": (places, 91),
        "distances": (places, 4),
        "centre": (places, 1),
    }


test_what_cannot_be_is_refused = refused(
    wrong("fcos_resnet50_fpn", "at least 64×64", (3, 32, 32)), wrong("fcos_resnet50_fpn", "1 to 16", layers=0)
)
