"""Networks for films: counts, how time shrinks, options that cannot be."""

from __future__ import annotations

import pytest
from nets import resolve

from explorer.architectures.architecture import OptionProblem
from explorer.architectures.gallery import find

# Trainable parameters and 10⁹ multiply-accumulates as torchvision lists them.
PUBLISHED = (
    ("r3d_18", 33_371_472, 40.70),
    ("mc3_18", 11_695_440, 43.34),
    ("r2plus1d_18", 31_505_325, 40.52),
)


@pytest.mark.parametrize(("id", "parameters", "billions"), PUBLISHED)
def test_counts(id: str, parameters: int, billions: float) -> None:
    flow = resolve(find(id).build())
    assert flow.trainable == parameters
    assert flow.macs / 1e9 == pytest.approx(billions, rel=0.005)


def test_c3d() -> None:
    flow = resolve(find("c3d").build())
    pairs = ((3, 64), (64, 128), (128, 256), (256, 256), (256, 512), (512, 512), (512, 512), (512, 512))
    convs = sum(27 * n * m + m for n, m in pairs)
    heads = 8192 * 4096 + 4096 + 4096 * 4096 + 4096 + 4096 * 487 + 487  # table 1 and figure 3 of the paper
    assert flow.trainable == convs + heads
    assert flow.macs / 1e9 == pytest.approx(38.6, rel=0.01)  # 38.5 with 101 classes, as is often cited


def test_time_stays_where_filters_are_flat() -> None:
    flat, deep = (resolve(find(id).build()).nodes["stage4"].outputs["y"] for id in ("mc3_18", "r3d_18"))
    assert flat is not None
    assert flat.shape == (512, 16, 7, 7)
    assert deep is not None
    assert deep.shape == (512, 2, 7, 7)


def test_deeper() -> None:
    assert round(resolve(find("r3d_18").build(depth=34)).trainable / 1e6, 1) == 63.7  # 63.5 without fc


def test_what_cannot_be_is_said() -> None:
    with pytest.raises(OptionProblem, match="18 or 34"):
        find("r3d_18").build(depth=50)
    with pytest.raises(OptionProblem, match="share from 0"):
        find("c3d").build(drop=1.0)
    with pytest.raises(OptionProblem, match="channels wide"):
        find("c3d").build(width=0)
