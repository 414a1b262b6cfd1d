"""Fully connected modules that torch lacks: tied autoencoder, Boltzmann machine, codes of digits."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def activate(name: str, x: Tensor) -> Tensor:
    """Apply the activation called `name`."""
    match name:
        case "relu":
            return F.relu(x)
        case "leaky_relu":
            return F.leaky_relu(x)
        case "elu":
            return F.elu(x)
        case "gelu":
            return F.gelu(x)
        case "sigmoid":
            return torch.sigmoid(x)
        case "tanh":
            return torch.tanh(x)
        case "swish":
            return F.silu(x)
        case "step":
            return x.clamp(-1, 0).floor() + 1
        case "sign":
            return x.sign()
        case "identity":
            return x
    raise ValueError(f"no activation is called {name}")


class TiedAutoencoder(nn.Module):
    """Encoder whose matrices, transposed, are the decoder's too; the decoder has biases of its own.

    Args:
        widths: of the input and of each encoder layer.
        activation: after every layer but the decoder's last. last: after that one.

    """

    def __init__(self, widths: tuple[int, ...], activation: str = "relu", last: str = "identity") -> None:
        super().__init__()
        self.activation, self.last = activation, last
        outs, ins = widths[1:], widths[:-1]
        self.weights = nn.ParameterList(torch.empty(m, n) for m, n in zip(outs, ins, strict=True))
        self.encode_biases = nn.ParameterList(torch.zeros(m) for m in outs)
        self.decode_biases = nn.ParameterList(torch.zeros(n) for n in ins)
        for weight in self.weights:
            nn.init.kaiming_uniform_(weight, a=math.sqrt(5))

    def encode(self, x: Tensor) -> Tensor:
        """Take x (N, n) to the code (N, last width)."""
        for weight, bias in zip(self.weights, self.encode_biases, strict=True):
            x = activate(self.activation, F.linear(x, weight, bias))
        return x

    def decode(self, code: Tensor) -> Tensor:
        """Take the code (N, last width) to y (N, n)."""
        last = len(self.weights) - 1
        for number in range(last, -1, -1):
            code = F.linear(code, self.weights[number].t(), self.decode_biases[number])
            code = activate(self.activation if number else self.last, code)
        return code

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Take x (N, n) to y (N, n) and the code (N, last width)."""
        code = self.encode(x)
        return self.decode(code), code


class RestrictedBoltzmann(nn.Module):
    """Two layers of binary units with energy E(v, h) = −a·v − b·h − h·Wv.

    Args:
        visible, hidden: number of units. spread: standard deviation of the first weights.

    """

    def __init__(self, visible: int, hidden: int, spread: float = 0.01) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(hidden, visible) * spread)
        self.visible_bias = nn.Parameter(torch.zeros(visible))
        self.hidden_bias = nn.Parameter(torch.zeros(hidden))

    def hidden(self, v: Tensor) -> Tensor:
        """Probabilities of the hidden units (N, m), given the visible ones (N, n)."""
        return torch.sigmoid(F.linear(v, self.weight, self.hidden_bias))

    def visible(self, h: Tensor) -> Tensor:
        """Probabilities of the visible units (N, n), given the hidden ones (N, m)."""
        return torch.sigmoid(F.linear(h, self.weight.t(), self.visible_bias))

    def forward(self, v: Tensor) -> tuple[Tensor, Tensor]:
        """Take v (N, n) to p(h = 1) (N, m) and to what one Gibbs step on probabilities makes of v (N, n)."""
        h = self.hidden(v)
        return h, self.visible(h)

    def free_energy(self, v: Tensor) -> Tensor:
        """F(v) = −a·v − Σ log(1 + exp(b + Wv)) of each sample, (N, n) → (N,)."""
        return -v @ self.visible_bias - F.softplus(F.linear(v, self.weight, self.hidden_bias)).sum(-1)

    def contrastive_divergence(self, v: Tensor, steps: int = 1) -> Tensor:
        """Loss whose gradient is that of contrastive divergence: F(data) − F(samples after `steps`)."""
        with torch.no_grad():
            sample = v
            for _ in range(steps):
                sample = torch.bernoulli(self.visible(torch.bernoulli(self.hidden(sample))))
        return (self.free_energy(v) - self.free_energy(sample)).mean()


DIGITS = """
....... ....... ....... ....... ....... ....... ....... ....... ....... .......
.#####. ...##.. .#####. .#####. ....##. ####### ..####. ####### .#####. .#####.
##...## ..###.. ##...## ##...## ...###. ##..... .##.... ##...## ##...## ##...##
##...## .####.. .....## .....## ..####. ##..... ##..... .....## ##...## ##...##
##...## ...##.. .....## .....## .##.##. ##..... ##..... ....##. ##...## ##...##
##...## ...##.. ....##. ..####. ##..##. ######. ######. ....##. .#####. .######
##...## ...##.. ...##.. .....## ##..##. .....## ##...## ...##.. ##...## .....##
##...## ...##.. ..##... .....## ####### .....## ##...## ...##.. ##...## .....##
##...## ...##.. .##.... .....## ....##. .....## ##...## ..##... ##...## .....##
##...## ...##.. ##..... ##...## ....##. ##...## ##...## ..##... ##...## ....##.
.#####. .###### ####### .#####. ....##. .#####. .#####. ..##... .#####. .####..
....... ....... ....... ....... ....... ....... ....... ....... ....... .......
"""


class DigitCodes(nn.Module):
    """Minus the squared distance to drawings of the digits, 7 wide and 12 high, of 1 for ink and −1 for none.

    Args:
        features: of the input; other lengths than 84 meet the drawings stretched. classes: how many digits.

    """

    codes: Tensor

    def __init__(self, features: int, classes: int = 10) -> None:
        super().__init__()
        rows = [line.split() for line in DIGITS.split("\n") if line]
        drawn = ["".join(row[digit] for row in rows) for digit in range(classes)]
        places = [place * 84 // features for place in range(features)]
        codes = torch.tensor([[1.0 if code[place] == "#" else -1.0 for place in places] for code in drawn])
        self.register_buffer("codes", codes, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, features) to scores (N, classes), all at most 0."""
        return -(x.unsqueeze(-2) - self.codes.to(x.dtype)).square().sum(-1)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.codes.shape[1]}, classes={self.codes.shape[0]}"
