"""Importing torchaudio where its native library cannot be loaded.

The registry's torchaudio is built for CUDA. Beside a CPU-only torch its extension asks for CUDA libraries that are not
there, and `import torchaudio`, `import pyannote.audio` and `import transformers` with its dependants all fail. We need
only the parts of torchaudio that are plain Python (resampling, Kaldi filter banks). torchaudio itself has a mode
without extension, chosen when no library file is present; this module chooses that mode when the file is present but
its CUDA libraries are not.
"""

import importlib
import re
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from pipeline.log import get_logger

_log = get_logger(__name__)
_CUDA_LIBRARY_ABSENT = re.compile(r"lib(c10_cuda|torch_cuda|cu\w+|nv\w+)[\w.-]*\.so[\w.]*: cannot open shared object")
_EXTENSION = "torchaudio._extension"


def import_torchaudio() -> ModuleType:
    """torchaudio, with its native extension where that loads and without it where CUDA libraries are absent.

    Call it before the first import of pyannote.audio, transformers or sentence_transformers. Calling again is free.

    Raises:
        ImportError, OSError: any other failure to import, unchanged.
    """
    try:
        return importlib.import_module("torchaudio")
    except OSError as error:
        if not _is_absent_cuda_library(error):
            raise
        _log.info("torchaudio runs without its native extension: %s", error)
    _forget_torchaudio()
    sys.modules[_EXTENSION] = _extension_without_library()
    try:
        return importlib.import_module("torchaudio")
    except BaseException:
        _forget_torchaudio()
        raise


def _is_absent_cuda_library(error: BaseException) -> bool:
    return any(_CUDA_LIBRARY_ABSENT.search(str(link)) for link in _chain(error))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _forget_torchaudio() -> None:
    for name in [name for name in sys.modules if name == "torchaudio" or name.startswith("torchaudio.")]:
        del sys.modules[name]


def _extension_without_library() -> ModuleType:
    """What torchaudio's own `_extension` module offers when it finds no library file."""
    module = ModuleType(_EXTENSION)
    module.__dict__.update(
        _IS_TORCHAUDIO_EXT_AVAILABLE=False, _IS_ALIGN_AVAILABLE=False, fail_if_no_align=_refuse_when_called
    )
    return module


def _refuse_when_called(function: Callable[..., Any]) -> Callable[..., Any]:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError(f"{function.__name__} needs torchaudio's native extension, which could not be loaded here")

    return refuse
