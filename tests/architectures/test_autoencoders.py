"""VAE and VQ-VAE: counts, outputs against a reference, and codes that come from the table."""

from __future__ import annotations

import torch
from networks import equal, module, network, outputs, published, refused, wrong
from torch import nn

STACK = 2 * (128 * 32 * 9 + 32 + 32 * 128 + 128)  # two residual blocks of the authors' example
ENCODER = 3 * 64 * 16 + 64 + 64 * 128 * 16 + 128 + 128 * 128 * 9 + 128 + STACK + 129 * 64
DECODER = 64 * 128 * 9 + 128 + STACK + 128 * 64 * 16 + 64 + 64 * 3 * 16 + 3
test_counts = published(
    ("vae", 652_824),  # pytorch/examples, vae
    ("vq_vae", ENCODER + 512 * 64 + DECODER),  # sonnet's vqvae_example: 128 channels, 32 inside, 512 × 64
)


class Vae(nn.Module):
    """784-400-20-400-784; the mean is the code."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(784, 400)
        self.mean, self.spread = nn.Linear(400, 20), nn.Linear(400, 20)
        self.fc1, self.fc2 = nn.Linear(20, 400), nn.Linear(400, 784)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Pictures to pictures, mean and log-variance."""
        h = self.fc(x.flatten(1)).relu()
        mean = self.mean(h)
        return self.fc2(self.fc1(mean).relu()).sigmoid().reshape(x.shape), mean, self.spread(h)


def test_vae_equals_a_reference() -> None:
    equal(network("vae"), Vae(), torch.rand(2, 1, 28, 28))


def test_a_code_is_a_row_of_the_table() -> None:
    flow = network("vq_vae", width=16, code=8, inside=4, classes=32)
    assert outputs(flow) == {"picture": (3, 32, 32), "index": (8, 8), "loss": ()}
    model = module(flow)
    seen: list[torch.Tensor] = []
    model.get_submodule("quantize").register_forward_hook(lambda _m, _i, made: seen.extend(made))
    with torch.no_grad():
        model(torch.randn(1, 3, 32, 32))
    table = next(p for name, p in model.named_parameters() if name.startswith("quantize"))
    assert torch.allclose(seen[0][0, :, 3, 5], table[seen[1][0, 3, 5]], atol=1e-6)


test_what_cannot_be_is_refused = refused(
    wrong("vae", "units inside", hidden=0), wrong("vq_vae", "even width", width=7)
)
