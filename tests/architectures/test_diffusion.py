"""Diffusion: counts of the released weights, and the order in which DiT lays patches back."""

from __future__ import annotations

import torch
from networks import module, network, output, published, refused, wrong

D, S, B, XL = 2, (384, 12), (768, 12), (1152, 28)


def dit(width: int, layers: int) -> int:
    """Patches, time, labels, layers of 12·D² + 13·D − 4·D and six numbers for each channel, the end."""
    ends = 16 * width + width + 257 * width + width**2 + width + 1001 * width
    layer = 12 * width**2 + 9 * width + 6 * width * (width + 1)
    return ends + layers * layer + 2 * width * (width + 1) + (width + 1) * 32


test_counts = published(
    ("ddpm_unet_cifar", 35_746_307),  # diffusers, of google/ddpm-cifar10-32, whose outputs were compared
    ("dit_s_2", dit(*S)),
    ("dit_b_2", dit(*B)),
    ("dit_xl_2", 675_129_632 - 256 * 1152),  # the authors', without the fixed places
)


def test_the_sum_of_dit_is_right_for_the_printed_one() -> None:
    assert dit(*XL) == 675_129_632 - 256 * 1152


def test_a_new_layer_adds_nothing() -> None:
    """Gates begin at 0: before training, the label changes nothing behind the condition."""
    flow = network("dit_s_2", (4, 8, 8), layers=2, width=48, heads=4, classes=10)
    assert output(flow) == (8, 8, 8)
    model = module(flow)
    x, time = torch.randn(1, 4, 8, 8), torch.tensor([[5.0]])
    with torch.no_grad():
        one, other = (model(x, time, torch.tensor([[label]])) for label in (1, 7))
    assert torch.equal(one, other)


def test_patches_are_laid_back_as_the_authors_do() -> None:
    flow = network("dit_s_2", (4, 8, 8), layers=1, width=48, heads=4, classes=10)
    model = module(flow)
    seen: list[torch.Tensor] = []
    model.get_submodule("end.linear").register_forward_hook(lambda _m, _i, made: seen.append(made))
    with torch.no_grad():
        made = model(torch.randn(1, 4, 8, 8), torch.tensor([[5.0]]), torch.tensor([[1]]))
    rows = seen[0].reshape(1, 4, 4, 2, 2, 8)  # row and column of patches, of pixels in one, channels
    assert torch.equal(made, torch.einsum("nhwpqc->nchpwq", rows).reshape(1, 8, 8, 8))


test_what_cannot_be_is_refused = refused(
    wrong("ddpm_unet_cifar", "32 divides", width=100),
    wrong("ddpm_unet_cifar", "8 has to divide", (3, 20, 20)),
    wrong("dit_s_2", "patches that divide", patch=3),
)
