"""MLP-Mixer: patches mixed by linear layers alone. Tolstikhin et al. 2021, arXiv:2105.01601."""

from __future__ import annotations

from explorer.architectures.architecture import architecture
from explorer.architectures.parts import check_layers
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

EPS = 1e-6


@architecture(
    "mlp_mixer_b16",
    title="MLP-Mixer-B/16",
    category="1.2.4 transformers",
    year=2021,
    source="Tolstikhin et al. 2021, arXiv:2105.01601",
    input=(3, 224, 224),
    classes=1000,
    parameters=59_880_472,
    also=("all mlp", "patches", "token mixing", "without attention"),
)
def mlp_mixer_b16(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    patch: int = 16,
    layers: int = 12,
    width: int = 768,
    token_mlp: int = 384,
    channel_mlp: int = 3072,
) -> None:
    """Cuts a picture into patches and mixes in turn along the patches and along their values, by two small
    networks of linear layers each. There is neither convolution nor attention in it.

    Contribution: shows how little of a design is needed where there is enough data.
    Figures: 59 M parameters and 12.7 G MACs in the paper; 59,880,472.
    Form: exact: the picture's mean over all patches is read; stochastic depth of the training left out.
    Strengths: nothing but matrix products; cost grows with the number of patches and no faster.
    Gaps: bound to the size of the picture; overfits on ImageNet alone, behind ViT of its size.
    """
    check_layers(width, layers, 1)
    if not 1 <= token_mlp <= 65_536 or not 1 <= channel_mlp <= 65_536:
        raise ValueError(f"has 1 to 65,536 values inside, not {token_mlp} and {channel_mlp}.")

    def layer(g: Builder, x: Wire) -> Wire:
        y = g.add("layer_norm", x, name="norm1", eps=EPS)
        y = g.add("permute", y, name="turn", order=(1, 0), axes="TD")
        y = g.add("feed_forward", y, name="tokens", hidden=token_mlp)
        y = g.add("permute", y, name="turn_back", order=(1, 0), axes="TD")
        x = g.add("add", x, y, name="add1")
        y = g.add("layer_norm", x, name="norm2", eps=EPS)
        y = g.add("feed_forward", y, name="channels", hidden=channel_mlp)
        return g.add("add", x, y, name="add2")

    def stack(g: Builder, x: Wire) -> Wire:
        (x,) = g.group("block1", layer, x)
        for number in range(2, layers + 1):
            (x,) = g.use("block1", x, name=f"block{number}")
        return x

    x = g.add("patch_embedding", g.input("input", input), name="patches", patch=patch, width=width)
    (x,) = g.group("blocks", stack, x)
    x = g.add("layer_norm", x, name="norm", eps=EPS)
    x = g.add("reduce", x, name="mean", kind="mean", axes="T")
    g.output("output", g.add("linear", x, name="head", features=classes))
