"""The training steps that are timed: what Hourglass is told, what PyTorch builds, and the ratio that each is
held to."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    settings: dict  # a configuration of Hourglass, as --config takes it
    shape: tuple  # of a sample
    batch: int
    rows: int  # of data
    peer: dict  # what torch_models.py makes its network and loss of
    floor: float = 0  # ratio to PyTorch's samples/s; 0: none was set
    share: float = 0  # of the peak of the cores used; 0: none was set
    bound: float = 1e-4  # by how much losses may differ at first
    forms: tuple = ("",)  # ways to write the peer, of which the fastest counts


PLAIN = {"family": "deep", "loss": "mse", "optimizer": "adam", "weight_decay": 0.0}


def dense(name, widths, batch, rows, floor, share, activation="relu", code="identity", more=None, **peer):
    """A mirrored network; `more` settings go to Hourglass, the rest to the peer."""
    settings = {**PLAIN, "activation": activation, "code_activation": code, "hidden": widths[1:-1],
                "latent_dim": widths[-1], **(more or {})}
    bound = peer.pop("bound", 1e-4)
    forms = peer.pop("forms", ("",))
    return Case(name, settings, (widths[0],), batch, rows,
                {"model": "dense", "widths": widths, "activation": activation, "code": code, **peer},
                floor, share, bound, forms)


def convolutional(name, side, channels, batch, rows, floor, share, noise=0.0, linked=False, bound=1e-4):
    """3 x 3 at stride 2 down, transposed up; `linked`: skips, and the input added to the output."""
    settings = {**PLAIN, "family": "convolutional", "activation": "relu", "code_activation": "relu",
                "architecture": "conv2d", "channels": channels, "bottleneck": False, "skips": linked,
                "residual": linked}
    if noise:
        settings["corrupt"] = [f"gaussian:{noise}"]
    peer = {"model": "convolutional", "side": side, "channels": channels, "linked": linked, "noise": noise}
    return Case(name, settings, (side, side), batch, rows, peer, floor, share, bound)


SMALL = [30, 64, 32, 8]
LARGE = [784, 1000, 500, 250, 30]
CASES = [
    dense("30-64-32-8", SMALL, 32, 50_000, 20, 0.55),
    dense("30-64-32-8", SMALL, 256, 50_000, 7, 0.60),
    dense("784-128-32", [784, 128, 32], 256, 60_000, 2, 0.73),
    dense("784-1000-500-250-30", LARGE, 256, 60_000, 1.3, 0.78),
    dense("contractive 784-512-128-32", [784, 512, 128, 32], 256, 60_000, 2.7, 0.70, activation="sigmoid",
          code="sigmoid", more={"penalty": ["contractive=1e-3"]}, contractive=1e-3,
          forms=("jacobian", "chain", "gram")),
    dense("contractive 784-512", [784, 512], 256, 60_000, 0, 0, activation="sigmoid", code="sigmoid",
          more={"penalty": ["contractive=1e-3"]}, contractive=1e-3, forms=("closed",)),
    convolutional("convolutional 28x28, 1-16-32", 28, [16, 32], 128, 60_000, 2, 0),
    convolutional("skip denoiser 180x180, 1-32-64", 180, [32, 64], 16, 400, 1.3, 0.55, noise=0.1, linked=True,
                  bound=0.05),
    dense("sparse 784-4096", [784, 4096], 256, 60_000, 1.3, 0.75, code="relu", more={"penalty": ["l1=1e-4"]},
          l1=1e-4),
    dense("variational 784-256-32", [784, 256, 32], 256, 60_000, 0, 0, more={"penalty": ["variational=1e-3"]},
          variational=1e-3, bound=0.05),
]
