"""Files whose tensors fit but whose network answers otherwise: recognised and refused, with the reason."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
import torch
from nets import chain, node, resolve
from torch import Tensor

from explorer.architectures.gallery import find
from explorer.engine import published
from explorer.engine.compile import Compiled, compile_flow
from explorer.engine.published.differences import DIFFERENCES
from explorer.engine.published.fingerprints import Origin, fingerprint, origins
from explorer.graph.files import decode, encode

CPU = torch.device("cpu")
NAMES = Path(__file__).parent / "names"


def compiled(name: str, **options: int | float | str) -> Compiled:
    return compile_flow(resolve(find(name).build(**options)), name, CPU, seed=1)


def peer(name: str) -> dict[str, Tensor]:
    """A state dict with the names and shapes that a publisher writes."""
    listed = json.loads(gzip.decompress((NAMES / f"{name}.json.gz").read_bytes()))
    return {key: torch.zeros(shape) for key, shape in listed["theirs"].items()}


def test_gates_that_a_design_lacks_are_a_reason_to_refuse(tmp_path: Path) -> None:
    state = peer("torchvision_resnet50")
    for key in [key for key in state if key.endswith("conv3.weight")]:
        owner, width = key.removesuffix(".conv3.weight"), state[key].shape[0]
        for name, shape in (("fc1", (width // 16, width, 1, 1)), ("fc2", (width, width // 16, 1, 1))):
            state[f"{owner}.se.{name}.weight"] = torch.zeros(shape)
            state[f"{owner}.se.{name}.bias"] = torch.zeros(shape[0])
    torch.save(state, tmp_path / "seresnet50.pth")
    ours = compiled("resnet50")
    with pytest.raises(published.Misfit) as caught:
        published.load(ours.module, ours.flow, tmp_path / "seresnet50.pth")
    assert "64 of the file found no place (layer1.0.se.fc1." in str(caught.value)
    assert "seresnet50 of timm" in str(caught.value)


def timm_mobilenet(ours: Compiled) -> dict[str, Tensor]:
    """MobileNet under the names of timm: `conv_stem`, blocks with `conv_dw` and `conv_pw`, `classifier`."""
    words = {"stem.conv": "conv_stem", "stem.norm": "bn1", "fc": "classifier"}
    parts = {"depthwise": "conv_dw", "depthwise_norm": "bn1", "conv": "conv_pw", "norm": "bn2"}
    state = {}
    for key, value in ours.module.state_dict().items():
        owner, _, name = key.rpartition(".")
        if found := re.fullmatch(r"stage(\d)\.(\w+?)(\d+)", owner):
            theirs = f"blocks.{int(found[1]) - 1}.{int(found[3]) - 1}.{parts[found[2]]}"
        else:
            theirs = words[owner]
        state[f"{theirs}.{name}"] = value
    return state


def test_another_activation_is_a_reason_to_refuse(tmp_path: Path) -> None:
    ours = compiled("mobilenet_v1")
    state = timm_mobilenet(ours)
    assert [origin.networks[0] for origin in origins(state)] == ["mobilenetv1_100"]
    torch.save(state, tmp_path / "net.pth")
    with pytest.raises(
        published.Misfit, match="mobilenetv1_100 of timm has ReLU6 where this design has ReLU"
    ):
        published.load(ours.module, ours.flow, tmp_path / "net.pth")
    written = encode(find("mobilenet_v1").build()).replace(b'"relu"', b'"relu6"')
    flow = resolve(decode(written))
    mended = compile_flow(flow, "mobilenet_v1", CPU, seed=2)
    published.load(mended.module, mended.flow, tmp_path / "net.pth")
    assert torch.equal(mended.module.state_dict()["fc.weight"], ours.module.state_dict()["fc.weight"])


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("tf_efficientnet_b0.ra_in1k.pth", "refused"),
        ("efficientnet_b0_ra.pth", "nothing"),
        ("model.pth", "perhaps"),
    ],
)
def test_networks_of_the_same_tensors_are_told_apart_by_their_file(
    tmp_path: Path, file: str, says: str
) -> None:
    torch.save(peer("timm_efficientnet_b0"), tmp_path / file)
    ours = compiled("efficientnet_b0")
    if says == "refused":
        with pytest.raises(published.Misfit, match="tf_efficientnet_b0 of timm pads as TensorFlow does"):
            published.load(ours.module, ours.flow, tmp_path / file)
        return
    told = published.load(ours.module, ours.flow, tmp_path / file).told
    assert ("of the same tensors: tf_efficientnet_b0 of timm pads" in " ".join(told)) == (says == "perhaps")


def timm_mobilenet_v3(ours: Compiled) -> dict[str, Tensor]:
    """MobileNetV3 under the names of timm."""
    state = {}
    places: dict[str, tuple[int, int]] = {}
    for key, value in ours.module.state_dict().items():
        owner, _, name = key.rpartition(".")
        stage, _, rest = owner.partition(".")
        if not stage.startswith("stage"):
            words = {"stem.conv": "conv_stem", "stem.norm": "bn1", "head.conv": "blocks.6.0.conv"}
            words |= {"head.norm": "blocks.6.0.bn1", "head.fc1": "conv_head", "head.fc2": "classifier"}
            state[f"{words[owner]}.{name}"] = (
                value[..., None, None] if owner == "head.fc1" and value.dim() > 1 else value
            )
            continue
        block, _, part = rest.partition(".")
        level, number = int(stage.removeprefix("stage")) - 1, int(block.removeprefix("block")) - 1
        places[owner] = (level, number)
        thin = f"{stage}.{block}.expand.weight" not in ours.module.state_dict()
        parts = {"depthwise": "conv_dw", "se.reduce": "se.conv_reduce", "se.restore": "se.conv_expand"}
        parts |= {"expand": "conv_pw", "narrow": "conv_pw" if thin else "conv_pwl"}
        shift = 1 if thin else 0
        parts |= {"expand_bn": "bn1", "depthwise_bn": f"bn{2 - shift}", "narrow_bn": f"bn{3 - shift}"}
        state[f"blocks.{level}.{number}.{parts[part]}.{name}"] = value
    return state


def test_another_epsilon_is_a_reason_to_refuse(tmp_path: Path) -> None:
    ours = compiled("mobilenet_v3_large")
    state = timm_mobilenet_v3(ours)
    assert "mobilenetv3_large_100" in origins(state)[0].networks
    for file in ("net.pth", "mobilenetv3_large_100.pth", "tf_mobilenetv3_large_100.pth"):
        torch.save(state, tmp_path / file)
        words = "pads as TensorFlow" if file.startswith("tf") else "has an ε of 0.00001 in its norms"
        with pytest.raises(published.Misfit, match=words):
            published.load(ours.module, ours.flow, tmp_path / file)
    written = encode(find("mobilenet_v3_large").build()).replace(b'"eps":0.001', b'"eps":0.00001')
    mended = compile_flow(
        resolve(decode(written.replace(b'"eps": 0.001', b'"eps": 0.00001'))), "m", CPU, seed=2
    )
    torch.save(state, tmp_path / "mobilenetv3_large_100.pth")
    published.load(mended.module, mended.flow, tmp_path / "mobilenetv3_large_100.pth")
    theirs = ours.module.state_dict()
    for key, value in mended.module.state_dict().items():
        assert key.endswith("num_batches_tracked") or torch.equal(value, theirs[key]), key


def test_smoothing_convolutions_of_a_pyramid_are_not_swapped(tmp_path: Path) -> None:
    state = peer("torchvision_fasterrcnn_resnet50_fpn")
    for level in range(4):
        state[f"backbone.fpn.layer_blocks.{level}.0.weight"].fill_(level + 2)
    old = {
        re.sub(r"(_blocks\.\d)\.0\.", r"\1.", key).replace("conv.0.0", "conv"): x for key, x in state.items()
    }
    for number, held in enumerate((state, dict(sorted(state.items(), reverse=True)), old)):
        torch.save(held, tmp_path / f"{number}.pth")
        ours = compiled("fasterrcnn_resnet50_fpn")
        published.load(ours.module, ours.flow, tmp_path / f"{number}.pth")
        for level in range(2, 6):
            assert float(ours.module.state_dict()[f"pyramid.smooth{level}.weight"].mean()) == level


def test_a_fingerprint_knows_neither_order_nor_classes_nor_counters() -> None:
    state = peer("torchvision_resnet50")
    number = fingerprint(state)
    assert fingerprint(dict(reversed(state.items()))) == number
    assert fingerprint({key: x for key, x in state.items() if "num_batches" not in key}) == number
    assert fingerprint({**state, "fc.weight": torch.zeros(7, 2048)}) == number
    assert fingerprint({**state, "layer1.0.conv1.weight": torch.zeros(64, 32, 1, 1)}) != number
    assert {origin.library for origin in origins(state)} >= {"torchvision"}


@pytest.mark.parametrize("file", sorted(NAMES.glob("*.json.gz")), ids=lambda file: file.name.split(".")[0])
def test_every_listed_network_is_recognised(file: Path) -> None:
    library, _, name = file.name.removesuffix(".json.gz").partition("_")
    state = peer(file.name.removesuffix(".json.gz"))
    assert any(x.library == library and name in x.networks for x in origins(state)), origins(state)


@pytest.mark.parametrize(
    ("key", "library"),
    [
        ("features.init_block.conv.conv.weight", "pytorchcv"),
        ("resnet.embedder.embedder.convolution.weight", "transformers"),
        ("bert.encoder.layer.0.attention.self.query.weight", "transformers"),
        ("segmentation_head.0.weight", "segmentation-models-pytorch"),
        ("conv_stem.weight", "timm"),
        ("backbone.body.conv1.weight", "torchvision"),
    ],
)
def test_unknown_networks_of_known_libraries_are_named(tmp_path: Path, key: str, library: str) -> None:
    torch.save({key: torch.zeros(3, 2, 1, 1)}, tmp_path / "net.pth")
    ours = compiled("lenet5_modern")
    with pytest.raises(published.Misfit, match=f"Its names look like those of {library}"):
        published.load(ours.module, ours.flow, tmp_path / "net.pth")


def test_an_epsilon_that_only_some_weights_have_is_said(tmp_path: Path) -> None:
    """torchvision sets ε to 0 in the detectors whose published weights were trained so."""
    torch.save(peer("torchvision_retinanet_resnet50_fpn"), tmp_path / "net.pth")
    ours = compiled("retinanet_resnet50_fpn")
    told = published.load(ours.module, ours.flow, tmp_path / "net.pth").told
    assert any("retinanet_resnet50_fpn of torchvision sets ε" in line for line in told)
    (row,) = [row for row in DIFFERENCES if row.at_times]
    whose = Origin("torchvision", ("retinanet_resnet50_fpn",))
    for eps, tells in ((1e-5, True), (0.0, False)):
        flow = resolve(chain((3, 8, 8), node("bn", "batch_norm", eps=eps)))
        assert row.tells(whose, "retinanet_resnet50_fpn", flow) is tells
