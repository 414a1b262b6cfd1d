"""The small network of a transformer layer, and a layer as LLaMA has it, against the formulas written out."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from nets import design, node, resolve
from samples import Built, build
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.engine.compile import build_module
from explorer.engine.export.python import write_python
from explorer.graph.tensor import sequence

N, T, D = 2, 5, 8
BENDS: dict[str, Any] = {
    "gelu": F.gelu,
    "gelu_tanh": lambda x: F.gelu(x, approximate="tanh"),
    "relu": F.relu,
    "swish": F.silu,
    "swiglu": F.silu,
    "geglu": F.gelu,
    "geglu_tanh": lambda x: F.gelu(x, approximate="tanh"),
    "reglu": F.relu,
    "glu": torch.sigmoid,
}


def values(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(sum(shape)))


def inside(model: Built, *path: str) -> Any:
    found: Any = model.level
    for name in path:
        found = found.parts[name]
    return found


def count(model: nn.Module) -> int:
    return sum(p.numel() for p in model.parameters())


@pytest.mark.block("feed_forward")
@pytest.mark.parametrize("kind", BENDS)
def test_feed_forward_is_the_formula(kind: str) -> None:
    torch.manual_seed(0)
    model = build("feed_forward", sequence(T, D), activation=kind, hidden=12)
    x = values(N, T, D)
    hidden = inside(model, "fc1")(x)
    hidden = BENDS[kind](inside(model, "fc_gate")(x)) * hidden if "glu" in kind else BENDS[kind](hidden)
    torch.testing.assert_close(model(x)[0], inside(model, "fc2")(hidden))
    gated = "glu" in kind
    assert model.sample.parameters == (3 if gated else 2) * D * 12 + (2 if gated else 1) * 12 + D
    assert model.sample.macs == (3 if gated else 2) * T * D * 12


@pytest.mark.block("feed_forward")
def test_gated_kinds_cost_about_as_much_by_default() -> None:
    plain = build("feed_forward", sequence(T, 768), bias=False).sample.parameters
    gated = build("feed_forward", sequence(T, 768), bias=False, activation="swiglu").sample.parameters
    assert plain == gated == 8 * 768 * 768


class Llama(nn.Module):
    """A layer of LLaMA with grouped queries, written out plainly."""

    def __init__(self, heads: int, shared: int, hidden: int) -> None:
        super().__init__()
        self.heads, self.shared, self.head = heads, shared, D // heads
        self.q, self.o = nn.Linear(D, D, bias=False), nn.Linear(D, D, bias=False)
        self.k, self.v = (nn.Linear(D, shared * self.head, bias=False) for _ in range(2))
        self.up, self.gate = (nn.Linear(D, hidden, bias=False) for _ in range(2))
        self.down = nn.Linear(hidden, D, bias=False)
        self.norm1, self.norm2 = nn.Parameter(torch.rand(D)), nn.Parameter(torch.rand(D))

    @staticmethod
    def rms(x: Tensor, weight: Tensor) -> Tensor:
        return weight * x / (x.pow(2).mean(-1, keepdim=True) + 1e-5).sqrt()

    def turned(self, x: Tensor) -> Tensor:
        half = self.head // 2
        angle = torch.arange(T).unsqueeze(1) * 500.0 ** (-torch.arange(half) / half)
        turn = torch.polar(torch.ones_like(angle), angle)
        y = torch.complex(x[..., :half], x[..., half:]) * turn
        return torch.cat([y.real, y.imag], -1)

    def forward(self, x: Tensor) -> Tensor:
        y = self.rms(x, self.norm1)
        found = []
        for h in range(self.heads):
            group = h // (self.heads // self.shared)
            mine, theirs = (
                slice(h * self.head, (h + 1) * self.head),
                slice(group * self.head, (group + 1) * self.head),
            )
            q, k = self.turned(self.q(y)[..., mine]), self.turned(self.k(y)[..., theirs])
            scores = q @ k.transpose(1, 2) / self.head**0.5
            scores = scores + torch.full((T, T), -torch.inf).triu(1)
            found.append(scores.softmax(-1) @ self.v(y)[..., theirs])
        x = x + self.o(torch.cat(found, -1))
        y = self.rms(x, self.norm2)
        return x + self.down(F.silu(self.gate(y)) * self.up(y))


@pytest.mark.block("transformer_encoder_layer", "rms_norm")
def test_a_layer_with_the_right_settings_is_llamas() -> None:
    torch.manual_seed(0)
    model = build(
        "transformer_encoder_layer",
        sequence(T, D),
        heads=4,
        kv_heads=2,
        causal=True,
        position="rotary",
        theta=500.0,
        norm_kind="rms",
        activation="swiglu",
        mlp=12,
        bias=False,
    )
    peer = Llama(4, 2, 12)
    assert model.sample.parameters == count(peer) == count(model)
    pairs = {
        **{("attention", f"to_{p}"): getattr(peer, p) for p in "qkv"},
        ("attention", "to_out"): peer.o,
        **{("fc1",): peer.up, ("fc_gate",): peer.gate, ("fc2",): peer.down},
    }
    with torch.no_grad():
        for path, theirs in pairs.items():
            theirs.weight.copy_(inside(model, *path).weight)
        inside(model, "norm1").weight.copy_(peer.norm1)
        inside(model, "norm2").weight.copy_(peer.norm2)
    x = values(N, T, D)
    torch.testing.assert_close(model(x)[0], peer(x))


@pytest.mark.block("transformer_encoder_layer", "layer_scale")
def test_layer_scale_begins_as_the_identity_almost() -> None:
    torch.manual_seed(0)
    fields = {"heads": 2, "mlp": 6}
    scaled = build("transformer_encoder_layer", sequence(T, D), layer_scale=1e-6, **fields)
    assert (
        scaled.sample.parameters
        == build("transformer_encoder_layer", sequence(T, D), **fields).sample.parameters + 2 * D
    )
    x = values(N, T, D)
    assert 0 < (scaled(x)[0] - x).abs().max() < 1e-4


@pytest.mark.block("padding_mask")
def test_a_small_language_model_sees_nothing_later_and_no_padding() -> None:
    """Two layers as in LLaMA, with a window; as exported, scripted, and as a program of torch.export."""
    torch.manual_seed(0)
    layer = {"heads": 4, "kv_heads": 2, "causal": True, "position": "rotary", "norm_kind": "rms"}
    layer |= {"activation": "swiglu", "bias": False, "window": 6}
    flow = resolve(
        design(
            [
                node("ids", "input", shape=(12,), dtype="int"),
                node("mask", "padding_mask"),
                node("embed", "embedding", vocabulary=50, width=32),
                node("layer1", "transformer_encoder_layer", **layer),
                node("layer2", "transformer_encoder_layer", **layer),
                node("norm", "rms_norm"),
                node("head", "linear", features=50, bias=False),
                node("y", "output"),
            ],
            *("ids -> embed", "ids -> mask", "embed -> layer1.x", "mask -> layer1.mask"),
            *("layer1 -> layer2.x", "mask -> layer2.mask", "layer2 -> norm", "norm -> head", "head -> y"),
        )
    )
    assert not flow.problems
    model = build_module(write_python(flow, "language")).eval()
    ids = torch.randint(1, 50, (2, 12))
    ids[0, 8:] = 0
    y = model(ids)
    later = ids.clone()
    later[1, 7:] = 3
    torch.testing.assert_close(model(later)[1, :7], y[1, :7])
    short = model(ids[:1, :8])
    torch.testing.assert_close(short, y[:1, :8])
    torch.testing.assert_close(torch.jit.script(model)(ids), y)
    torch.testing.assert_close(torch.export.export(model, (ids,)).module()(ids), y)
