"""Train gpt_shakespeare on ten plays: `python resources/weights/make_gpt_shakespeare.py [STEPS]`.

Seeded; windows of 128 characters from anywhere in the ten plays, in random order. The eleventh, Julius
Caesar, is never trained on: its loss stands in `metrics.json`. Half an hour on one core; written in half
precision.
"""

from __future__ import annotations

import gzip
import json
import math
import sys
import time
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional as F

from explorer import resources
from explorer.architectures.gallery import find
from explorer.blocks.registry import registry
from explorer.engine.compile import compile_flow
from explorer.graph.resolve import Resolver
from explorer.text.shipped import vocabulary

HERE = Path(__file__).parent
NAME, SEED, BATCH, RATE, WARM = "gpt_shakespeare", 0, 32, 3e-3, 100
STEPS, LENGTH = 3_000, 128


def write_vocabulary(text: str) -> None:
    """The characters of the plays, in the order of their codes."""
    record = {
        "kind": "characters",
        "title": "characters of the plays",
        "example": "O Romeo, Romeo! wherefore art thou Rom",
        "tokens": sorted(set(text) - {"\f"}),
    }
    file = HERE.parent / "vocabularies" / "plays.json"
    file.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


@torch.inference_mode()
def held_out_loss(model: nn.Module, ids: Tensor) -> float:
    """Mean nats of a character (N,), each seen behind 64 to 127 others."""
    windows = ids.unfold(0, LENGTH + 1, LENGTH // 2)
    total, count = 0.0, 0
    for part in windows.split(64):
        scores = model(part[:, :-1])[:, LENGTH // 2 :]
        wanted = part[:, 1 + LENGTH // 2 :]
        total += float(F.cross_entropy(scores.flatten(0, 1), wanted.flatten(), reduction="sum"))
        count += wanted.numel()
    return total / count


def main(steps: int) -> None:
    plays = gzip.decompress(resources.path("data", "plays.txt.gz").read_bytes()).decode("ascii").split("\f")
    write_vocabulary("".join(plays))
    encode = vocabulary("plays").encode
    train = torch.tensor(encode("\n\n".join(plays[:-1])))
    held_out = torch.tensor(encode(plays[-1]))
    document = find(NAME).build()
    flow = Resolver(registry()).resolve(document)
    model = compile_flow(flow, document.name, torch.device("cpu"), seed=SEED).module
    for name, value in model.named_parameters():
        if value.dim() == 2:
            deep = name.endswith(("to_out.weight", "fc2.weight"))
            table = name.endswith("characters.weight")  # about as large as the waves that are added to it
            nn.init.normal_(value, std=0.5 if table else 0.02 / math.sqrt(8) if deep else 0.02)
    matrices = [value for value in model.parameters() if value.dim() == 2]
    others = [value for value in model.parameters() if value.dim() != 2]
    groups = [{"params": matrices, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, lr=RATE, betas=(0.9, 0.98))
    draw = torch.Generator().manual_seed(SEED)
    started, along = time.monotonic(), torch.arange(LENGTH + 1)
    for step in range(steps):
        share = (step - WARM) / max(1, steps - WARM)
        factor = (step + 1) / WARM if step < WARM else 0.02 + 0.98 * (1 + math.cos(math.pi * share)) / 2
        for group in optimiser.param_groups:
            group["lr"] = RATE * factor
        places = torch.randint(len(train) - LENGTH - 1, (BATCH,), generator=draw)
        rows = train[places[:, None] + along]
        loss = F.cross_entropy(model(rows[:, :-1]).flatten(0, 1), rows[:, 1:].flatten())
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        if step % 100 == 0:
            print(step, round(loss.item(), 4), round(time.monotonic() - started), "s", flush=True)
        if step % 1000 == 999:
            print("held out", round(held_out_loss(model.eval(), held_out), 4), flush=True)
            model.train()
    state = {name: value.detach().half().contiguous() for name, value in model.state_dict().items()}
    model.load_state_dict({name: value.float() for name, value in state.items()})
    nats = held_out_loss(model.eval(), held_out)
    save_file(state, HERE / f"{NAME}.safetensors")
    path = HERE / "metrics.json"
    metrics = json.loads(path.read_text())
    metrics[NAME] = {
        "dataset": "plays",
        "held_out": len(held_out),
        "nats_per_character": round(nats, 4),
        "parameters": flow.parameters,
    }
    path.write_text(json.dumps(metrics, indent=1, sort_keys=True) + "\n")
    print("written", metrics[NAME])


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    main(int(sys.argv[1]) if len(sys.argv) > 1 else STEPS)
