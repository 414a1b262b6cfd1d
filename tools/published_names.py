"""Lists of publishers' names, for the tests: each is written only where the outputs agree.

Needs an environment with torchvision and timm, which this program does not need:

    python tools/published_names.py                 # compares every peer of `PEERS`
    python tools/published_names.py --write         # and writes tests/engine/published/names/*.json.gz
    python tools/published_names.py resnet50 swin   # some of them

A peer is made with random weights and statistics, saved, and loaded into the design through
`explorer.engine.published`; both look at the same noise. A list holds names and shapes of the peer's state
dict, and for every tensor of the design where it comes from.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import nn

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from explorer.architectures.gallery import find  # noqa: E402
from explorer.blocks.registry import registry  # noqa: E402
from explorer.engine import published  # noqa: E402
from explorer.engine.compile import compile_flow  # noqa: E402
from explorer.engine.published.matching import best, sides  # noqa: E402
from explorer.graph.resolve import Resolver  # noqa: E402

LISTS = ROOT / "tests" / "engine" / "published" / "names"
SAMPLES = 2
NEAR = 1e-5

TORCHVISION = """
vgg11 vgg13 vgg16 vgg19 vgg16_bn vgg19_bn resnet18 resnet34 resnet50 resnet101 resnet152 wide_resnet50_2
resnext50_32x4d resnext101_64x4d densenet121 densenet161 densenet169 densenet201 inception_v3:inception_v3_aux
mobilenet_v2 mobilenet_v3_large mobilenet_v3_small shufflenet_v2_x1_0 efficientnet_b0 efficientnet_b1
efficientnet_b2 efficientnet_b3 efficientnet_b4 efficientnet_b5 efficientnet_b6 efficientnet_b7 vit_b_16
vit_b_32 vit_l_16 swin_t swin_s swin_b fcn_resnet50 deeplabv3_resnet50 deeplabv3_resnet101
lraspp_mobilenet_v3_large r3d_18 mc3_18 r2plus1d_18 ssd300_vgg16 fasterrcnn_resnet50_fpn maskrcnn_resnet50_fpn
retinanet_resnet50_fpn convnext_tiny:convnext_t convnext_small:convnext_s convnext_base:convnext_b
convnext_large:convnext_l squeezenet1_0 squeezenet1_1 efficientnet_v2_s efficientnet_v2_m efficientnet_v2_l
"""
TIMM = """
inception_v4 inception_resnet_v2 inception_v3 legacy_xception:xception legacy_seresnet50:se_resnet50
legacy_seresnext50_32x4d:se_resnext50_32x4d legacy_senet154:senet154 nasnetalarge:nasnet_a_large
pnasnet5large:pnasnet5_large ghostnet_100:ghostnet vit_base_patch16_224:vit_b_16
vit_small_patch16_224:vit_small_p16 vit_tiny_patch16_224:vit_tiny_p16 vit_base_patch32_224:vit_b_32
vit_large_patch16_224:vit_l_16 vit_small_patch16_224.dino:dino_vit_s16 swin_tiny_patch4_window7_224:swin_t
mobilenetv2_100:mobilenet_v2 efficientnet_b0 resnet50 resnext101_32x4d
densenet121 vgg16 convnext_tiny:convnext_t mixer_b16_224:mlp_mixer_b16
deit_tiny_distilled_patch16_224:deit_tiny_distilled deit_small_distilled_patch16_224:deit_small_distilled
deit_base_distilled_patch16_224:deit_base_distilled regnetx_004:regnet_x_400mf regnetx_016:regnet_x_1_6gf
regnetx_032:regnet_x_3_2gf regnety_004:regnet_y_400mf regnety_008:regnet_y_800mf regnety_016:regnet_y_1_6gf
regnety_032:regnet_y_3_2gf mobilenetv4_conv_small:mobilenet_v4_conv_small skresnext50_32x4d:sknet50
"""
WRITTEN = {
    "torchvision": """vgg16_bn resnet50 densenet121 inception_v3 mobilenet_v2 mobilenet_v3_large
    shufflenet_v2_x1_0 efficientnet_b0 vit_b_16 swin_t deeplabv3_resnet50 lraspp_mobilenet_v3_large
    r2plus1d_18 ssd300_vgg16
    fasterrcnn_resnet50_fpn maskrcnn_resnet50_fpn retinanet_resnet50_fpn convnext_tiny squeezenet1_1""",
    "timm": """inception_v4 inception_resnet_v2 legacy_xception legacy_senet154 nasnetalarge
    pnasnet5large ghostnet_100 vit_tiny_patch16_224 swin_tiny_patch4_window7_224
    efficientnet_b0 convnext_tiny mixer_b16_224 deit_tiny_distilled_patch16_224 regnety_004
    mobilenetv4_conv_small skresnext50_32x4d""",
}
"""One member a family and publisher goes into the tests."""


def peers() -> dict[str, tuple[str, Callable[[], nn.Module]]]:
    """Designs and makers by publisher and name."""
    import timm
    from torchvision import models

    def vision(name: str) -> nn.Module:
        more: dict[str, Any] = {"init_weights": False} if name == "inception_v3" else {}
        if any(word in name for word in ("fcn", "deeplab", "lraspp", "ssd", "rcnn", "retina")):
            more["weights_backbone"] = None
        if "ssd" in name:
            more["num_classes"] = 21
        return models.get_model(name, weights=None, **more)

    def image(name: str) -> nn.Module:
        return timm.create_model(name)

    found: dict[str, tuple[str, Callable[[], nn.Module]]] = {}
    for publisher, words, make in (("torchvision", TORCHVISION, vision), ("timm", TIMM, image)):
        for word in words.split():
            name, _, design = word.partition(":")
            found[f"{publisher} {name}"] = (design or name, lambda make=make, name=name: make(name))
    return found


GAINS = (0.5, 1.5)
"""Of norms: large enough for activations with a ceiling (ReLU6) to reach it."""


def shake(model: nn.Module) -> None:
    """Weights and statistics of no layer are those that they start with."""
    for module in model.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.8, 1.2)
        if isinstance(module, nn.modules.batchnorm._BatchNorm | nn.LayerNorm | nn.GroupNorm):
            nn.init.uniform_(module.weight, *GAINS)
            nn.init.normal_(module.bias, 0, 0.1)
    for name, parameter in model.named_parameters():
        if any(word in name for word in ("token", "pos_embed", "bias_table", "scale_weight")):
            parameter.data.add_(0.1 * torch.randn_like(parameter))


DETECTORS = {
    "ssd": (
        ("head.classification_head.module_list.", "head.regression_head.module_list."),
        ("head.score", "head.offset"),
    ),
    "rcnn": (
        ("backbone.fpn.layer_blocks.", "rpn.head.cls_logits", "rpn.head.bbox_pred"),
        ("pyramid.smooth", "proposals.head.score", "proposals.head.offset"),
    ),
    "retinanet": (
        (
            "backbone.fpn.layer_blocks.",
            "head.classification_head.cls_logits",
            "head.regression_head.bbox_reg",
        ),
        ("pyramid.smooth", "heads.classes.say", "heads.offsets.say"),
    ),
}
"""Beginnings of the modules whose outputs are compared where the answer is boxes: theirs, ours."""


def answers(model: nn.Module, x: torch.Tensor, inside: tuple[str, ...]) -> list[torch.Tensor]:
    """The first output of a network, or outputs of the inner modules whose names begin so."""
    seen: dict[str, torch.Tensor] = {}

    def keep(name: str) -> Callable[..., None]:
        return lambda _module, _inputs, output: seen.update({name: output})

    for name, module in model.named_modules():
        if inside and name.startswith(inside) and isinstance(module, nn.Conv2d):
            module.register_forward_hook(keep(name))
    if hasattr(model, "transform"):  # its own forward would scale the picture
        if hasattr(model.backbone, "fpn"):  # ours standardises it in front of the network
            x = model.transform.normalize(x)
        maps = list(model.backbone(x).values())
        (model.rpn.head if hasattr(model, "rpn") else model.head)(maps)
        found: Any = None
    else:
        found = model(x)
    if seen:
        return [seen[name] for start in inside for name in sorted(seen) if name.startswith(start)]
    if isinstance(found, dict):
        found = found["out"]
    return [found[0] if isinstance(found, tuple | list) else found]


def compare(design: str, make: Callable[[], nn.Module]) -> tuple[float, dict[str, Any]]:
    """Load a peer's weights into the design; the largest difference relative to the output, and the list."""
    torch.manual_seed(1)
    peer = make().eval()
    with torch.no_grad():
        shake(peer)
    flow = Resolver(registry()).resolve(find(design).build())
    compiled = compile_flow(flow, design, torch.device("cpu"), seed=3)
    own, state = compiled.module.state_dict(), peer.state_dict()
    learnt = [key for key, _ in compiled.module.named_parameters()]
    match = best(sides(own, state, learnt, flow))
    with tempfile.TemporaryDirectory() as folder:
        torch.save(state, Path(folder) / "peer.pth")
        report = published.load(compiled.module, flow, Path(folder) / "peer.pth")
    x = torch.randn(SAMPLES, *find(design).input.shape)
    inside = next((pair for word, pair in DETECTORS.items() if word in design), ((), ()))
    with torch.no_grad():
        theirs, ours = answers(peer, x, inside[0]), answers(compiled.module.eval(), x, inside[1])
    worst = max(_apart(a, b) for a, b in zip(theirs, ours, strict=True))
    listed = {
        "design": design,
        "how": report.how,
        "theirs": {key: list(value.shape) for key, value in state.items()},
        "ours": {key: [s.key, s.part, s.parts] for key, s in match.sources.items()},
    }
    return worst, listed


def _apart(theirs: torch.Tensor, ours: torch.Tensor) -> float:
    return float((theirs - ours).abs().max() / theirs.abs().max().clamp(min=1e-6))


def say(line: str) -> None:
    """Print a line at once: a peer takes seconds."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    """Compare peers; returns how many differ."""
    parser = argparse.ArgumentParser(description="Compare designs with published code, name by name.")
    parser.add_argument("words", nargs="*", help="parts of names")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    wrong = 0
    for name, (design, make) in peers().items():
        if arguments.words and not any(word in name for word in arguments.words):
            continue
        try:
            worst, listed = compare(design, make)
        except (ValueError, RuntimeError) as problem:
            say(f"FAILED  {name} → {design}: {problem}")
            wrong += 1
            continue
        agrees = worst <= NEAR
        wrong += not agrees
        say(f"{'agrees ' if agrees else 'DIFFERS'} {name} → {design}: {worst:.1e}, {listed['how']}")
        publisher, _, short = name.partition(" ")
        if agrees and arguments.write and short in WRITTEN[publisher].split():
            LISTS.mkdir(parents=True, exist_ok=True)
            text = json.dumps({"peer": name, **listed}, separators=(",", ":"))
            file = LISTS / f"{publisher}_{short.replace('.', '_')}.json.gz"
            file.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    return wrong


if __name__ == "__main__":
    sys.exit(main())
