"""Train the small translators: `python resources/weights/make_translators.py [ID …]`.

Pairs are drawn by `explorer.text.dates` and `explorer.text.grammar`, seeded; what they hold out is never
trained on. All sentences of a batch are equally long at the source, so that no filler is ever read. What
`metrics.json` says is the share of 1,000 held-out pairs whose translation is right to the last token, when
every token is the likeliest one; for sentences also by number of clauses. Some minutes each on one core.
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.architectures.gallery import find
from explorer.blocks.registry import registry
from explorer.engine.compile import compile_flow
from explorer.engine.lengths import Lengths
from explorer.graph.resolve import Resolver
from explorer.text import dates, grammar
from explorer.text.shipped import vocabulary
from explorer.text.vocabulary import END, START, Vocabulary

HERE = Path(__file__).parent
SEED, BATCH, POOL, WARM, HELD_OUT = 0, 64, 64 * 64, 100, 1_000
Pair = tuple[str, str]
Run = Callable[[Tensor, Tensor], Tensor]
PLANS: dict[str, tuple[int, float]] = {  # steps, learning rate
    "dates_bahdanau": (2_400, 4e-3),
    "dates_luong": (2_400, 4e-3),
    "french_bahdanau": (3_000, 3e-3),
    "french_luong": (3_000, 3e-3),
    "french_plain": (3_000, 5e-3),
    "french_transformer": (4_500, 2e-3),
}


def write_vocabularies() -> None:
    """Tokens of both languages of both kinds; what is written has marks in front."""
    example = {
        "english": grammar.EXAMPLE,
        "french": "le petit chat noir voit mon oiseau rouge",
        "dates": dates.EXAMPLE,
        "iso_dates": "1987-03-12",
    }
    rows = {
        "english": ("words", grammar.english_words(), "words of the small English"),
        "french": ("words", (START, END, *grammar.french_words()), "words of the small French"),
        "dates": ("characters", dates.LETTERS, "characters of written dates"),
        "iso_dates": ("characters", (START, END, *"0123456789-"), "characters of ISO dates"),
    }
    for name, (kind, tokens, title) in rows.items():
        record = {"kind": kind, "title": title, "example": example[name], "tokens": tokens}
        if kind == "words":
            record["lower"] = True
        file = HERE.parent / "vocabularies" / f"{name}.json"
        file.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def batches(
    draw: Callable[[], Pair], read: Vocabulary, write: Vocabulary, order: Random
) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Sources (N, S), targets (N, T) behind their mark, and what follows (N, T), −100 where nothing does."""
    while True:
        rows: dict[int, list[tuple[list[int], list[int]]]] = defaultdict(list)
        for _ in range(POOL):
            said, written = draw()
            ids = read.encode(said)
            rows[len(ids)].append((ids, write.encode(written)))
        whole = [same[n : n + BATCH] for same in rows.values() for n in range(0, len(same), BATCH)]
        whole = [batch for batch in whole if len(batch) >= BATCH // 4]
        order.shuffle(whole)
        for batch in whole:
            longest = max(len(written) for _, written in batch) + 1
            given = torch.zeros(len(batch), longest, dtype=torch.int64)
            wanted = torch.full((len(batch), longest), -100)
            for n, (_, written) in enumerate(batch):
                given[n, : len(written) + 1] = torch.tensor([write.start, *written])
                wanted[n, : len(written) + 1] = torch.tensor([*written, write.end])
            yield torch.tensor([ids for ids, _ in batch]), given, wanted


@torch.inference_mode()
def greedy(model: Run, source: Tensor, write: Vocabulary, longest: int) -> list[list[int]]:
    """Write with the likeliest token each time until the end mark."""
    written = torch.full((len(source), 1), write.start or 0)
    over = torch.zeros(len(source), dtype=torch.bool)
    for _ in range(longest - 1):
        following = model(source, written)[:, -1].argmax(-1)
        over |= following == write.end
        written = torch.cat([written, following[:, None]], 1)
        if bool(over.all()):
            break
    rows = [row[1:] for row in written.tolist()]
    return [row[: row.index(write.end)] if write.end in row else row for row in rows]


def exact(model: Run, pairs: list[Pair], read: Vocabulary, write: Vocabulary, longest: int) -> float:
    """Share of the pairs that are translated right to the last token."""
    rows: dict[int, list[Pair]] = defaultdict(list)
    for pair in pairs:
        rows[len(read.encode(pair[0]))].append(pair)
    right = 0
    for same in rows.values():
        found = greedy(model, torch.tensor([read.encode(said) for said, _ in same]), write, longest)
        right += sum(ids == write.encode(wanted) for ids, (_, wanted) in zip(found, same, strict=True))
    return right / len(pairs)


def make(name: str) -> dict[str, object]:
    """Train one network and write its weights."""
    steps, rate = PLANS[name]
    document = find(name).build()
    flow = Resolver(registry()).resolve(document)
    compiled = compile_flow(flow, document.name, torch.device("cpu"), seed=SEED)
    model, lengths = compiled.module, Lengths(compiled, document)

    def run(source: Tensor, given: Tensor) -> Tensor:
        sized = lengths.of({"source": source.shape[1], "target": given.shape[1]}).module
        made: Tensor = sized(source, given)
        return made

    read, write = (vocabulary(str(flow.graph[end].fields["vocabulary"])) for end in ("source", "target"))
    longest = flow.inputs["target"].shape[0]  # type: ignore[union-attr]
    pair = dates.pair if name.startswith("dates") else grammar.pair
    random = Random(SEED)
    draw = batches(lambda: pair(random, held_out=False), read, write, random)
    optimiser = torch.optim.AdamW(model.parameters(), lr=rate, betas=(0.9, 0.98), weight_decay=0.01)
    started = time.monotonic()
    for step in range(steps):
        share = (step - WARM) / max(1, steps - WARM)
        factor = (step + 1) / WARM if step < WARM else 0.01 + 0.99 * (1 + math.cos(math.pi * share)) / 2
        for group in optimiser.param_groups:
            group["lr"] = rate * factor
        source, given, wanted = next(draw)
        loss = F.cross_entropy(run(source, given).flatten(0, 1), wanted.flatten())
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        if step % 200 == 0:
            print(name, step, round(loss.item(), 4), round(time.monotonic() - started), "s", flush=True)
    state = {key: value.detach().half().contiguous() for key, value in model.state_dict().items()}
    model.load_state_dict({key: value.float() for key, value in state.items()})
    model.eval()
    save_file(state, HERE / f"{name}.safetensors")
    random = Random(SEED + 1)
    pairs = [pair(random, held_out=True) for _ in range(HELD_OUT)]
    figures: dict[str, object] = {"exact": round(exact(run, pairs, read, write, longest), 4)}
    if pair is grammar.pair:
        figures["exact_by_clauses"] = {
            str(count): round(
                exact(
                    run,
                    [grammar.pair(random, held_out=True, clauses=count) for _ in range(300)],
                    read,
                    write,
                    longest,
                ),
                4,
            )
            for count in (1, 2, 3, 4)
        }
    return {"held_out": HELD_OUT, **figures, "parameters": flow.parameters}


def main(names: list[str]) -> None:
    write_vocabularies()
    for name in names or list(PLANS):
        figures = make(name)
        path = HERE / "metrics.json"
        metrics = json.loads(path.read_text())
        metrics[name] = {"dataset": "dates" if name.startswith("dates") else "grammar", **figures}
        path.write_text(json.dumps(metrics, indent=1, sort_keys=True) + "\n")
        print("written", name, figures, flush=True)


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(sys.argv[1:])
