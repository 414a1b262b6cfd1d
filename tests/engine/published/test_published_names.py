"""Maps of names send every tensor that is published to the place where outputs were seen to agree.

The lists under `names/` were written by `tools/published_names.py`, which runs the published code beside the
design on the same weights and writes a list only where both answer alike.
"""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Any

import pytest
import torch
from nets import resolve

from explorer.architectures.gallery import find
from explorer.engine.compile import compile_flow
from explorer.engine.published.matching import Match, best, sides
from explorer.engine.published.names import TABLES
from explorer.engine.published.names.table import Row, matches

LISTS = sorted((Path(__file__).parent / "names").glob("*.json.gz"))
META = torch.device("meta")


def matched(design: str, theirs: dict[str, list[int]], **options: Any) -> tuple[Match, dict[str, Any]]:
    flow = resolve(find(design).build(**options))
    with META:  # draws no weights
        module = compile_flow(flow, design, META).module
    own = module.state_dict()
    state = {key: torch.empty(shape, device=META) for key, shape in theirs.items()}
    learnt = [key for key, _ in module.named_parameters()]
    return best(sides(own, state, learnt, flow)), own


def listed(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
    return found


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.name.removesuffix(".json.gz"))
def test_every_published_tensor_goes_where_it_belongs(path: Path) -> None:
    known = listed(path)
    rows = sorted(known["theirs"].items())  # as a safetensors file keeps them
    random.Random(path.name).shuffle(rows)
    match, own = matched(known["design"], dict(rows))
    report = match.report
    assert report.fits
    assert (report.missing, report.differing) == ((), ())
    assert report.how == known["how"]
    assert {key: [s.key, s.part, s.parts] for key, s in match.sources.items()} == known["ours"]
    uses = [(source.key, source.part) for source in match.sources.values()]
    assert len(uses) == len(set(uses))
    assert set(match.sources) >= {key for key in own if not key.endswith("num_batches_tracked")}


def test_every_map_has_a_list() -> None:
    used = {listed(path)["how"] for path in LISTS}
    # GoogLeNet's 5×5 convolutions are 3×3 in the published code and MobileNet's ReLU is ReLU6: no design of
    # ours runs their weights as it stands; Lite0's weights ship, and `test_efficientnet_lite.py` runs them
    assert {f"the names of {table.title}" for table in TABLES} - used == {
        "the names of GoogLeNet (torchvision)",
        "the names of EfficientNet-Lite (efficientnet_lite_pytorch)",
        "the names of MobileNet (timm)",
        "the names of MobileNetV3 (timm)",
    }


def test_lists_are_small() -> None:
    assert len(LISTS) >= 20
    assert sum(path.stat().st_size for path in LISTS) < 300_000


def test_old_names_of_dense_networks() -> None:
    known = listed(next(path for path in LISTS if "densenet" in path.name))
    old = {_old(key): shape for key, shape in known["theirs"].items()}
    assert "features.denseblock1.denselayer1.norm.1.weight" in old
    match, _ = matched("densenet121", old)
    assert match.report.fits
    assert {key: source.key for key, source in match.sources.items() if "num_batches" not in key} == {
        key: _old(source[0]) for key, source in known["ours"].items() if "num_batches" not in key
    }


def _old(key: str) -> str:
    for name in ("norm1", "norm2", "conv1", "conv2"):
        key = key.replace(f".{name}.", f".{name[:-1]}.{name[-1]}.") if "denselayer" in key else key
    return key


def test_statistics_that_are_missing_are_named_and_counters_are_not() -> None:
    known = listed(next(path for path in LISTS if path.name == "torchvision_resnet50.json.gz"))
    theirs = {key: shape for key, shape in known["theirs"].items() if "num_batches" not in key}
    assert matched("resnet50", theirs)[0].report.fits
    del theirs["layer2.1.bn3.running_var"]
    report = matched("resnet50", theirs)[0].report
    assert not report.fits
    assert report.missing == ("stage2.block2.bn3.running_var",)


def test_kernels_of_another_size_are_told_with_both_shapes() -> None:
    # the published GoogLeNet has 3×3 where the paper has 5×5
    theirs: dict[str, list[int]] = {}
    for key, value in matched("googlenet", {}, norm=True)[1].items():
        theirs[_torchvision(key)] = list(value.shape)
    report = matched("googlenet", theirs, norm=True)[0].report
    assert report.fits
    theirs["inception4a.branch3.1.conv.weight"][2:] = [3, 3]
    report = matched("googlenet", theirs, norm=True)[0].report
    assert not report.fits
    assert [str(difference) for difference in report.differing] == [
        "stage4.inception4a.conv5.weight is 48×16×5×5 here, 48×16×3×3 in the file"
    ]
    assert "48×16×3×3" in report.refusal("googlenet.pth")


BRANCHES = {"conv1": "branch1", "reduce3": "branch2.0", "conv3": "branch2.1", "reduce5": "branch3.0"}
BRANCHES |= {"conv5": "branch3.1", "conv_pool": "branch4.1"}


def _torchvision(key: str) -> str:
    owner, _, name = key.rpartition(".")
    if owner == "head.fc1":
        return f"fc.{name}"
    *before, last = owner.split(".")
    role, kind = (last.removesuffix("_bn"), "bn") if last.endswith("_bn") else (last, "conv")
    if before == ["stem"]:
        number = role.removeprefix("conv").removeprefix("bn") or role
        return f"conv{number}.{kind if role.startswith('conv') else 'bn'}.{name}"
    return f"{before[-1]}.{BRANCHES[role]}.{kind}.{name}"


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("layer#.#.conv#", "layer1.10.conv2", True),
        ("layer#.#.conv#", "layer1.0.conv2.0", False),
        ("layer#.#.conv#", "layerx.0.conv2", False),
        ("fc head.*", "head.fc1", True),
        ("fc head.*", "xhead.fc1", False),
        ("a.b", "aXb", False),
        ("", "", False),
    ],
)
def test_patterns(pattern: str, name: str, fits: bool) -> None:
    assert matches(pattern, name) is fits


def test_rows_are_written_once() -> None:
    for table in TABLES:
        rows: list[Row] = list(table.rows)
        assert len({row.theirs for row in rows}) == len(rows), table.title
