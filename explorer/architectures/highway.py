"""Highway networks: learned gates on the shortcut. Srivastava, Greff & Schmidhuber 2015, arXiv:1505.00387."""

from __future__ import annotations

from typing import Any

from explorer.architectures.architecture import architecture
from explorer.architectures.nin import FITNET
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

PATHS = "1.2.1 (3) multi-path"
SRIVASTAVA = "Srivastava, Greff & Schmidhuber 2015, arXiv:1505.00387, arXiv:1507.06228"


@architecture(
    "highway_mnist50",
    title="Highway network of 50 layers",
    category=PATHS,
    year=2015,
    source=SRIVASTAVA,
    input=(1, 28, 28),
    dataset="mnist5k",
    parameters=294_760,
)
def highway_mnist50(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    depth: int = 50,
    width: int = 50,
    gate_bias: float = -2.0,
    activation: str = "relu",
) -> None:
    """Fifty layers of fifty units, each of which mixes what it makes of its input with the input itself.
    Gates start nearly closed, so that at first everything passes through and even the first layer learns.

    Contribution: the first feed-forward networks of this depth that plain gradient descent could train.
    Figures: the texts print none for this network; the figures of a lecture (2.3 M parameters, 7.76 % error)
    are those of highway_cifar19. It has 0.29 M.
    Form: exact: an ordinary layer of 50 units, 50 highway layers, softmax outside; gate bias −2. The paper
    chose tanh or ReLU by trial.
    Strengths: depth that trains; connections beside the direct ones.
    Gaps: gates depend on the data and are hard to interpret and expensive: half of all weights.
    """
    if not 1 <= depth <= 1_000:
        raise ValueError(f"has 1 to 1,000 highway layers, not {depth}.")
    if activation not in ("relu", "tanh"):
        raise ValueError(f"activates by relu or tanh, not “{activation[:40]}”.")

    def layers(g: Builder, x: Wire) -> Wire:
        for number in range(1, depth + 1):
            x = g.add(
                "highway",
                x,
                name=f"highway{number}",
                form="dense",
                gate_bias=gate_bias,
                activation=activation,
            )
        return x

    x = g.add("flatten", g.input("input", input), name="flatten")
    x = g.add("linear", x, name="fc", features=width)
    x = g.add(activation, x, name="activation")
    (x,) = g.group("layers", layers, x)
    g.output("output", g.add("linear", x, name="classify", features=classes))


@architecture(
    "highway_cifar19",
    title="Highway network for CIFAR",
    category=PATHS,
    year=2015,
    source=SRIVASTAVA,
    input=(3, 32, 32),
    dataset="shapes32",
    parameters=2_274_186,
)
def highway_cifar19(
    g: Builder, input: Tensor, classes: int, *, multiplier: int = 1, gate_bias: float = -2.0
) -> None:
    """FitNet-4 with a highway layer in the place of each convolution that keeps its width.
    It learns at once and without a teacher what the plain stack needed two steps and hints for.

    `multiplier` times the widths of all stages.

    Contribution: gates on the shortcut for convolutions: what of the new passes, what of the old stays.
    Figures: 2.3 M parameters, 7.76 % error on CIFAR-10, depth 19; another table prints 7.72 %. The count is
    right: 2.27 M.
    Form: exact in widths: gate and layer are both 3×3, and a plain convolution stands where the width
    changes. A 1×1 for each class and a mean end it, as its authors replaced the linear layer; gate bias −2
    as for digits.
    Strengths: trains in one step; mitigates the limits of depth by connections across layers.
    Gaps: gates double the weights; many layers contribute little; features may be learned twice.
    """
    x = g.input("input", input)
    for number, widths in enumerate(FITNET, 1):

        def stage(g: Builder, x: Wire, number: int = number, widths: tuple[int, ...] = widths) -> Wire:
            for filters in widths:
                if filters * multiplier == x.channels and not (number == 1 and x.node == "x"):
                    x = g.add("highway", x, kernel=3, gate_bias=gate_bias)
                else:
                    conv: dict[str, Any] = {"filters": filters * multiplier, "kernel": 3, "padding": 1}
                    x = g.chain(x, ("conv2d", conv), "relu")
            return x if number == 3 else g.add("max_pool", x, kernel=2)

        (x,) = g.group(f"stage{number}", stage, x)
    x = g.add("pointwise_conv2d", x, name="classify", filters=classes)
    g.output("output", g.add("global_pool", x, name="pool"))
