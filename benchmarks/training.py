"""A training step of the compiled design against the same network written by hand in plain torch."""

from __future__ import annotations

import interleaved
import torch
from torch import nn
from torch.nn import functional as F

from explorer.architectures.gallery import find
from explorer.blocks.registry import registry
from explorer.engine.compile import compile_flow
from explorer.engine.data.catalogue import load
from explorer.engine.training.loop import TrainingRun
from explorer.graph.resolve import Resolver
from explorer.protocol.records import TrainSettings

STEPS = 100
BATCH = 64


class ByHand(nn.Module):
    """LeNet-5 as one would type it; ReLU and pooling are modules, as in most tutorials."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.relu, self.pool = nn.ReLU(), nn.MaxPool2d(2)
        self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Scores of ten classes for (N, 1, 28, 28)."""
        x = self.pool(self.relu(self.conv1(x)))
        x = self.pool(self.relu(self.conv2(x))).flatten(1)
        return self.fc3(self.relu(self.fc2(self.relu(self.fc1(x)))))


def main() -> None:
    options = interleaved.arguments(9)
    torch.set_num_threads(1)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    data = load("mnist5k")
    inputs, targets = torch.as_tensor(data.inputs).to(device), torch.as_tensor(data.targets).to(device)

    model = ByHand().to(device)
    optimiser = torch.optim.Adam(model.parameters(), 1e-3)

    def bare() -> None:
        order = torch.randperm(4000, device=device)
        for start in range(0, STEPS * BATCH, BATCH):
            index = order[start % 3900 : start % 3900 + BATCH]
            loss = F.cross_entropy(model(inputs[index]), targets[index])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        loss.item()

    flow = Resolver(registry()).resolve(find("lenet5_modern").build((1, 28, 28)))
    compiled = compile_flow(flow, "lenet", device)
    run = TrainingRun(
        "bench", compiled.module, data, TrainSettings(epochs=10_000, batch=BATCH, rate=1e-3), device
    )

    def ours() -> None:
        order = torch.randperm(4000, device=device)
        for start in range(0, STEPS * BATCH, BATCH):
            loss, _ = run.take_step(order[start % 3900 : start % 3900 + BATCH])
        loss.item()

    times = interleaved.measure({"by hand": bare, "compiled design in our loop": ours}, options.rounds)
    ratios = interleaved.report(f"LeNet-5, {STEPS} steps of batch {BATCH} on {device}", times, "by hand")
    interleaved.keep(options.out, ratios)


if __name__ == "__main__":
    main()
