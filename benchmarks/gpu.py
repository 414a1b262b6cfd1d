"""What a GPU must do: train as fast as by hand, with AMP and compiled; look inside as on the processor.

When memory runs out it is said in words. `python benchmarks/gpu.py --out benchmarks/results/gpu.json` ends
with 1 where a check fails; names of parts (probes, memory, accuracy, step) run only these.
"""

from __future__ import annotations

import argparse
import copy
import json
import platform
import queue
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import interleaved
import numpy as np
import torch
from torch.nn import functional as F

from explorer import resources
from explorer.architectures.gallery import find
from explorer.blocks.registry import registry
from explorer.client.engine import Engine
from explorer.engine.compile import compile_flow
from explorer.engine.data.catalogue import load
from explorer.engine.local import LocalEngine
from explorer.engine.training.loop import TrainingRun
from explorer.graph import files
from explorer.graph.document import Document
from explorer.graph.resolve import Resolver
from explorer.protocol import events, requests
from explorer.protocol.records import Sample, TrainSettings

STEPS, BATCH, ROUNDS = 40, 256, 7
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
NETWORKS: dict[str, Callable[[], Document]] = {
    "LeNet-5": lambda: find("lenet5_modern").build((1, 28, 28)),
    "small ResNet": lambda: find("resnet_small").build(),
}
WAYS: dict[str, dict[str, bool]] = {
    "ours": {},
    "ours, AMP": {"amp": True},
    "ours, AMP, channels last": {"amp": True, "channels_last": True},
    "ours, compiled": {"compiled": True},
    "ours, compiled, AMP": {"compiled": True, "amp": True},
}
CLOSE = 1e-2
"""A probe on the GPU may differ from the processor's by this share of its largest value (TF32 is off); along
the path of integrated gradients a ReLU may switch a step earlier."""


def _module(document: Document, device: torch.device) -> torch.nn.Module:
    flow = Resolver(registry()).resolve(document)
    return compile_flow(flow, "bench", device).module


def steps(name: str, device: torch.device) -> dict[str, float]:
    """Times of so many training steps, as ratios to a plain torch loop over the same module."""
    data = load("mnist5k")
    inputs = torch.as_tensor(data.inputs).to(device)
    targets = torch.as_tensor(data.targets).to(device)
    first = _module(NETWORKS[name](), device)
    bare_model = copy.deepcopy(first)
    optimiser = torch.optim.Adam(bare_model.parameters(), 1e-3)

    def bare() -> None:
        order = torch.randperm(4000, device=device)
        for step in range(STEPS):
            start = step * BATCH % 3600
            index = order[start : start + BATCH]
            loss = F.cross_entropy(bare_model(inputs[index]), targets[index])
            optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
        loss.item()

    def way(options: dict[str, bool]) -> Callable[[], None]:
        settings = TrainSettings(epochs=10_000, batch=BATCH, rate=1e-3, **options)  # type: ignore[arg-type]
        run = TrainingRun("bench", copy.deepcopy(first), data, settings, device)

        def ours() -> None:
            order = torch.randperm(4000, device=device)
            for step in range(STEPS):
                start = step * BATCH % 3600
                loss, _ = run.take_step(order[start : start + BATCH])
            loss.item()

        return ours

    cases = {"by hand": bare, **{title: way(options) for title, options in WAYS.items()}}
    return interleaved.report(
        f"{name}, {STEPS} steps of batch {BATCH} on {device}", interleaved.measure(cases, ROUNDS), "by hand"
    )


def learns(device: torch.device) -> dict[str, float]:
    """Held-out accuracy after eight epochs, each way; the loss stays a number."""
    found = {}
    for title, options in WAYS.items():
        torch.manual_seed(0)
        module = _module(NETWORKS["small ResNet"](), device)
        settings = TrainSettings(epochs=8, batch=64, rate=2e-3, **options)  # type: ignore[arg-type]
        run = TrainingRun("bench", module, load("mnist5k"), settings, device)
        for figures in run.steps():
            if figures is not None:
                found[title] = figures.metrics["accuracy"]
    return found


def probes() -> dict[str, float]:
    """Largest difference between the GPU's and the processor's looks, as a share of the largest value."""
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    sample = Sample(dataset="mnist5k", index=3)
    found = {}
    for word, address in (("02-digits", "conv2"), ("09-vision-transformer", "encoder1")):
        document = files.load(resources.path("designs") / f"{word}.arch.json")
        asked: dict[str, requests.Request] = {
            "features": requests.Features(address=address, sample=sample),
            "answer": requests.Answers(sample=sample),
            "saliency": requests.Attribution(method="saliency", sample=sample, target=3),
            "integrated gradients": requests.Attribution(
                method="integrated_gradients", sample=sample, target=3
            ),
            "attention": requests.Attention(sample=sample),
        }
        for name, request in asked.items():
            if name == "attention" and "vit" not in word:
                continue
            values = []
            for device in (DEVICE, "cpu"):
                engine = LocalEngine(document)
                engine._state.device = torch.device(device)
                engine.ask(requests.Load(design=files.encode(document), seed=0))
                engine.ask(requests.LoadWeights(path=str(_weights(document))))
                values.append(_numbers(engine.ask(request)))
            scale = float(np.abs(values[1]).max()) or 1.0
            found[f"{word}: {name}"] = float(np.abs(values[0] - values[1]).max()) / scale
    return found


def _weights(document: Document) -> str:
    name = resources.weights_file(document.settings.get("weights"))
    if not name:
        raise SystemExit("The design ships without weights.")
    return str(name)


def _numbers(event: events.Event) -> np.ndarray[Any, Any]:
    if isinstance(event, events.FeatureSet | events.AttributionMap):
        return np.asarray(event.values, np.float64).ravel()
    if isinstance(event, events.AnswerSet):
        return np.concatenate([np.asarray(output.values, np.float64).ravel() for output in event.outputs])
    assert isinstance(event, events.AttentionSet)
    return np.concatenate([np.asarray(layer.weights, np.float64).ravel() for layer in event.layers])


def out_of_memory() -> dict[str, str]:
    """A batch that no GPU holds ends the run in words, and the same engine goes on."""
    heard: queue.Queue[events.Event] = queue.Queue()
    engine = Engine(heard.put, lambda words: heard.put(events.Failed(message=f"GONE: {words}")))
    engine.start()

    def until(*kinds: type) -> events.Event:
        end = time.monotonic() + 240
        while time.monotonic() < end:
            event = heard.get(timeout=240)
            if isinstance(event, events.RunSteps):
                engine.acknowledge(event.number)
            if isinstance(event, (*kinds, events.Failed)):
                return event
        raise SystemExit("The engine does not answer.")

    until(events.Ready)
    document = find("vgg16").build((3, 224, 224))
    engine.send(requests.Load(design=files.encode(document), seed=0))
    loaded = until(events.Loaded)
    said = {"loaded": type(loaded).__name__}
    room = torch.cuda.mem_get_info()[0] if DEVICE == "cuda" else 0
    hog = torch.empty(max(0, room - (64 << 20)), dtype=torch.uint8, device=DEVICE)
    large = find("vgg19").build((3, 224, 224))
    engine.send(requests.Load(design=files.encode(large), seed=0))
    first = until(events.Loaded)
    said["a larger design on a full GPU"] = getattr(first, "message", type(first).__name__)
    engine.send(requests.Answers(sample=Sample()))
    second = until(events.AnswerSet)
    said["answer with a full GPU"] = getattr(second, "message", type(second).__name__)
    del hog
    if DEVICE == "cuda":
        torch.cuda.empty_cache()
    engine.send(requests.Answers(sample=Sample()))
    again = until(events.AnswerSet)
    said["the same engine afterwards"] = getattr(again, "message", type(again).__name__)
    engine.close(wait=True)
    return said


def main() -> int:
    """All checks; the exit code says whether they hold."""
    parser = argparse.ArgumentParser()
    parser.add_argument("parts", nargs="*")
    parser.add_argument("--out")
    options = parser.parse_args()
    device = torch.device(DEVICE)
    card = torch.cuda.get_device_name() if DEVICE == "cuda" else "no GPU"
    facts: dict[str, object] = {"card": card, "torch": torch.__version__, "python": platform.python_version()}
    parts: dict[str, Callable[[], object]] = {
        "probes": probes,
        "memory": out_of_memory,
        "accuracy": lambda: learns(device),
        "step": lambda: {name: steps(name, device) for name in NETWORKS},
    }
    wrong = []
    for name, part in parts.items():
        if options.parts and name not in options.parts:
            continue
        begun = time.monotonic()
        try:
            facts[name] = part()
        except Exception as problem:  # the other parts still count
            facts[name] = f"{type(problem).__name__}: {problem}"
            wrong.append(f"{name}: {facts[name]}")
        print(f"{name} ({time.monotonic() - begun:.0f} s): {json.dumps(facts[name], indent=1)}", flush=True)
        if options.out:
            Path(options.out).write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    found = facts.get("probes")
    if isinstance(found, dict):
        wrong += [f"{name} differs by {value:.1e}" for name, value in found.items() if value > CLOSE]
    found = facts.get("accuracy")
    if isinstance(found, dict):
        wrong += [f"{name}: only {value:.3f}" for name, value in found.items() if value < 0.9]
    print("wrong:", wrong or "nothing")
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main())
