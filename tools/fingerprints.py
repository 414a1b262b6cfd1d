"""Writes explorer/engine/published/fingerprints.json: which networks have which fingerprint.

Needs an environment with torchvision, timm and pytorchcv, which this program does not need:

    python tools/fingerprints.py                 # all libraries: about ten minutes
    python tools/fingerprints.py torchvision     # one of them; the others stay as they are

Networks are made on the meta device: nothing is drawn or fetched. What cannot be made is counted and left
out.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).parents[1]))

from explorer.engine.published.fingerprints import TABLE, fingerprint

Makers = Iterator[tuple[str, Callable[[], nn.Module]]]


def torchvision() -> Makers:
    """All registered models."""
    from torchvision import models

    for name in models.list_models():
        more: dict[str, Any] = {}
        if any(word in name for word in ("rcnn", "retinanet", "ssd", "fcos", "fcn", "deeplab", "lraspp")):
            more["weights_backbone"] = None
        if name in ("googlenet", "inception_v3"):
            more["init_weights"] = False
        if name in ("fcn_resnet50", "fcn_resnet101", "deeplabv3_resnet50", "deeplabv3_resnet101"):
            yield name, lambda name=name: models.get_model(name, weights=None, weights_backbone=None)
            more["aux_loss"] = True
        yield name, lambda name=name, more=more: models.get_model(name, weights=None, **more)


def timm() -> Makers:
    """All registered models."""
    import timm

    for name in timm.list_models():
        yield name, lambda name=name: timm.create_model(name, pretrained=False)


def pytorchcv() -> Makers:
    """All models of its provider."""
    from pytorchcv import model_provider

    for name, make in model_provider._models.items():
        yield name, lambda make=make: make(pretrained=False)


LIBRARIES: dict[str, Callable[[], Makers]] = {
    "torchvision": torchvision,
    "timm": timm,
    "pytorchcv": pytorchcv,
}


def rows(makers: Makers) -> dict[str, str]:
    """Names by fingerprint."""
    found: dict[str, list[str]] = {}
    failed = 0
    for name, make in makers:
        try:
            with torch.device("meta"):
                state = make().state_dict()
        except Exception as problem:  # a library may fail at anything
            failed += 1
            sys.stderr.write(f"{name}: {type(problem).__name__}: {str(problem)[:100]}\n")
            continue
        held = found.setdefault(fingerprint(state), [])
        if name not in held:
            held.append(name)
    sys.stderr.write(f"{len(found)} fingerprints, {failed} networks could not be made\n")
    return {number: " ".join(names) for number, names in sorted(found.items(), key=lambda row: row[1])}


def main() -> None:
    """Write the table."""
    held: dict[str, dict[str, str]] = json.loads(TABLE.read_text("utf-8")) if TABLE.exists() else {}
    for library in sys.argv[1:] or LIBRARIES:
        held[library] = rows(LIBRARIES[library]())
        TABLE.write_text(json.dumps(held, indent=0, sort_keys=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
