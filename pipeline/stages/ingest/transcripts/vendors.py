"""The JSON shapes of recognisers that are no plain list of utterances, each as small as what is used of it."""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import ClassVar

from pydantic import AliasChoices, Field

from pipeline.domain.script import Utterance
from pipeline.stages.ingest.transcripts.listed import Piece, Pieces
from pipeline.stages.ingest.transcripts.tokens import Label, Seconds, Token, VendorPart, utterances_of

_MS = 0.001
_TICK = 1e-7


class VendorFile(VendorPart):
    """A whole file of one shape; `keys` are those that only this shape has, dots going inside."""

    keys: ClassVar[tuple[str, ...]]
    name: ClassVar[str]

    def utterances(self) -> Iterator[Utterance]:
        """The utterances in the file's order, times in seconds."""
        raise NotImplementedError

    @property
    def language_code(self) -> str | None:
        """The language that the file states."""
        return None


class _Alternative(VendorPart):
    transcript: str = ""
    words: tuple[Token, ...] = ()


class _DeepgramChannel(VendorPart):
    alternatives: tuple[_Alternative, ...] = Field(min_length=1)


class _DeepgramResults(VendorPart):
    channels: tuple[_DeepgramChannel, ...]


class Deepgram(VendorFile):
    """Words by channel, each with its speaker where speakers were told apart."""

    keys = ("results.channels",)
    name = "Deepgram"
    results: _DeepgramResults

    def utterances(self) -> Iterator[Utterance]:
        """By channel where there are several, else by speaker."""
        channels = self.results.channels
        for number, channel in enumerate(channels):
            words = channel.alternatives[0].words
            if len(channels) > 1:
                words = tuple(word.model_copy(update={"speaker": None}) for word in words)
            yield from utterances_of(words, speaker=f"ch{number}" if len(channels) > 1 else None)


class _Monologue(VendorPart):
    speaker: Label = None
    speaker_name: Label = None
    elements: tuple[Token, ...]


class _Named(VendorPart):
    id: Label = None
    name: Label = None


class Rev(VendorFile):
    """Monologues of elements: words with times, punctuation without."""

    keys = ("monologues",)
    name = "Rev"
    monologues: tuple[_Monologue, ...]
    speakers: tuple[_Named, ...] = ()

    def utterances(self) -> Iterator[Utterance]:
        """Each monologue under its speaker's name, where the file has names."""
        names = {s.id: s.name for s in self.speakers if s.id and s.name}
        for spoken in self.monologues:
            label = spoken.speaker_name or (names.get(spoken.speaker) or spoken.speaker if spoken.speaker else None)
            tokens = [token.model_copy(update={"speaker": None}) for token in spoken.elements]
            yield from utterances_of(tokens, speaker=label)


class _AnalyticsItem(Token):
    text: str = Field(validation_alias="Content")
    start: Seconds = Field(default=None, validation_alias="BeginOffsetMillis")
    end: Seconds = Field(default=None, validation_alias="EndOffsetMillis")


class _AnalyticsTurn(VendorPart):
    role: Label = Field(default=None, validation_alias=AliasChoices("ParticipantRole", "ParticipantId"))
    items: tuple[_AnalyticsItem, ...] = Field(default=(), validation_alias="Items")


class CallAnalytics(VendorFile):
    """Amazon Transcribe Call Analytics: turns by participant, times in milliseconds."""

    keys = ("Transcript", "Participants")
    name = "Amazon Transcribe Call Analytics"
    turns: tuple[_AnalyticsTurn, ...] = Field(validation_alias="Transcript")
    language: str | None = Field(default=None, validation_alias="LanguageCode")

    def utterances(self) -> Iterator[Utterance]:
        """Each turn under its participant's role."""
        for turn in self.turns:
            yield from utterances_of(turn.items, unit=_MS, speaker=turn.role)

    @property
    def language_code(self) -> str | None:
        """The language that the file states."""
        return self.language


class _AmazonItem(VendorPart):
    alternatives: tuple[Token, ...] = Field(min_length=1)
    start: Seconds = Field(default=None, validation_alias="start_time")
    end: Seconds = Field(default=None, validation_alias="end_time")
    speaker: Label = Field(default=None, validation_alias=AliasChoices("speaker_label", "channel_label"))

    @property
    def token(self) -> Token:
        """The first alternative with the item's times and speaker."""
        return self.alternatives[0].model_copy(update={"start": self.start, "end": self.end, "speaker": self.speaker})


class _AmazonSegment(VendorPart):
    speaker: Label = Field(default=None, validation_alias="speaker_label")
    start: Seconds = Field(default=None, validation_alias="start_time")
    end: Seconds = Field(default=None, validation_alias="end_time")


class _AmazonLabels(VendorPart):
    segments: tuple[_AmazonSegment, ...] = ()


class _AmazonResults(VendorPart):
    items: tuple[_AmazonItem, ...]
    speaker_labels: _AmazonLabels = _AmazonLabels()
    language_code: str | None = None


class Amazon(VendorFile):
    """Amazon Transcribe: items with alternatives, speakers on each item or in segments of their own."""

    keys = ("results.items",)
    name = "Amazon Transcribe"
    results: _AmazonResults

    def utterances(self) -> Iterator[Utterance]:
        """By speaker, or by channel where channels were recognised apart."""
        segments = self.results.speaker_labels.segments
        at = 0
        tokens: list[Token] = []
        for item in self.results.items:
            token = item.token
            while token.start is not None and at + 1 < len(segments) and (segments[at + 1].start or 0.0) <= token.start:
                at += 1
            speaker = token.speaker or (segments[at].speaker if segments else None)
            tokens.append(token.model_copy(update={"speaker": speaker}))
        yield from utterances_of(tokens)

    @property
    def language_code(self) -> str | None:
        """The language that the file states."""
        return self.results.language_code


class _WatsonAlternative(VendorPart):
    timestamps: tuple[tuple[str, float, float], ...] = ()


class _WatsonResult(VendorPart):
    alternatives: tuple[_WatsonAlternative, ...] = ()


class _WatsonLabel(VendorPart):
    start: float = Field(validation_alias="from", ge=0)
    speaker: Label


class Watson(VendorFile):
    """IBM Watson: words as [word, from, to], and speakers in a list of their own, told by the word's beginning."""

    keys = ("speaker_labels", "results")
    name = "IBM Watson"
    results: tuple[_WatsonResult, ...]
    speaker_labels: tuple[_WatsonLabel, ...]

    def utterances(self) -> Iterator[Utterance]:
        """By speaker."""
        speakers = {label.start: label.speaker for label in self.speaker_labels}
        words = chain.from_iterable(r.alternatives[0].timestamps for r in self.results if r.alternatives)
        yield from utterances_of(
            Token.model_validate({"text": text, "start": start, "end": end, "speaker": speakers.get(start)})
            for text, start, end in words
        )


class _AzureBest(VendorPart):
    display: str = ""


class _AzurePhrase(VendorPart):
    channel: Label = None
    speaker: Label = None
    offset: float = Field(validation_alias="offsetInTicks", ge=0)
    duration: float = Field(validation_alias="durationInTicks", ge=0)
    best: tuple[_AzureBest, ...] = Field(validation_alias="nBest", min_length=1)


class Azure(VendorFile):
    """Azure batch transcription: phrases in ticks of 100 ns, by speaker, else by channel."""

    keys = ("recognizedPhrases",)
    name = "Azure"
    phrases: tuple[_AzurePhrase, ...] = Field(validation_alias="recognizedPhrases")

    def utterances(self) -> Iterator[Utterance]:
        """Each phrase as it is displayed."""
        several = len({phrase.channel for phrase in self.phrases}) > 1
        for p in self.phrases:
            channel = (p.channel or "").replace("speaker ", "ch") if several else ""
            start, end = p.offset * _TICK, (p.offset + p.duration) * _TICK
            piece = {"text": p.best[0].display, "start": start, "end": end, "speaker": channel or p.speaker}
            yield from Pieces(pieces=(Piece.model_validate(piece),)).utterances()


class _GongSpeech(VendorPart):
    speaker: Label = Field(default=None, validation_alias="speakerId")
    sentences: tuple[Piece, ...] = ()


class _GongCall(VendorPart):
    transcript: tuple[_GongSpeech, ...]


class Gong(VendorFile):
    """Gong: one call's monologues of sentences, times in milliseconds."""

    keys = ("callTranscripts",)
    name = "Gong"
    calls: tuple[_GongCall, ...] = Field(validation_alias="callTranscripts", min_length=1, max_length=1)

    def utterances(self) -> Iterator[Utterance]:
        """Each sentence under its speaker's number."""
        spoken = [
            sentence.model_copy(update={"speaker": speech.speaker})
            for speech in self.calls[0].transcript
            for sentence in speech.sentences
        ]
        yield from Pieces(pieces=tuple(spoken)).utterances()


class _CppOffsets(VendorPart):
    start: float = Field(validation_alias="from", ge=0)
    end: float = Field(validation_alias="to", ge=0)


class _CppSegment(VendorPart):
    offsets: _CppOffsets
    text: str
    speaker: Label = None


class WhisperCpp(VendorFile):
    """whisper.cpp: segments with offsets in milliseconds."""

    keys = ("transcription",)
    name = "whisper.cpp"
    transcription: tuple[_CppSegment, ...]

    def utterances(self) -> Iterator[Utterance]:
        """Each segment."""
        for s in self.transcription:
            piece = {"text": s.text, "start": s.offsets.start * _MS, "end": s.offsets.end * _MS, "speaker": s.speaker}
            yield from Pieces(pieces=(Piece.model_validate(piece),)).utterances()


class _GoogleResult(VendorPart):
    alternatives: tuple[_Alternative, ...] = ()


class Google(VendorFile):
    """Google Speech-to-Text: where speakers were told apart, the last result has every word with its speaker."""

    keys = ("results",)
    name = "Google Speech-to-Text"
    results: tuple[_GoogleResult, ...]

    def utterances(self) -> Iterator[Utterance]:
        """By speaker."""
        words = [r.alternatives[0].words for r in self.results if r.alternatives]
        tagged = words[-1:] if words and words[-1] and words[-1][0].speaker else words
        yield from utterances_of(chain.from_iterable(tagged))


VENDORS: tuple[type[VendorFile], ...] = (
    Deepgram, Rev, CallAnalytics, Amazon, Watson, Azure, Gong, WhisperCpp, Google,
)  # fmt: skip


def has_keys(data: object, keys: tuple[str, ...]) -> bool:
    """Whether the document has all these keys, dots going inside, with a list at the end of each."""
    return isinstance(data, Mapping) and all(isinstance(_at(data, key.split(".")), list) for key in keys)


def _at(data: object, path: list[str]) -> object:
    for name in path:
        data = data.get(name) if isinstance(data, Mapping) else None
    return data
