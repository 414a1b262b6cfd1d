"""Diffusion: networks that tell noise from picture. Ho et al. 2020, arXiv:2006.11239."""

from __future__ import annotations

from functools import partial

from explorer.architectures.architecture import architecture
from explorer.architectures.options import numbers
from explorer.architectures.parts import about, check_layers, variant
from explorer.graph.builder import Builder, Wire
from explorer.graph.catalogue import ShapeError
from explorer.graph.tensor import Tensor, tokens, vector

CATEGORY = "1.2.6 generative"
EPS = 1e-6
GROUPS = 32


def _normed(g: Builder, x: Wire, end: str = "") -> Wire:
    return g.add(
        "swish", g.add("group_norm", x, name=f"norm{end}", groups=GROUPS, eps=EPS), name=f"swish{end}"
    )


def _residual(g: Builder, x: Wire, time: Wire, *, filters: int, dropout: float) -> Wire:
    """Two convolutions, between which what the time says is added to every channel."""
    y = g.add("conv2d", _normed(g, x, "1"), name="conv1", filters=filters, kernel=3, padding=1)
    t = g.add("linear", g.add("swish", time, name="swish_time"), name="time", features=filters)
    t = g.add("reshape", t, name="channels", shape=(filters, 1, 1), axes="CHW")
    y = g.add("add", y, t, name="add_time", broadcast=True)
    y = _normed(g, y, "2")
    if dropout:
        y = g.add("dropout", y, name="drop", p=dropout)
    y = g.add("conv2d", y, name="conv2", filters=filters, kernel=3, padding=1)
    if x.channels != filters:
        x = g.add("pointwise_conv2d", x, name="shortcut", filters=filters)
    return g.add("add", x, y, name="add")


def _attention(g: Builder, x: Wire) -> Wire:
    """Every place looks at all others, with one head."""
    channels, height, width = x.tensor.shape
    y = g.add("group_norm", x, name="norm", groups=GROUPS, eps=EPS)
    y = g.add("reshape", y, name="row", shape=(channels, height * width), axes="CT")
    y = g.add("permute", y, name="tokens", order=(1, 0), axes="TD")
    y = g.add("multi_head_attention", y, name="attention", heads=1)
    y = g.add("permute", y, name="channels_first", order=(1, 0), axes="CT")
    y = g.add("reshape", y, name="map", shape=(channels, height, width), axes="CHW")
    return g.add("add", x, y, name="add")


@architecture(
    "ddpm_unet_cifar",
    title="DDPM U-Net for CIFAR-10",
    category=CATEGORY,
    year=2020,
    source="Ho, Jain & Abbeel 2020, arXiv:2006.11239",
    input=(3, 32, 32),
    classes=3,
    dataset="",
    parameters=35_746_307,
    task="generation",
    also=("denoising diffusion", "diffusion model", "noise", "u-net", "score"),
)
def ddpm_unet_cifar(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    width: int = 128,
    wider: str = "1 2 2 2",
    blocks: int = 2,
    attention: int = 16,
    dropout: float = 0.1,
) -> None:
    """Is shown a picture in noise and told how much, and says what of it is noise. A thousand small steps
    with its answers lead from pure noise to a picture that never was.

    The number of classes is the number of channels of the noise. `attention` is the side of the maps on which
    every place looks at all others.

    Contribution: diffusion that draws as well as GANs, trained by a plain squared difference.
    Figures: 35.7 M parameters in the paper; FID 3.17 on CIFAR-10.
    Form: exact, as released: group norm, swish, one head of attention at 16×16 and in the middle.
    Strengths: steady training without an opponent; great variety.
    Gaps: up to a thousand passes for one picture.
    """
    factors = numbers(wider)
    if not 1 <= len(factors) <= 8 or not all(1 <= factor <= 16 for factor in factors):
        raise ValueError(f"is wider by factors such as “1 2 2 2”, not “{wider[:40]}”.")
    if not 1 <= width <= 1024 or width % GROUPS:
        raise ValueError(f"has a width that {GROUPS} divides, such as 128, not {width}.")
    if not 1 <= blocks <= 16 or not 0 <= dropout < 1:
        raise ValueError(f"has 1 to 16 blocks and drops 0 to below 1, not {blocks} and {dropout:g}.")
    if any(size % 2 ** (len(factors) - 1) for size in input.shape[1:]):
        least = 2 ** (len(factors) - 1)
        raise ShapeError(
            f"halves its maps {len(factors) - 1} times, so that {least} has to divide height and width.",
            code="divide",
        )

    def block(g: Builder, x: Wire, time: Wire, name: str, filters: int, attends: bool) -> Wire:
        write = partial(_residual, filters=filters, dropout=dropout)
        (x,) = g.group(name, write, x, time)
        return g.group(f"{name}_attention", _attention, x)[0] if attends else x

    def down(g: Builder, x: Wire, time: Wire, *, filters: int, last: bool) -> tuple[Wire, ...]:
        kept = []
        for number in range(1, blocks + 1):
            x = block(g, x, time, f"block{number}", filters, x.tensor.shape[1] == attention)
            kept.append(x)
        if last:
            return tuple(kept)
        x = g.add("pad", x, name="pad", margin=(0, 1, 0, 1))
        return *kept, g.add("conv2d", x, name="halve", filters=filters, kernel=3, stride=2)

    def middle(g: Builder, x: Wire, time: Wire) -> Wire:
        x = block(g, x, time, "block1", x.channels, True)
        return block(g, x, time, "block2", x.channels, False)

    def up(g: Builder, x: Wire, time: Wire, *kept: Wire, filters: int, last: bool) -> Wire:
        for number, other in enumerate(kept, 1):
            x = g.add("concat", x, other, name=f"concat{number}", axis="C")
            x = block(g, x, time, f"block{number}", filters, x.tensor.shape[1] == attention)
        if last:
            return x
        x = g.add("resize", x, name="enlarge", scale=2.0)
        return g.add("conv2d", x, name="smooth", filters=filters, kernel=3, padding=1)

    x, step = g.input("picture", input), g.input("time", vector(1))
    half = width // 2
    longest = 10_000.0 ** (half / max(1, half - 1))  # so that the slowest wave has exactly 10,000
    time = g.add("time_embedding", step, name="time_code", width=4 * width, waves=width, longest=longest)
    x = g.add("conv2d", x, name="first", filters=width, kernel=3, padding=1)
    maps = [x]
    for number, factor in enumerate(factors, 1):
        write = partial(down, filters=factor * width, last=number == len(factors))
        found = g.group(f"down{number}", write, x, time)
        maps += found
        x = found[-1]
    (x,) = g.group("middle", middle, x, time)
    for number in range(len(factors), 0, -1):
        kept = [maps.pop() for _ in range(blocks + 1)]
        write_up = partial(up, filters=factors[number - 1] * width, last=number == 1)
        (x,) = g.group(f"up{number}", write_up, x, time, *kept)
    x = g.add("conv2d", _normed(g, x), name="last", filters=classes, kernel=3, padding=1)
    g.output("noise", x)


def dit(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    patch: int = 2,
    layers: int = 28,
    width: int = 1152,
    heads: int = 16,
) -> None:
    """Patches of a latent picture, layers steered by time and class, patches back to maps."""
    check_layers(width, layers, heads)
    channels = 2 * input.shape[0]
    if patch < 1 or any(size % patch for size in input.shape[1:]):
        raise ValueError(f"cuts patches that divide {input.text}, such as 2, not {patch}.")
    rows, columns = (size // patch for size in input.shape[1:])

    def embedding(g: Builder, x: Wire) -> Wire:
        x = g.add("patch_embedding", x, name="patches", patch=patch, width=width)
        return g.add("positional_encoding", x, name="position", kind="learned", frozen=True)

    def condition(g: Builder, step: Wire, label: Wire) -> Wire:
        t = g.add("time_embedding", step, name="time_code", width=width, waves=256, order="cosines_first")
        y = g.add("embedding", label, name="labels", vocabulary=classes + 1, width=width)
        return g.add("add", t, g.add("flatten", y, name="flatten"), name="add")

    def layer(g: Builder, x: Wire, c: Wire) -> Wire:
        y, gate = g.add_all("adaptive_norm", x, c, name="norm1")
        y = g.add("multi_head_attention", y, name="attention", heads=heads)
        x = g.add("add", x, g.add("multiply", y, gate, name="gate1", broadcast=True), name="add1")
        y, gate = g.add_all("adaptive_norm", x, c, name="norm2")
        y = g.add("feed_forward", y, name="mlp", activation="gelu_tanh")
        return g.add("add", x, g.add("multiply", y, gate, name="gate2", broadcast=True), name="add2")

    def stack(g: Builder, x: Wire, c: Wire) -> Wire:
        (x,) = g.group("block1", layer, x, c)
        for number in range(2, layers + 1):
            (x,) = g.use("block1", x, c, name=f"block{number}")
        return x

    def end(g: Builder, x: Wire, c: Wire) -> Wire:
        x = g.add("adaptive_norm", x, c, name="norm", gate=False)
        x = g.add("linear", x, name="linear", features=patch * patch * channels)
        # values of a patch stand as rows, columns, channels; maps want channels first
        x = g.add("reshape", x, name="places", shape=(rows * columns, patch * patch, channels), axes="THC")
        x = g.add("permute", x, name="channels_first", order=(2, 1, 0), axes="CHT")
        x = g.add("reshape", x, name="maps", shape=(patch * patch * channels, rows, columns), axes="CHW")
        return g.add("pixel_shuffle", x, name="unfold", factor=patch) if patch > 1 else x

    x = g.input("latent", input)
    step, label = g.input("time", vector(1)), g.input("label", tokens(1))
    (x,) = g.group("embedding", embedding, x)
    (c,) = g.group("condition", condition, step, label)
    (x,) = g.group("blocks", stack, x, c)
    g.output("noise", g.group("end", end, x, c)[0])


WORDS = """\
Is a vision transformer in place of the U-Net of a diffusion model: it reads a noisy latent picture in patches
and says what of it is noise. Time and class steer every layer by scaling, shifting and gating it.

The number of classes is that of the labels; one more label stands for none of them. What leaves is the noise
and its variance, twice as many channels as enter.

Contribution: diffusion scales with a plain transformer; gates that begin at 0 make deep ones steady."""
REST = """\
Strengths: the more work, the better the pictures, in a predictable way.
Gaps: works on the codes of a separate autoencoder, which is not part of it."""
for size, layers, width, heads, parameters, printed in (
    ("s", 12, 384, 6, 32_865_056, "33 M"),
    ("b", 12, 768, 12, 130_315_808, "130 M"),
    ("xl", 28, 1152, 16, 674_834_720, "675 M"),
):
    architecture(
        f"dit_{size}_2",
        title=f"DiT-{size.upper()}/2",
        category=CATEGORY,
        year=2022,
        source="Peebles & Xie 2022, arXiv:2212.09748",
        input=(4, 32, 32),
        classes=1000,
        parameters=parameters,
        task="generation",
        also=("diffusion transformer", "adaln-zero", "latent diffusion"),
    )(
        variant(
            dit,
            about(
                WORDS,
                f"{printed} parameters in the paper, with {256 * width:,} fixed ones for the places.",
                "exact, as released, for pictures of 256×256 (latents of 4×32×32). The fixed waves of the "
                "places are a table that is not trained; it holds them once weights are loaded.",
                REST,
            ),
            layers=layers,
            width=width,
            heads=heads,
        )
    )
