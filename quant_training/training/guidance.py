"""Losses of training alone that say where to look and what to measure; inference drops them.

After the idea of EXGnet: attribution is guided by an added loss that
keeps the last layer's Grad-CAM of the annotated class on the beat's waves, from the P wave's onset
to the T wave's end; an auxiliary head learns features that a cardiologist reads (intervals to the
neighbours, width and height of the QRS complex) from the same pooled map as the classes.
"""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.progress import track
from torch import Tensor, nn

from arrhythminet import beats
from arrhythminet.classes import BEAT_SYMBOLS
from arrhythminet.denoise import denoise
from arrhythminet.files import write_atomic
from arrhythminet.records import DATA, read
from arrhythminet.signal import SAMPLE_RATE
from quant_training.data.augment import SHIFT_SAMPLES
from quant_training.data.dataset import Dataset
from quant_training.net.models import ArrhythmiNet

FEATURES = ("RR before", "RR after", "QRS width", "QRS height")


class WithMaps(nn.Module):
    """A network that gives its last map (n, channels, length, 1) beside its logits (n, 5)."""

    def __init__(self, model: ArrhythmiNet) -> None:
        super().__init__()
        self.model = model

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        *body, classifier = self.model.children()
        for module in body:
            x = module(x)
        return classifier(x), x


class Guidance:
    """What is known of the training beats, and the losses made of it.

    Parameters
    ----------
    model : ArrhythmiNet
        The network in training.
    waves : np.ndarray
        bool (n, 360), samples of the training beats' waves; none where they are not known.
    features : np.ndarray
        float32 (n, features), standardised, NaN where unknown.
    device : torch.device
        Where the network is.
    """

    def __init__(
        self, model: ArrhythmiNet, waves: np.ndarray, features: np.ndarray, device: torch.device
    ) -> None:
        from quant_training.explain.maps.cam import LAYERS, interpolation

        stretch = interpolation(model, LAYERS[model.config.net][0])
        self.stretch = torch.from_numpy(stretch).float().to(device)
        self.waves = torch.from_numpy(waves).to(device)
        self.features = torch.from_numpy(features).to(device)
        self.head = nn.Linear(model.classifier.fc.in_features, features.shape[1]).to(device)

    def outside(self, weight: Tensor, maps: Tensor, labels: Tensor, rows: Tensor) -> Tensor:
        """Mean share of Grad-CAM outside the waves, 0 to 1.

        The last map's gradient is the classifier's row over the length, so that Grad-CAM needs no
        second pass backwards. Beats without known waves, or without any map, count as 0.

        Parameters
        ----------
        weight : Tensor
            The classifier's (5, channels).
        maps : Tensor
            Last map (n, channels, length, 1).
        labels, rows : Tensor
            Integer (n,): annotated class and training beat.
        """
        cam = torch.einsum("nc,ncl->nl", weight[labels], maps[..., 0]).relu() @ self.stretch
        waves = self.waves[rows]
        total = cam.sum(dim=1)
        inside = (cam * waves).sum(dim=1)
        known = waves.any(dim=1) & (total > 1e-6)
        share = torch.where(known, 1 - inside / total.clamp(min=1e-6), torch.zeros_like(total))
        return share.mean()

    def misread(self, maps: Tensor, rows: Tensor) -> Tensor:
        """Mean squared error of the features read from the pooled map."""
        wanted = self.features[rows]
        error = self.head(maps.mean((2, 3))) - wanted.nan_to_num()
        return (error.square() * ~wanted.isnan()).mean()


def known(
    data: Dataset, rows: np.ndarray, form: str = "beat", cache: Path = DATA / "cache"
) -> dict[str, np.ndarray]:
    """Waves and features of a data set's beats, from neurokit2's prominence delineator; cached.

    Its borders are fast to find; those of the outer waves are what counts here.

    Parameters
    ----------
    data : Dataset
        What the rows refer to.
    rows : np.ndarray
        Integer (n,).
    form : str
        Input form; the two intervals of ``rhythm`` are as good a place to look as waves.

    Returns
    -------
    dict
        ``waves`` bool (n, 360), widened by what augmentation shifts; ``features`` float32
        (n, features), standardised over the rows.
    """
    every = _of_all(data, cache)
    samples = np.arange(beats.BEAT_SAMPLES)
    first, last = every["first"][rows, None], every["last"][rows, None]
    begun, over = samples >= first - SHIFT_SAMPLES, samples > last + SHIFT_SAMPLES
    waves = np.asarray(begun & ~over & np.isfinite(last))
    if form == "rhythm":
        ecg = waves[:, beats.RHYTHM_SAMPLES : -beats.RHYTHM_SAMPLES]
        some = waves.any(axis=1, keepdims=True)
        any_wave = np.repeat(some, 2 * beats.RHYTHM_SAMPLES, axis=1)
        waves = np.concatenate([ecg, any_wave], axis=1)
    features = every["features"][rows]
    centred = features - np.nanmean(features, axis=0)
    spread = np.maximum(np.nanstd(features, axis=0), 1e-6)
    return {"waves": waves, "features": np.clip(centred / spread, -5, 5).astype(np.float32)}


def _of_all(data: Dataset, cache: Path) -> dict[str, np.ndarray]:
    """First and last sample of every beat's waves, and its features; NaN where unknown."""
    key = hashlib.sha256(f"1 {data.checksum}".encode()).hexdigest()[:16]
    path = cache / f"waves-{key}.npz"
    if not path.is_file():
        made = {
            "first": np.full(len(data.beats), np.nan),
            "last": np.full(len(data.beats), np.nan),
            "features": np.full((len(data.beats), len(FEATURES)), np.nan, np.float32),
        }
        numbers = np.unique(data.records).tolist()
        for number in track(numbers, "waves of every record", transient=True):
            mine = np.flatnonzero(data.records == number)
            for name, values in _of_record(str(number), data.peaks[mine]).items():
                made[name][mine] = values
        write_atomic(
            path,
            lambda temporary: np.savez(
                temporary, first=made["first"], last=made["last"], features=made["features"]
            ),
        )
    with np.load(path) as file:
        return {name: file[name] for name in file.files}


def _of_record(name: str, wanted: np.ndarray) -> dict[str, Any]:
    from quant_training.explain.waves.delineate import by_prominence

    record = read(name)
    peaks = record.peaks[np.isin(record.symbols, list(BEAT_SYMBOLS))]
    clean = denoise(record.signal)
    rows = np.searchsorted(peaks, wanted)
    borders = by_prominence(clean, peaks)[rows] - (wanted[:, None] - beats.BEAT_SAMPLES // 2)
    start = np.where(np.isfinite(borders[:, 0]), borders[:, 0], borders[:, 2])
    end = np.where(np.isfinite(borders[:, 5]), borders[:, 5], borders[:, 3])
    windows, kept = beats.cut(clean, wanted)
    height = np.full(len(wanted), np.nan)
    height[kept] = np.ptp(windows[:, 140:220], axis=1)
    width = (borders[:, 3] - borders[:, 2]) / SAMPLE_RATE
    features = np.column_stack([beats.intervals(peaks)[rows], width, height])
    return {"first": start, "last": end, "features": features}
