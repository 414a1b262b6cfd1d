"""Whisper: speech to text, in many languages. Radford et al. 2022, arXiv:2212.04356."""

from __future__ import annotations

from functools import partial

from explorer.architectures.architecture import architecture
from explorer.architectures.parts import check_layers
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor, tokens


def _attention(g: Builder, x: Wire, *memory: Wire, heads: int, causal: bool) -> Wire:
    """Attention whose keys have no biases, as these would change nothing."""
    seen, width = (memory or (x,))[0], x.tensor.shape[1]
    q = g.add("linear", x, name="to_q", features=width)
    k = g.add("linear", seen, name="to_k", features=width, bias=False)
    v = g.add("linear", seen, name="to_v", features=width)
    y = g.add("scaled_dot_product", q, k, v, name="attend", heads=heads, causal=causal)
    return g.add("linear", y, name="to_out", features=width)


def _layer(g: Builder, x: Wire, *memory: Wire, heads: int) -> Wire:
    """Look at the own sequence, in the decoder at the memory too, then the small network: all pre-norm."""
    y = g.add("layer_norm", x, name="norm1")
    (y,) = g.group("attention", partial(_attention, heads=heads, causal=bool(memory)), y)
    x = g.add("add", x, y, name="add1")
    if memory:
        y = g.add("layer_norm", x, name="norm2")
        (y,) = g.group("cross_attention", partial(_attention, heads=heads, causal=False), y, *memory)
        x = g.add("add", x, y, name="add2")
    y = g.add("layer_norm", x, name="norm3")
    y = g.add("feed_forward", y, name="ffn")
    return g.add("add", x, y, name="add3")


def _stack(g: Builder, x: Wire, *memory: Wire, layers: int, heads: int) -> Wire:
    (x,) = g.group("layer1", partial(_layer, heads=heads), x, *memory)
    for number in range(2, layers + 1):
        (x,) = g.use("layer1", x, *memory, name=f"layer{number}")
    return g.add("layer_norm", x, name="norm")


@architecture(
    "whisper_tiny",
    title="Whisper, tiny",
    category="1.2.5 language models",
    year=2022,
    source="Radford et al. 2022, arXiv:2212.04356",
    input=(80, 3000),
    axes="CT",
    classes=51_865,
    parameters=37_184_640,
    task="sequence",
    also=("speech recognition", "asr", "transcription", "spectrogram", "audio", "openai"),
)
def whisper_tiny(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    layers: int = 4,
    width: int = 384,
    heads: int = 6,
    length: int = 448,
) -> None:
    """Writes down what is said in thirty seconds of sound, and first which language it is. The encoder reads
    a spectrogram of 80 bands, the decoder writes token by token while it looks at the sound.

    The number of classes is the number of tokens, marks for tasks and times among them.

    Contribution: 680,000 hours of sound from the web with their subtitles, in place of clean recordings.
    Figures: 39 M parameters in the paper; 37,184,640 that are trained, and 576,000 fixed ones for the places
        of the sound. With 12 layers of width 768 and 12 heads it is the small one.
    Form: exact, as released: two convolutions in front, keys without biases, one table for words in and out.
        The encoder's fixed waves are a table that is not trained; it holds them once weights are loaded.
    Strengths: noise, accents and many languages; translation into English by the same network.
    Gaps: invents words in silence; always reads thirty seconds.
    """
    check_layers(width, layers, heads)
    if not 1 <= length <= 4096:
        raise ValueError(f"writes 1 to 4,096 tokens, such as 448, not {length}.")

    def listen(g: Builder, x: Wire) -> Wire:
        x = g.add("conv1d", x, name="conv1", filters=width, kernel=3, padding=1)
        x = g.add("gelu", x, name="gelu1")
        x = g.add("conv1d", x, name="conv2", filters=width, kernel=3, stride=2, padding=1)
        x = g.add("gelu", x, name="gelu2")
        x = g.add("permute", x, name="turn", order=(1, 0), axes="TD")
        return g.add("positional_encoding", x, name="position", kind="learned", frozen=True)

    def embedding(g: Builder, x: Wire) -> tuple[Wire, ...]:
        x, table = g.add_all("embedding", x, name="words", vocabulary=classes, width=width, table=True)
        return g.add("positional_encoding", x, name="position", kind="learned", length=length), table

    sound, text = g.input("sound", input), g.input("text", tokens(length))
    (x,) = g.group("sound_in", listen, sound)
    y, table = g.group("words_in", embedding, text)
    write = partial(_stack, layers=layers, heads=heads)
    (memory,) = g.group("encoder", write, x)
    (y,) = g.group("decoder", write, y, memory)
    g.output("next", g.add("dot_scores", y, table, name="head"))
