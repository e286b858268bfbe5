"""Checkpoints: one .pt file of plain tensors, numbers and strings (loads with weights_only)."""

from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import Any

import torch

from arrhythminet.files import write_atomic
from arrhythminet.stem import Stem
from quant_training import CHECKPOINTS
from quant_training.errors import CheckpointError
from quant_training.net.models import ArrhythmiNet, NetConfig, build

_FORMAT = 1


def path_of(stem: str) -> Path:
    """Place of the committed checkpoint of ``stem``, whatever hardware it names."""
    return CHECKPOINTS / f"{Stem.parse(stem).trained}.pt"


def save(path: Path, model: ArrhythmiNet, stem: str, training: dict[str, Any]) -> None:
    """Write a network and how it was trained, as a whole or not at all.

    Parameters
    ----------
    path : Path
        The .pt file.
    model : ArrhythmiNet
        Its scales must be known: trained, or loaded from a checkpoint.
    stem : str
        For example "v2-w4a4-paper".
    training : dict
        Protocol, seed, epochs, figures: plain numbers, strings, lists and dicts.
    """
    content = {
        "format": _FORMAT,
        "stem": stem,
        "net": asdict(model.config),
        "state": {k: v.detach().cpu().clone() for k, v in model.state_dict().items()},
        "training": training,
        "versions": {name: metadata.version(name) for name in ("torch", "brevitas")},
    }
    write_atomic(path, lambda temporary: torch.save(content, temporary))


def load(path: Path, stem: str | None = None) -> tuple[ArrhythmiNet, dict[str, Any]]:
    """Read a checkpoint.

    Parameters
    ----------
    path : Path
        The .pt file.
    stem : str, optional
        The network that it must hold.

    Returns
    -------
    model : ArrhythmiNet
        In evaluation mode, on the CPU.
    content : dict
        The file's "stem", "training" and "versions".

    Raises
    ------
    CheckpointError
        If the file is missing, damaged, or holds another network.
    """
    if not path.is_file():
        raise CheckpointError(f"{path} is missing: train it with make train, or restore it (git)")
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
        if content["format"] != _FORMAT:
            raise ValueError(f"format {content['format']}, not {_FORMAT}")
        config, found = NetConfig(**content["net"]), content["stem"]
        if stem is not None and found != Stem.parse(stem).trained:
            raise ValueError(f"it holds {found}, not {stem}")
        if config != NetConfig.from_stem(found):
            raise ValueError(f"its layers do not match its stem {found}")
        model = build(config)
        model.load_state_dict(content["state"])
        if not all(bool(torch.isfinite(v).all()) for v in content["state"].values()):
            raise ValueError("it holds NaN or infinite weights")
    except Exception as error:
        reason = " ".join(str(error).split())[:160] or type(error).__name__
        raise CheckpointError(
            f"{path} is damaged or of another version ({reason}): restore it (git) or train again"
        ) from error
    return model.eval(), content
