"""PointNet, GCN, GAT and NeRF: counts, references, and that order does not matter."""

from __future__ import annotations

import torch
from networks import equal, module, network, outputs, published, refused, wrong
from torch import nn

test_counts = published(
    ("pointnet", 3_471_473, 0.44e9),  # PointNetCls of fxia22's code with both matrices and 40 classes
    ("gcn_cora", 1433 * 16 + 16 + 16 * 7 + 7),
    ("gat_cora", 92_373),  # 1433·64 + 3·64 + 64·7 + 3·7, as in PyTorch Geometric
    ("nerf", 595_844),  # the released code and nerf-pytorch
)


def test_the_order_of_points_does_not_matter() -> None:
    model = module(network("pointnet", (3, 64)))
    points = torch.randn(2, 3, 64)
    with torch.no_grad():
        one, other = model(points), model(points[:, :, torch.randperm(64)])
    assert torch.allclose(one, other, atol=1e-5)


class Align(nn.Module):
    """A T-net; the identity is added to its matrix."""

    def __init__(self, size: int) -> None:
        super().__init__()
        rows: list[nn.Module] = []
        for enter, leave in ((size, 64), (64, 128), (128, 1024)):
            rows += [nn.Conv1d(enter, leave, 1), nn.BatchNorm1d(leave), nn.ReLU()]
        self.points = nn.Sequential(*rows)
        rows = []
        for enter, leave in ((1024, 512), (512, 256)):
            rows += [nn.Linear(enter, leave), nn.BatchNorm1d(leave), nn.ReLU()]
        self.whole = nn.Sequential(*rows, nn.Linear(256, size * size))
        self.size = size

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The points, turned."""
        matrix = self.whole(self.points(x).amax(2)).reshape(-1, self.size, self.size)
        return (x.transpose(1, 2) @ matrix).transpose(1, 2)


class PointNet(nn.Module):
    """Two alignments, shared layers, the largest of all, three linear layers."""

    def __init__(self) -> None:
        super().__init__()
        self.align = Align(3)
        self.first = nn.Sequential(nn.Conv1d(3, 64, 1), nn.BatchNorm1d(64), nn.ReLU())
        self.features = Align(64)
        self.rest = nn.Sequential(
            *(nn.Conv1d(64, 128, 1), nn.BatchNorm1d(128), nn.ReLU(), nn.Conv1d(128, 1024, 1)),
            nn.BatchNorm1d(1024),
        )
        self.answer = nn.Sequential(
            *(nn.Linear(1024, 512), nn.BatchNorm1d(512), nn.ReLU(), nn.Linear(512, 256)),
            *(nn.BatchNorm1d(256), nn.ReLU(), nn.Linear(256, 40)),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Scores of the classes."""
        made: torch.Tensor = self.answer(self.rest(self.features(self.first(self.align(x)))).amax(2))
        return made


def test_pointnet_equals_a_reference() -> None:
    equal(network("pointnet", (3, 32)), PointNet(), torch.randn(2, 3, 32))


class Nerf(nn.Module):
    """The released network, with its waves."""

    def __init__(self) -> None:
        super().__init__()
        sizes = [63, 256, 256, 256, 256, 256 + 63, 256, 256]
        self.body = nn.ModuleList(nn.Linear(size, 256) for size in sizes)
        self.density = nn.Linear(256, 1)
        self.feature, self.fc, self.colour = nn.Linear(256, 256), nn.Linear(256 + 27, 128), nn.Linear(128, 3)

    @staticmethod
    def code(x: torch.Tensor, count: int) -> torch.Tensor:
        """The numbers, and sine and cosine of their doubles."""
        waves = [wave(2**n * x) for n in range(count) for wave in (torch.sin, torch.cos)]
        return torch.cat([x, *waves], -1)

    def forward(self, place: torch.Tensor, side: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Colour and density."""
        x = place = self.code(place, 10)
        for number, layer in enumerate(self.body):
            x = layer(x).relu()
            if number == 4:
                x = torch.cat([place, x], -1)
        y = torch.cat([self.feature(x), self.code(side, 4)], -1)
        return self.colour(self.fc(y).relu()).sigmoid(), self.density(x).relu()


def test_nerf_equals_a_reference() -> None:
    assert outputs(network("nerf")) == {"colour": (64, 3), "density": (64, 1)}
    equal(network("nerf"), Nerf(), torch.rand(2, 64, 3), torch.rand(2, 64, 3))


def test_a_graph_renumbered_answers_renumbered() -> None:
    words, order = torch.randn(1, 12, 20), torch.randperm(12)
    graph = (torch.rand(12, 12) > 0.7).float()
    graph = ((graph + graph.T) > 0).float()[None]
    for id in ("gcn_cora", "gat_cora"):
        model = module(network(id, (12, 20)))
        with torch.no_grad():
            one = model(words, graph)[:, order]
            other = model(words[:, order], graph[:, order][:, :, order])
        assert torch.allclose(one, other, atol=1e-5)


test_what_cannot_be_is_refused = refused(
    wrong("pointnet", "share", dropout=1.0),
    wrong("gcn_cora", "units", hidden=0),
    wrong("gat_cora", "heads", heads=0),
    wrong("nerf", "6 to 64 layers", layers=5),
)
