"""The gallery: an explicit list of family files."""

from __future__ import annotations

import difflib
import importlib
from functools import cache

from explorer import extensions
from explorer.architectures.architecture import DECLARED, Architecture

FAMILIES = (
    "perceptrons",
    "lenet",
    "alexnet",
    "vgg",
    "googlenet",
    "inception_v3",
    "inception_v4",
    "nin",
    "highway",
    "resnet",
    "resnet_cifar",
    "preact_resnet",
    "vit",
    "deit",
    "mixer",
    "swin",
    "transformer",
    "language",
    "gpt",
    "bert",
    "t5",
    "llama",
    "mixtral",
    "mamba",
    "whisper",
    "unet",
    "encoder_decoder",
    "segmentation",
    "deeplab_plus",
    "segformer",
    "video",
    "super_resolution",
    "small_autoencoders",
    "speech",
    "spatial_transformer",
    "nonlocal_resnet",
    "revnet",
    "recurrent",
    "temporal",
    "translation",
    "small_translators",
    "darknet",
    "yolo",
    "yolo_csp",
    "ssd",
    "rcnn",
    "feature_pyramid",
    "fcos",
    "detr",
    "densenet",
    "wide_resnet",
    "resnext",
    "regnet",
    "res2net",
    "pyramidnet",
    "polynet",
    "xception",
    "convnext",
    "hrnet",
    "senet",
    "attention_cnn",
    "sknet",
    "channel_boosting",
    "mobilenet",
    "squeezenet",
    "mobilenet_v4",
    "shufflenet",
    "ghostnet",
    "efficientnet",
    "efficientnet_v2",
    "nasnet",
    "pnasnet",
    "amoebanet",
    "autoencoders",
    "adversarial",
    "diffusion",
    "self_supervised",
    "clip",
    "geometry",
)
"""Modules of this package that declare architectures, in the order of the lists."""


class UnknownArchitecture(LookupError):
    """No architecture has this id; the text is a sentence."""


@cache
def gallery() -> dict[str, Architecture]:
    """All architectures by id; imports the family files on first use."""
    for family in FAMILIES:
        importlib.import_module(f"explorer.architectures.{family}")
    found: dict[str, Architecture] = {}
    own = len(DECLARED)
    extensions.loaded("networks")
    for number, entry in enumerate(DECLARED):
        if entry.id in found and number < own:
            raise ValueError(f"architecture id {entry.id!r} is declared twice")
        if entry.id in found:
            extensions.refuse(entry.id, "there is a network of that id already")
        else:
            found[entry.id] = entry
    return found


def find(id: str) -> Architecture:
    """Look an architecture up; raises `UnknownArchitecture` with the nearest ids."""
    entries = gallery()
    if id not in entries:
        near = difflib.get_close_matches(id, entries, 3, 0.5)
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        raise UnknownArchitecture(f"There is no architecture “{id[:60]}”.{hint}")
    return entries[id]
