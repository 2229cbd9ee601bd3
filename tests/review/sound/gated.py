"""A decoder that waits to be let go on, and counts how often it was asked."""

import threading
from collections.abc import Iterator

from pipeline.adapters.audio import PyAvAudio
from pipeline.domain.recording import Recording
from pipeline.ports import Samples


class GatedAudio(PyAvAudio):
    """Decodes as the real one, once `gate` is set; `n_reads` recordings were decoded."""

    def __init__(self, *, is_open: bool = False) -> None:
        self.gate = threading.Event()
        self.n_reads = 0
        if is_open:
            self.gate.set()

    def pieces(self, recording: Recording, *, sample_rate: int = 16_000) -> Iterator[Samples]:
        self.n_reads += 1
        assert self.gate.wait(30)
        yield from super().pieces(recording, sample_rate=sample_rate)
