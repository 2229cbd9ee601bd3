"""torchaudio without its native library: only where CUDA libraries are absent, and nothing else is hidden.

The stand-ins are packages called torchaudio on the path of a fresh interpreter, laid out as the real one is: the
package imports `_extension` first, and that fails or not.
"""

import importlib
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from pipeline.adapters.torchaudio_compat import import_torchaudio

CHECKOUT = Path(__file__).resolve().parents[2]
LOADS = "_IS_TORCHAUDIO_EXT_AVAILABLE = True\nfail_if_no_align = lambda function: function\n"
CUDA_ABSENT = "raise OSError('libc10_cuda.so: cannot open shared object file: No such file or directory')\n"
# torch 2.13 wraps the loader's message in one of its own.
CUDA_ABSENT_WRAPPED = """
try:
    raise OSError('libcudart.so.13: cannot open shared object file: No such file or directory')
except OSError as error:
    raise OSError('Could not load this library: _torchaudio.abi3.so') from error
"""
ASK = """
import sys
from pipeline.adapters.torchaudio_compat import import_torchaudio
try:
    torchaudio = import_torchaudio()
except BaseException as error:
    print(type(error).__name__, error, sorted(name for name in sys.modules if name.startswith('torchaudio')))
else:
    print(torchaudio.native, torchaudio.functional.flag, import_torchaudio() is torchaudio)
"""


def torchaudio_whose_extension(does: str, folder: Path) -> Path:
    package = folder / "torchaudio"
    package.mkdir()
    (package / "__init__.py").write_text(
        "from . import _extension\nfrom . import functional\nnative = _extension._IS_TORCHAUDIO_EXT_AVAILABLE\n"
    )
    (package / "_extension.py").write_text(textwrap.dedent(does))
    (package / "functional.py").write_text(
        "from torchaudio._extension import _IS_TORCHAUDIO_EXT_AVAILABLE as flag, fail_if_no_align\n"
        "@fail_if_no_align\ndef forced_align():\n    return 'aligned'\n"
    )
    return folder


def ask(folder: Path, program: str = ASK) -> str:
    environment = {"PYTHONPATH": f"{folder}:{CHECKOUT}"}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.mark.parametrize("failure", [CUDA_ABSENT, CUDA_ABSENT_WRAPPED])
def test_without_cuda_libraries_torchaudio_is_imported_without_its_extension(failure: str, tmp_path: Path) -> None:
    assert ask(torchaudio_whose_extension(failure, tmp_path)) == "False False True"


def test_where_the_extension_loads_it_is_left_alone(tmp_path: Path) -> None:
    assert ask(torchaudio_whose_extension(LOADS, tmp_path)) == "True True True"


@pytest.mark.parametrize(
    "failure",
    [
        "raise OSError('libtorchaudio.so: undefined symbol: _ZN3c104impl')",
        "raise OSError('libsox.so: cannot open shared object file: No such file or directory')",
        "raise ImportError('no module named torch')",
        "raise RuntimeError('PyTorch and TorchAudio were compiled with different CUDA versions')",
    ],
)
def test_any_other_failure_is_not_hidden(failure: str, tmp_path: Path) -> None:
    told = ask(torchaudio_whose_extension(failure, tmp_path))
    name, message = failure.removeprefix("raise ").split("(", 1)
    assert told.startswith(f"{name} {message[1:-2]}")


def test_a_failure_beside_the_absent_libraries_is_not_hidden_and_leaves_no_half_module(tmp_path: Path) -> None:
    folder = torchaudio_whose_extension(CUDA_ABSENT, tmp_path)
    (folder / "torchaudio" / "functional.py").write_text("raise ValueError('broken')")
    assert ask(folder) == "ValueError broken []"


def test_what_needs_the_extension_refuses_when_it_is_called(tmp_path: Path) -> None:
    program = ASK.split("try:", maxsplit=1)[0] + "import_torchaudio().functional.forced_align()"
    with pytest.raises(subprocess.CalledProcessError) as caught:
        ask(torchaudio_whose_extension(CUDA_ABSENT, tmp_path), program)
    assert "forced_align needs torchaudio's native extension" in caught.value.stderr


def test_the_installed_torchaudio_can_resample_and_pyannote_can_be_imported_after_it() -> None:
    import torch

    torchaudio = import_torchaudio()
    # One second at 8 kHz is one second at 16 kHz.
    assert torchaudio.functional.resample(torch.zeros(1, 8_000), 8_000, 16_000).shape == (1, 16_000)
    assert importlib.import_module("pyannote.audio").Model is not None
