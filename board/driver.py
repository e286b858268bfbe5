"""The driver: from beats, a signal or a record to classes and cycles."""

import json
from pathlib import Path
from typing import Any, Optional, Union

import numpy as np

from arrhythminet.beats import BEAT_SAMPLES
from arrhythminet.errors import InputError
from arrhythminet.signal import LEAD
from arrhythminet.stem import Stem
from board import registers
from board.errors import BoardError, ClosedError, WrongBitstreamError
from board.inputs import prepare
from board.interfaces import Board
from board.result import Result
from board.run import read, recover, run

RUN_BEATS = 4096
"""Beats of one run: 1.5 MB of contiguous memory, of which Linux has little."""


class ArrhythmiNet:
    """An ArrhythmiNet overlay.

    Parameters
    ----------
    bitfile : str or Path
        ``.bit`` file, named by the network's stem, as ``v2-w4a4.bit``. ``v2-w4a4.json`` or
        ``network.json`` beside it gives the scale of the logits.
    board : Board, optional
        Where it runs; default: this PYNQ board.
    network : str, optional
        Stem of the network, if the file is not named by it.
    clock_mhz : float, optional
        Clock of the overlay; default: the ``.hwh``'s.
    timeout_s : float
        Longest time for one run of up to RUN_BEATS beats.

    Raises
    ------
    StemError
        If the file is not named by a network's stem and ``network`` does not name one.
    WrongBitstreamError
        If the loaded design is another one; nothing was started.
    BoardError
        If the bitstream cannot be loaded.

    Examples
    --------
    >>> with ArrhythmiNet("v2-w4a4.bit") as net:
    ...     result = net.classify(beats)
    """

    def __init__(
        self,
        bitfile: Union[str, Path],
        board: Optional[Board] = None,
        network: Optional[str] = None,
        clock_mhz: Optional[float] = None,
        timeout_s: float = 5.0,
    ) -> None:
        self.bitfile = Path(bitfile)
        self.network = network or self.bitfile.stem
        self.form = Stem.parse(self.network).form
        self.timeout_s = timeout_s
        self.logit_scale = _logit_scale(self.bitfile, self.network)
        if board is None:
            from board.pynq_board import PynqBoard

            board = PynqBoard(bitfile, clock_mhz)
        self._board: Optional[Board] = board
        try:
            self._check()
            recover(board)
        except BaseException:
            self.close()
            raise

    @property
    def board(self) -> Board:
        """The board; ClosedError after :meth:`close`."""
        if self._board is None:
            raise ClosedError("this driver was closed: make a new ArrhythmiNet")
        return self._board

    def _check(self) -> None:
        expected = {
            "MAGIC": registers.MAGIC,
            "VERSION": registers.VERSION >> 16,
            "NETWORK_HASH": registers.network_hash(self.network),
            "BEAT_SAMPLES": BEAT_SAMPLES,
        }
        for name, value in expected.items():
            found = read(self.board, name)
            if name == "VERSION":
                found >>= 16
            if found != value:
                raise WrongBitstreamError(
                    f"{name} reads {found:#x}, not {value:#x}: the loaded design is not the "
                    f"overlay of {self.network}; load {self.network}.bit of the same release"
                )

    def classify(self, beats: Any, lead: str = LEAD) -> Result:
        """Classify beats.

        Parameters
        ----------
        beats : array, str or Path
            int8 (n, 360): beats as the network takes them. Float (n, 360): windows around R
            peaks, normalised here (not for networks of the form ``rhythm``). (samples,): a lead
            at 360 Hz, denoised and cut at the R peaks found here. A path: a WFDB record, treated
            likewise.
        lead : str
            Lead of a record, by name.

        Returns
        -------
        Result
            One entry per beat; ``peaks`` where they were found here.

        Raises
        ------
        InputError
            If ``beats`` is none of these.
        RunError
            If the overlay failed; it is ready again.
        """
        board = self.board
        ready, peaks = prepare(beats, lead, self.form)
        if not len(ready):
            raise InputError("no beats: give at least one, or a signal with R peaks")
        start = board.now()
        runs = [
            run(board, ready[first : first + RUN_BEATS], self.timeout_s)
            for first in range(0, len(ready), RUN_BEATS)
        ]
        words = np.concatenate([entry.words for entry in runs])
        return Result(
            labels=words[:, 0],
            logits=words[:, 1:-2],
            latency_cycles=words[:, -2].astype(np.int64),
            interval_cycles=words[:, -1].astype(np.int64),
            total_cycles=sum(entry.total_cycles for entry in runs),
            seconds=board.now() - start,
            clock_mhz=board.clock_mhz,
            kind=board.kind,
            logit_scale=self.logit_scale,
            peaks=peaks,
        )

    def reload(self) -> None:
        """Load the bitstream again, after a DeviceHungError."""
        self.board.reload()
        self._check()

    def close(self) -> None:
        """Give the board back; safe to call twice."""
        if self._board is not None:
            self._board.close()
            self._board = None

    def __enter__(self) -> "ArrhythmiNet":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _logit_scale(bitfile: Path, network: str) -> Optional[float]:
    """Scale of the logits from the ``.json`` beside the bitstream, None without one."""
    found = [bitfile.with_suffix(".json"), bitfile.with_name("network.json")]
    found = [path for path in found if path.is_file()]
    if not found:
        return None
    path = found[0]
    try:
        values = json.loads(path.read_text())
        stem, scale = str(values["stem"]), float(values["logit_scale"])
    except (ValueError, KeyError, TypeError) as error:
        raise BoardError(f"{path} is damaged ({error}): copy the archive again") from error
    if stem != network:
        raise WrongBitstreamError(f"{path} belongs to {stem}, not to {network}: copy both anew")
    return scale
