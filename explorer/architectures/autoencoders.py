"""Autoencoders that generate: VAE and VQ-VAE. Kingma & Welling 2013; van den Oord et al. 2017."""

from __future__ import annotations

from explorer.architectures.architecture import architecture
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

CATEGORY = "1.2.6 generative"


@architecture(
    "vae",
    title="VAE",
    category=CATEGORY,
    year=2013,
    source="Kingma & Welling 2013, arXiv:1312.6114",
    input=(1, 28, 28),
    classes=20,
    parameters=652_824,
    task="generation",
    also=("variational autoencoder", "latent space", "reparametrisation", "elbo"),
)
def vae(g: Builder, input: Tensor, classes: int, *, hidden: int = 400) -> None:
    """Makes a few numbers of a picture and the picture of the numbers, but draws the numbers from a normal
    distribution. Near numbers thus stand for like pictures, and random ones for pictures that never were.

    The number of classes is the length of the code. At inference the mean is taken in place of a draw.

    Contribution: gradients through a random draw, by writing it as mean plus deviation times noise.
    Figures: 652,824 parameters; the paper has 500 units inside for MNIST.
    Form: exact to PyTorch's example, 784-400-20-400-784 with ReLU; the paper takes tanh.
    Strengths: one training gives an encoder and a generator; a bound on the likelihood is known.
    Gaps: pictures are soft, as every pixel is drawn by itself.
    """
    if not 1 <= hidden <= 65_536:
        raise ValueError(f"has 1 to 65,536 units inside, such as 400, not {hidden}.")

    def encoder(g: Builder, x: Wire) -> tuple[Wire, ...]:
        x = g.add("flatten", x, name="flatten")
        x = g.add("relu", g.add("linear", x, name="fc", features=hidden), name="relu")
        mean = g.add("linear", x, name="mean", features=classes)
        return mean, g.add("linear", x, name="log_variance", features=classes)

    def decoder(g: Builder, z: Wire) -> Wire:
        x = g.add("relu", g.add("linear", z, name="fc1", features=hidden), name="relu")
        x = g.add("linear", x, name="fc2", features=input.size)
        x = g.add("sigmoid", x, name="sigmoid")
        return g.add("reshape", x, name="picture", shape=input.shape, axes="".join(input.axes))

    mean, log_variance = g.group("encoder", encoder, g.input("input", input))
    z = g.add("reparametrise", mean, log_variance, name="code")
    (x,) = g.group("decoder", decoder, z)
    for name, wire in (("picture", x), ("mean", mean), ("log_variance", log_variance)):
        g.output(name, wire)


def _residual_stack(g: Builder, x: Wire, count: int, inside: int) -> Wire:
    """Add 1×1 of 3×3 of what arrives, some times; ReLU in front of each and at the end."""
    for number in range(1, count + 1):
        y = g.add("relu", x, name=f"relu{number}_1")
        y = g.add("conv2d", y, name=f"conv{number}_1", filters=inside, kernel=3, padding=1)
        y = g.add("relu", y, name=f"relu{number}_2")
        y = g.add("pointwise_conv2d", y, name=f"conv{number}_2", filters=x.channels)
        x = g.add("add", x, y, name=f"add{number}")
    return g.add("relu", x, name="relu")


@architecture(
    "vq_vae",
    title="VQ-VAE",
    category=CATEGORY,
    year=2017,
    source="van den Oord, Vinyals & Kavukcuoglu 2017, arXiv:1711.00937",
    input=(3, 32, 32),
    classes=512,
    dataset="shapes32",
    parameters=695_491,
    task="generation",
    also=("codebook", "discrete latent", "vector quantisation", "tokens of pictures"),
)
def vq_vae(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    width: int = 128,
    code: int = 64,
    blocks: int = 2,
    inside: int = 32,
) -> None:
    """Replaces every place of its small maps by the nearest of 512 learned vectors, so that a picture becomes
    8×8 whole numbers. A second model can then learn to write such numbers as it would write words.

    The number of classes is the number of vectors. `loss` draws vectors and places towards each other and is
    to be added to what is minimised.

    Contribution: discrete codes whose gradient passes straight through the choice.
    Figures: none are printed for its size.
    Form: exact to the authors' example for CIFAR-10: 128 channels, two residual blocks of 32, 512 vectors of
        64 numbers; the paper has 256 channels.
    Strengths: sharp pictures; tokens that transformers can read and write.
    Gaps: needs the second model for new pictures; vectors that are never nearest do not learn.
    """
    if not 2 <= width <= 4096 or width % 2 or not 1 <= code <= 4096 or not 1 <= inside <= 4096:
        raise ValueError(f"has an even width of 2 to 4,096 and codes of 1 to 4,096, not {width} and {code}.")
    if not 0 <= blocks <= 64:
        raise ValueError(f"has 0 to 64 residual blocks, such as 2, not {blocks}.")

    def encoder(g: Builder, x: Wire) -> Wire:
        for number, filters in ((1, width // 2), (2, width)):
            x = g.add("conv2d", x, name=f"conv{number}", filters=filters, kernel=4, stride=2, padding=1)
            x = g.add("relu", x, name=f"relu{number}")
        x = g.add("conv2d", x, name="conv3", filters=width, kernel=3, padding=1)
        (x,) = g.group("residuals", lambda g, x: _residual_stack(g, x, blocks, inside), x)
        return g.add("pointwise_conv2d", x, name="to_code", filters=code)

    def decoder(g: Builder, x: Wire) -> Wire:
        x = g.add("conv2d", x, name="conv", filters=width, kernel=3, padding=1)
        (x,) = g.group("residuals", lambda g, x: _residual_stack(g, x, blocks, inside), x)
        x = g.add("conv_transpose2d", x, name="up1", filters=width // 2, kernel=4, stride=2, padding=1)
        x = g.add("relu", x, name="relu")
        channels = input.shape[0]
        return g.add("conv_transpose2d", x, name="up2", filters=channels, kernel=4, stride=2, padding=1)

    (x,) = g.group("encoder", encoder, g.input("input", input))
    x, index, loss = g.add_all("vector_quantizer", x, name="quantize", codes=classes)
    (x,) = g.group("decoder", decoder, x)
    for name, wire in (("picture", x), ("index", index), ("loss", loss)):
        g.output(name, wire)
