"""The stages carried out in this process: models loaded once and when needed, two stages side by side on two cores."""

import hashlib
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from pipeline.adapters import weights
from pipeline.adapters.channels import ChannelDiarizer
from pipeline.adapters.decoding import GuardedAudio
from pipeline.adapters.pyannote import DiarizationSettings, PyannoteDiarizer
from pipeline.adapters.whisper import WhisperTranscriber
from pipeline.config import Config
from pipeline.engines.drafters import make_drafter
from pipeline.engines.readers import local_embedder, make_reader, require_reader
from pipeline.engines.redaction import redaction_models
from pipeline.errors import UsageError, WeightsError
from pipeline.ports import ChatModel, Drafter, Reader
from pipeline.text.resemblance import Embedder

_A = TypeVar("_A")
_B = TypeVar("_B")


_OF_READERS = {"similarity": ("minilm",), "turnwise": ("minilm", "qwen2.5-coder-1.5b"), "llm": ()}


def needed_models(config: Config) -> tuple[str, ...]:
    """The names of the pinned models that a run with this configuration loads."""
    voices = ("segmentation-3.0", "campplus") if config.diarization == "embedded" else ()
    recogniser = () if Path(config.whisper).is_dir() else (config.whisper,)
    return (*recogniser, *voices, *_OF_READERS[config.reader], *redaction_models(config))


def require_models(config: Config) -> None:
    """Passes when every pinned model that a run would load is here. Raises: WeightsError naming those that are not."""
    _require(config, needed_models(config))


def require_reading(config: Config) -> None:
    """As `require_models`, for work on transcripts, which nobody hears again."""
    _require(config, (*_OF_READERS[config.reader], *redaction_models(config)))


def _require(config: Config, names: Iterable[str]) -> None:
    cache = config.models or weights.default_cache()
    missing = [name for name in names if not weights.is_present(name, cache)]
    if missing:
        raise WeightsError(f"not in {cache}: {', '.join(missing)}", hint=f"filmroom models pull {' '.join(missing)}")


class LocalEngine:
    """The engine of one process, of a whole run or of one of its workers; fulfils the port `Engine`.

    Raises: UsageError for a reader or a diarization that cannot be had, before any call is begun.
    """

    def __init__(self, config: Config, *, chat: ChatModel | None = None) -> None:
        require_reader(config)
        if config.diarization != "embedded":
            _pipeline_name(config)
        self._config = config
        self._chat = chat
        self._models = config.models or weights.default_cache()
        self.audio = GuardedAudio(config.decoding, max_hours=config.max_hours)
        self.channel_diarizer = ChannelDiarizer()

    @cached_property
    def transcriber(self) -> WhisperTranscriber:
        """The recogniser of the configuration."""
        name, threads = self._config.whisper, self._config.threads
        folder = Path(name)
        if folder.is_dir():
            return WhisperTranscriber(lambda: folder, name=_own_label(folder), threads=threads)
        return WhisperTranscriber(
            lambda: weights.require(name, self._models), name=weights.label(name), threads=threads
        )

    @cached_property
    def diarizer(self) -> PyannoteDiarizer:
        """The diarizer of the configuration: by pinned weights, from the hub by name and token, or from a folder."""
        config = self._config
        if config.diarization == "embedded":
            return PyannoteDiarizer.offline(
                weights.require("segmentation-3.0", self._models) / "pytorch_model.bin",
                weights.require("campplus", self._models) / "campplus_cn_en_common.pt",
                settings=DiarizationSettings(step_ratio=config.diarization_step),
                threads=config.threads,
            )
        pipeline = _pipeline_name(config)
        if config.diarization == "folder":
            return PyannoteDiarizer.from_folder(Path(pipeline), threads=config.threads)
        return PyannoteDiarizer.from_hub(pipeline, token=os.environ.get("HF_TOKEN"), threads=config.threads)

    @cached_property
    def reader(self) -> Reader:
        """The reader of the configuration."""
        return make_reader(self._config, self._models, chat=self._chat)

    @cached_property
    def embedder(self) -> Embedder | None:
        """What the reader tells likeness by, for other stages too; None where the reader uses none."""
        if "minilm" not in _OF_READERS[self._config.reader]:
            return None
        return local_embedder(self._models)

    @cached_property
    def drafter(self) -> Drafter | None:
        """What phrases drafts anew where the configuration has it. Raises: UsageError without a language model."""
        return make_drafter(self._config, chat=self._chat)

    def side_by_side(self, left: Callable[[], _A], right: Callable[[], _B]) -> tuple[_A, _B]:
        """Both results; when one fails the other still runs to its end, and is kept, before the failure is raised.

        A person's Ctrl-C waits for neither: it is raised at once, and what the threads still make may be lost.
        """
        pool = ThreadPoolExecutor(max_workers=2)
        try:
            first, second = pool.submit(left), pool.submit(right)
            first.exception()  # waits, and raises nothing of the work's own
            second.exception()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
        return first.result(), second.result()


def _pipeline_name(config: Config) -> str:
    if config.diarization_pipeline is None:
        raise UsageError(
            f"diarization = {config.diarization!r} needs diarization_pipeline",
            hint="give the pipeline's name on the hub, or its folder, in filmroom.toml",
        )
    return config.diarization_pipeline


def _own_label(folder: Path) -> str:
    """Name and digest of a recogniser that is no pinned one. Raises: WeightsError when the folder holds none."""
    try:
        with (folder / "model.bin").open("rb") as file:
            return f"{folder.name}:{hashlib.file_digest(file, 'sha256').hexdigest()[:12]}"
    except OSError as error:
        hint = "give a folder with a Whisper model in CTranslate2 format, or the name of a pinned model"
        raise WeightsError(f"no model.bin in {folder}: {error.strerror}", hint=hint) from error
