"""Vision transformers. Dosovitskiy et al. 2020, arXiv:2010.11929."""

from __future__ import annotations

from explorer.architectures.architecture import architecture
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

EPS = 1e-6
CATEGORY = "1.2.4 transformers"
PAPER = "Dosovitskiy et al. 2020, arXiv:2010.11929"
DINO = "Caron et al. 2021, arXiv:2104.14294"


@architecture(
    "vit_mnist",
    title="ViT, small",
    category="1.2.4 transformers",
    year=2020,
    source="Dosovitskiy et al. 2020, arXiv:2010.11929, scaled down",
    input=(1, 28, 28),
    dataset="mnist5k",
    weights="vit_mnist",
)
def vit_mnist(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    patch: int = 4,
    width: int = 64,
    layers: int = 4,
    heads: int = 4,
) -> None:
    """Cuts the picture into patches, reads them like the words of a sentence, and lets each look at all.

    A class token collects what the patches tell; its last state decides.
    """
    x = g.input("input", input)
    x = g.add("patch_embedding", x, name="patches", patch=patch, width=width)
    x = g.add("class_token", x, name="class_token")
    x = g.add("positional_encoding", x, name="position", kind="learned")
    g.frame("tokens", "input", "patches", "class_token", "position")
    names = []
    for number in range(1, layers + 1):
        names.append(f"encoder{number}")
        x = g.add("transformer_encoder_layer", x, name=names[-1], heads=heads, mlp=width * 2)
    g.frame("encoder", *names)
    x = g.add("layer_norm", x, name="norm")
    x = g.add("slice", x, name="first", axis="T", start=0, stop=1)
    x = g.add("flatten", x, name="flatten")
    x = g.add("linear", x, name="head", features=classes)
    g.output("output", x)
    g.frame("answer", "norm", "first", "flatten", "head", "output")


def _check(width: int, layers: int, heads: int) -> None:
    if layers < 1:
        raise ValueError(f"has 1 or more layers, such as 12, not {layers}.")
    if heads < 1 or width < 1 or width % heads:
        raise ValueError(f"has a width that its heads divide, such as 768 and 12, not {width} and {heads}.")


def _backbone(g: Builder, input: Tensor, patch: int, width: int, layers: int, heads: int, mlp: int) -> Wire:
    """Patches, class token and positions, the encoder, the last norm; returns the state of the token."""
    _check(width, layers, heads)

    def embedding(g: Builder, x: Wire) -> Wire:
        x = g.add("patch_embedding", x, name="patches", patch=patch, width=width)
        x = g.add("class_token", x, name="class_token")
        return g.add("positional_encoding", x, name="position", kind="learned")

    def encoder(g: Builder, x: Wire) -> Wire:
        for number in range(1, layers + 1):
            x = g.add(
                "transformer_encoder_layer", x, name=f"block{number}", heads=heads, mlp=mlp or None, eps=EPS
            )
        return x

    x = g.input("input", input)
    (x,) = g.group("embedding", embedding, x)
    (x,) = g.group("encoder", encoder, x)
    x = g.add("layer_norm", x, name="norm", eps=EPS)
    x = g.add("slice", x, name="first", axis="T", start=0, stop=1)
    return g.add("flatten", x, name="flatten")


def _vit(
    g: Builder, input: Tensor, classes: int, patch: int, width: int, layers: int, heads: int, mlp: int
) -> None:
    x = _backbone(g, input, patch, width, layers, heads, mlp)
    x = g.add("linear", x, name="head", features=classes)
    g.output("output", x)
    g.frame("answer", "norm", "first", "flatten", "head", "output")


@architecture(
    "vit_tiny_p16",
    title="ViT-Ti/16",
    category=CATEGORY,
    year=2021,
    source=f"{PAPER}; Touvron et al. 2020, arXiv:2012.12877 (this size)",
    input=(3, 224, 224),
    classes=1000,
    parameters=5_717_416,
)
def vit_tiny_p16(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    patch: int = 16,
    width: int = 192,
    layers: int = 12,
    heads: int = 3,
    mlp: int = 0,
) -> None:
    """Reads a picture as 196 patches of 16×16 pixels, like words, with three heads of width 64.
    It is the smallest of the family, made to be trained on ImageNet alone.

    Contribution: data-efficient training brought vision transformers down to the size of small CNNs.
    Figures: 5.7 M parameters and 1.3 B MACs in the paper on DeiT.
    Form: exact, pre-norm, with a class token and learned positions; without the distillation token.
    Strengths: global view from the first layer on; one plain block, repeated.
    Gaps: no built-in notion of neighbours, so that it wants much data or strong augmentation; bound to the
        size of the picture by its table of positions.
    """
    _vit(g, input, classes, patch, width, layers, heads, mlp)


@architecture(
    "vit_small_p16",
    title="ViT-S/16",
    category=CATEGORY,
    year=2021,
    source=f"{PAPER}; Touvron et al. 2020, arXiv:2012.12877 (this size)",
    input=(3, 224, 224),
    classes=1000,
    parameters=22_050_664,
)
def vit_small_p16(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    patch: int = 16,
    width: int = 384,
    layers: int = 12,
    heads: int = 6,
    mlp: int = 0,
) -> None:
    """Is the vision transformer about as large as ResNet-50: 384 numbers for each patch, six heads.
    Attention lets every patch look at all others in every one of twelve layers.

    Contribution: the size at which transformers and convolutional networks are most often compared.
    Figures: 22 M parameters and 4.6 B MACs in the paper on DeiT.
    Form: exact, pre-norm, with a class token and learned positions; without the distillation token.
    Strengths: global view from the first layer on; one plain block, repeated.
    Gaps: cost grows with the square of the number of patches.
    """
    _vit(g, input, classes, patch, width, layers, heads, mlp)


@architecture(
    "vit_b_16",
    title="ViT-B/16",
    category=CATEGORY,
    year=2021,
    source=PAPER,
    input=(3, 224, 224),
    classes=1000,
    parameters=86_567_656,
)
def vit_b_16(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    patch: int = 16,
    width: int = 768,
    layers: int = 12,
    heads: int = 12,
    mlp: int = 0,
) -> None:
    """Treats patches of a picture as words and feeds them to the encoder of a language model unchanged.
    With enough data, attention learns by itself what convolutions have built in.

    Contribution: an image is worth 16×16 words: the plain transformer suffices for recognition at scale.
    Figures: 86 M parameters in the paper; 86,567,656 with its 1,000 classes.
    Form: exact, pre-norm, with a class token and learned positions; dropout left out, as at inference.
    Strengths: scales with data; every layer sees the whole picture; attention maps can be looked at.
    Gaps: below CNNs when trained on ImageNet alone; cost grows with the square of the number of patches.
    """
    _vit(g, input, classes, patch, width, layers, heads, mlp)


@architecture(
    "vit_b_32",
    title="ViT-B/32",
    category=CATEGORY,
    year=2021,
    source=PAPER,
    input=(3, 224, 224),
    classes=1000,
    parameters=88_224_232,
)
def vit_b_32(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    patch: int = 32,
    width: int = 768,
    layers: int = 12,
    heads: int = 12,
    mlp: int = 0,
) -> None:
    """Is ViT-B with patches of 32×32 pixels, so that it reads 50 tokens in place of 197.
    It costs a quarter, but what is finer than a patch is mixed by the first layer already.

    Contribution: shows the size of the patch as the dial between cost and detail.
    Figures: 88 M parameters, more than ViT-B/16, as the larger patches need a larger first layer.
    Form: exact, pre-norm, with a class token and learned positions; dropout left out, as at inference.
    Strengths: cheap for its size.
    Gaps: coarse: less accurate than ViT-B/16 on the same data.
    """
    _vit(g, input, classes, patch, width, layers, heads, mlp)


@architecture(
    "vit_l_16",
    title="ViT-L/16",
    category=CATEGORY,
    year=2021,
    source=PAPER,
    input=(3, 224, 224),
    classes=1000,
    parameters=304_326_632,
)
def vit_l_16(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    patch: int = 16,
    width: int = 1024,
    layers: int = 24,
    heads: int = 16,
    mlp: int = 0,
) -> None:
    """Is twice as deep as ViT-B and a third wider, with sixteen heads.
    It overtakes smaller ones only when it has seen many more pictures than ImageNet has.

    Contribution: accuracy that keeps growing with data and size.
    Figures: 307 M parameters in the paper, 304,326,632 with 1,000 classes and without its extra layer for
        pre-training.
    Form: exact, pre-norm, with a class token and learned positions; dropout left out, as at inference.
    Strengths: transfers well to small data sets after pre-training.
    Gaps: needs data sets of tens of millions of pictures.
    """
    _vit(g, input, classes, patch, width, layers, heads, mlp)


def _dino(g: Builder, input: Tensor, classes: int, patch: int, layers: int, heads: int) -> None:
    if classes % heads:
        raise ValueError(f"gives features in {heads} heads, so {heads} divides their number, not {classes}.")
    g.output("features", _backbone(g, input, patch, classes, layers, heads, 0))


@architecture(
    "dino_vit_s16",
    title="DINO ViT-S/16",
    category=CATEGORY,
    year=2021,
    source=DINO,
    input=(3, 224, 224),
    classes=384,
    parameters=21_665_664,
    task="self-supervision",
)
def dino_vit_s16(
    g: Builder, input: Tensor, classes: int, *, patch: int = 16, layers: int = 12, heads: int = 6
) -> None:
    """Learns without labels: a student must give the same answer for small crops as its own moving average
    gives for large ones. What comes out are 384 features of the class token, good enough for nearest
    neighbours.

    The number of classes is the width of the network here, since its output are features.

    Contribution: self-distillation without labels, whose attention maps outline the objects.
    Figures: 21 M parameters and 384 features in the paper.
    Form: exact backbone without a head; the head of the training is an entry of its own.
    Strengths: no labels; features that suit many tasks; attention shows what is object.
    Gaps: long training with many crops of each picture.
    """
    _dino(g, input, classes, patch, layers, heads)


@architecture(
    "dino_vit_s8",
    title="DINO ViT-S/8",
    category=CATEGORY,
    year=2021,
    source=DINO,
    input=(3, 224, 224),
    classes=384,
    parameters=21_670_272,
    task="self-supervision",
)
def dino_vit_s8(
    g: Builder, input: Tensor, classes: int, *, patch: int = 8, layers: int = 12, heads: int = 6
) -> None:
    """Is the self-taught ViT-S with patches of 8×8 pixels, so that 785 tokens look at each other.
    Smaller patches cost no parameters, but give finer attention maps and better features.

    The number of classes is the width of the network here, since its output are features.

    Contribution: shows how much the size of the patches matters for self-taught features.
    Figures: 21 M parameters and 785 tokens in the paper.
    Form: exact backbone without a head; the head of the training is an entry of its own.
    Strengths: attention maps fine enough to cut objects out.
    Gaps: attention costs sixteen times that of ViT-S/16.
    """
    _dino(g, input, classes, patch, layers, heads)


@architecture(
    "dino_head_65536",
    title="DINO head",
    category=CATEGORY,
    year=2021,
    source=DINO,
    input=(384,),
    classes=65_536,
    parameters=22_286_592,
    task="self-supervision",
)
def dino_head_65536(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    layers: int = 3,
    hidden: int = 2048,
    bottleneck: int = 256,
) -> None:
    """Turns the features of a picture into scores for 65,536 prototypes, over which student and teacher have
    to agree. The features are narrowed to 256 numbers of unit length first, which keeps training steady.

    Contribution: a head that needs neither labels nor pairs of different pictures.
    Figures: 384-2048-2048-256 and 65,536 outputs in the paper.
    Form: exact; the rows of the last layer are weight-normalised with lengths fixed at 1.
    Strengths: thrown away after training, so that it costs nothing at inference.
    Gaps: as large as the network that it trains.
    """
    x = g.input("features", input)
    x = g.add(
        "dino_head", x, name="head", layers=layers, hidden=hidden, bottleneck=bottleneck, features=classes
    )
    g.output("scores", x)
