"""Which weights are published for networks of the gallery, where, and how good they are.

Addresses, sizes and figures are those of torchvision 0.29 (`torchvision.models`, BSD-3-Clause); its files
carry the first digits of their SHA-256 in their names. Weights under other terms are not listed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

PYTORCH = "https://download.pytorch.org/models/"
BSD = "BSD-3-Clause"
_CHECKED = re.compile(r"-([0-9a-f]{8,64})\.[a-z]+$")
_IMAGENET = (
    "RGB from 0 to 1, standardised by mean 0.485, 0.456, 0.406 and standard deviation 0.229, 0.224, 0.225"
)
_CENTRED = "RGB from 0 to 1, standardised by mean 0.5, 0.5, 0.5 and standard deviation 0.5, 0.5, 0.5"
_KINETICS = (
    "RGB from 0 to 1, standardised by mean 0.432, 0.395, 0.376 and standard deviation 0.228, 0.221, 0.217"
)


@dataclass(frozen=True)
class Published:
    """A file of weights for a network.

    Attributes:
        id: of the gallery. address: where it lies. mebibytes: its size, 0 if not known.
        dataset: what it was trained on. figure: how good it is there, as published.
        input: how its inputs were scaled. licence: of the file.

    """

    id: str
    address: str
    mebibytes: float = 0.0
    dataset: str = ""
    figure: str = ""
    input: str = ""
    licence: str = ""

    @property
    def file(self) -> str:
        """Name of the file."""
        return self.address.rpartition("/")[2].partition("?")[0]

    @property
    def host(self) -> str:
        """Who sends it."""
        return self.address.split("/")[2]

    @property
    def sha256(self) -> str:
        """First digits of its checksum, as its name says; empty where it does not."""
        found = _CHECKED.search(self.file)
        return found.group(1) if found else ""


_CLASSIFIERS = (
    ("vgg11", "vgg11-8a719046.pth", 506.84, 69.02),
    ("vgg13", "vgg13-19584684.pth", 507.545, 69.928),
    ("vgg16", "vgg16-397923af.pth", 527.796, 71.592),
    ("vgg19", "vgg19-dcbb9e9d.pth", 548.051, 72.376),
    ("vgg16_bn", "vgg16_bn-6c64b313.pth", 527.866, 73.36),
    ("vgg19_bn", "vgg19_bn-c79401a0.pth", 548.143, 74.218),
    ("inception_v3", "inception_v3_google-0cc3c7bd.pth", 103.903, 77.294),
    ("inception_v3_aux", "inception_v3_google-0cc3c7bd.pth", 103.903, 77.294),
    ("resnet18", "resnet18-f37072fd.pth", 44.661, 69.758),
    ("resnet34", "resnet34-b627a593.pth", 83.275, 73.314),
    ("resnet50", "resnet50-0676ba61.pth", 97.781, 76.13),
    ("resnet50", "resnet50-11ad3fa6.pth", 97.79, 80.858),
    ("resnet101", "resnet101-63fe2227.pth", 170.511, 77.374),
    ("resnet101", "resnet101-cd907fc2.pth", 170.53, 81.886),
    ("resnet152", "resnet152-394f9c45.pth", 230.434, 78.312),
    ("resnet152", "resnet152-f82ba261.pth", 230.474, 82.284),
    ("vit_b_16", "vit_b_16-c867db91.pth", 330.285, 81.072),
    ("vit_b_32", "vit_b_32-d86f8d99.pth", 336.604, 75.912),
    ("vit_l_16", "vit_l_16-852ce7e3.pth", 1161.023, 79.662),
    ("swin_t", "swin_t-704ceda3.pth", 108.19, 81.474),
    ("swin_s", "swin_s-5e29d889.pth", 189.786, 83.196),
    ("swin_b", "swin_b-68c6b09e.pth", 335.364, 83.582),
    ("densenet121", "densenet121-a639ec97.pth", 30.845, 74.434),
    ("densenet161", "densenet161-8d451a50.pth", 110.369, 77.138),
    ("densenet169", "densenet169-b2777c0a.pth", 54.708, 75.6),
    ("densenet201", "densenet201-c1103571.pth", 77.373, 76.896),
    ("wide_resnet50_2", "wide_resnet50_2-95faca4d.pth", 131.82, 78.468),
    ("wide_resnet50_2", "wide_resnet50_2-9ba9bcbe.pth", 263.124, 81.602),
    ("resnext50_32x4d", "resnext50_32x4d-7cdf4587.pth", 95.789, 77.618),
    ("resnext50_32x4d", "resnext50_32x4d-1a0047aa.pth", 95.833, 81.198),
    ("resnext101_64x4d", "resnext101_64x4d-173b62eb.pth", 319.318, 83.246),
    ("mobilenet_v2", "mobilenet_v2-b0353104.pth", 13.555, 71.878),
    ("mobilenet_v2", "mobilenet_v2-7ebf99e0.pth", 13.598, 72.154),
    ("mobilenet_v3_large", "mobilenet_v3_large-8738ca79.pth", 21.114, 74.042),
    ("mobilenet_v3_large", "mobilenet_v3_large-5c1a4163.pth", 21.107, 75.274),
    ("mobilenet_v3_small", "mobilenet_v3_small-047dcff4.pth", 9.829, 67.668),
    ("shufflenet_v2_x1_0", "shufflenetv2_x1-5666bf0f80.pth", 8.791, 69.362),
    ("efficientnet_b0", "efficientnet_b0_rwightman-7f5810bc.pth", 20.451, 77.692),
    ("efficientnet_b1", "efficientnet_b1_rwightman-bac287d4.pth", 30.134, 78.642),
    ("efficientnet_b1", "efficientnet_b1-c27df63c.pth", 30.136, 79.838),
    ("efficientnet_b2", "efficientnet_b2_rwightman-c35c1473.pth", 35.174, 80.608),
    ("efficientnet_b3", "efficientnet_b3_rwightman-b3899882.pth", 47.184, 82.008),
    ("efficientnet_b4", "efficientnet_b4_rwightman-23ab8bcd.pth", 74.489, 83.384),
    ("efficientnet_b5", "efficientnet_b5_lukemelas-1a07897c.pth", 116.864, 83.444),
    ("efficientnet_b6", "efficientnet_b6_lukemelas-24a108a5.pth", 165.362, 84.008),
    ("efficientnet_b7", "efficientnet_b7_lukemelas-c5b4e57e.pth", 254.675, 84.122),
)
"""Id, file, MiB, and per cent of the validation pictures of ImageNet-1K whose first answer is right."""

_VIDEO = (
    ("r3d_18", "r3d_18-b3b3357e.pth", 127.359, 63.2),
    ("mc3_18", "mc3_18-a90a0ba3.pth", 44.672, 63.96),
    ("r2plus1d_18", "r2plus1d_18-91a641e6.pth", 120.318, 67.463),
)
"""Id, file, MiB, and per cent of the validation clips of Kinetics-400 whose first answer is right."""

_SEGMENTATION = (
    ("fcn_resnet50", "fcn_resnet50_coco-1167a1af.pth", 135.009, 60.5),
    ("deeplabv3_resnet50", "deeplabv3_resnet50_coco-cd0a2569.pth", 160.515, 66.4),
    ("deeplabv3_resnet101", "deeplabv3_resnet101_coco-586e9e4e.pth", 233.217, 67.4),
    ("lraspp_mobilenet_v3_large", "lraspp_mobilenet_v3_large-d234d4ea.pth", 12.49, 57.9),
)
"""Id, file, MiB, and mean overlap (intersection over union) in per cent."""


@cache
def table() -> dict[str, tuple[Published, ...]]:
    """All that is known, by id of the gallery; the newest file of a network comes last."""
    found: dict[str, list[Published]] = {}
    for rows, dataset, words, input in (
        (_CLASSIFIERS, "ImageNet-1K", "top-1 {:.1f}\u00a0%", _IMAGENET),
        (_VIDEO, "Kinetics-400", "top-1 {:.1f}\u00a0%", _KINETICS),
        (_SEGMENTATION, "COCO, classes of VOC", "mean IoU {:.1f}\u00a0%", _IMAGENET),
    ):
        for id, file, size, figure in rows:
            scaled = _CENTRED if id.startswith("inception_v3") else input
            entry = Published(id, PYTORCH + file, size, dataset, words.format(figure), scaled, BSD)
            found.setdefault(id, []).append(entry)
    return {id: tuple(entries) for id, entries in found.items()}


def published(id: str) -> tuple[Published, ...]:
    """Weights for a network of the gallery; none where none are known."""
    return table().get(id, ())


def elsewhere(id: str, address: str) -> Published:
    """A file that somebody has named by its address."""
    return Published(id, address)
