"""Small files made by hand in the layouts of the published collections."""

import csv
import json
from pathlib import Path

ANNOMI = (
    "mi_quality", "transcript_id", "utterance_id", "interlocutor", "utterance_text", "annotator_id",
    "therapist_input_exists", "therapist_input_subtype", "reflection_exists", "reflection_subtype",
    "question_exists", "question_subtype", "client_talk_type",
)  # fmt: skip


def written(path: Path, text: str) -> Path:
    """The file, its folders made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def counselling(data: Path, *rows: dict[str, str]) -> Path:
    """A table of talks; cells that are not given are empty, but for a therapist's, which say False."""
    usual = dict.fromkeys(ANNOMI, "") | {"mi_quality": "high", "transcript_id": "7", "annotator_id": "3"}
    says_no = {name: "False" for name in ANNOMI if name.endswith("_exists")}
    path = written(data / "labelled" / "counselling-talks" / "annomi.csv", "")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ANNOMI)
        writer.writeheader()
        for row in rows:
            writer.writerow(usual | (says_no if row.get("interlocutor") == "therapist" else {}) | row)
    return path


def pitches(data: Path, sentences: str, participants: str) -> None:
    """Tables of sentences and participants, each with its header."""
    folder = data / "labelled" / "donation-pitches"
    head = "dialogue_id,role,Turn,Unit,er_label_1,ee_label_1,er_label_2,ee_label_2\n"
    written(folder / "sentences.csv", head + sentences)
    written(folder / "participants.csv", "\ufeffB2,B3,B4,B5,B6,B7\n" + participants)


def phone(data: Path, name: str, text: str) -> Path:
    """A conversation with dialogue acts, beside the legend."""
    folder = data / "labelled" / "phone-dialogue-acts"
    written(folder / "label_map.txt", "Yes-No-Question|qy\n")
    return written(folder / name, text)


def textgrid(intervals: list[tuple[float, float, str]], *, tier: str = "Speaker") -> str:
    """A TextGrid in the long form of one tier."""
    end = max(end for _, end, _ in intervals)
    head = f'File type = "ooTextFile"\nObject class = "TextGrid"\n\nxmin = 0\nxmax = {end}\ntiers? <exists>\nsize = 1\n'
    head += f'item []:\n    item [1]:\n        class = "IntervalTier"\n        name = "{tier}"\n'
    head += f"        xmin = 0\n        xmax = {end}\n        intervals: size = {len(intervals)}\n"
    rows = [
        f"        intervals [{n}]:\n            xmin = {start}\n            xmax = {stop}\n"
        f'            text = "{text}"\n'
        for n, (start, stop, text) in enumerate(intervals, start=1)
    ]
    return head + "".join(rows)


def consultation(data: Path, name: str) -> None:
    """A doctor who speaks 0 to 2 s and 5 to 6 s, and a patient from 2.5 to 5.5 s of whom 1 s cannot be understood."""
    folder = data / "labelled" / "consultations" / "transcripts"
    doctor = [(0.0, 2.0, "How are you?"), (2.0, 5.0, ""), (5.0, 6.0, "I <UNSURE>see</UNSURE>.")]
    patient = [(0.0, 2.5, ""), (2.5, 4.5, "My arm hurts."), (4.5, 5.5, "<INAUDIBLE_SPEECH/>"), (5.5, 8.0, "")]
    written(folder / f"{name}_doctor.TextGrid", textgrid(doctor))
    written(folder / f"{name}_patient.TextGrid", textgrid(patient))


def asr_errors(data: Path, **changes: str) -> Path:
    """A call of two speakers of whom a machine heard one word wrong and gave one to the other."""
    utterance = {
        "utterance_id": "en_1",
        "ref_text": "Right. And where?  oh you know",
        "ref_spk": "1 2 2 1 1 1",
        "hyp_text": "Right and wear oh you",
        "hyp_spk": "1 1 2 1 1",
        "hyp_spk_oracle": "1 2 2 1 1",
    }
    folder = data / "labelled" / "real-asr-errors"
    written(folder / "en_1.rttm", "SPEAKER en_1 0 0.0 0.5 <NA> <NA> en_1_A\nSPEAKER en_1 0 0.6 1.0 <NA> <NA> en_1_B\n")
    return written(folder / "en_1.json", json.dumps({"utterances": [utterance | changes]}))


def vendor(data: Path, name: str = "call.json") -> Path:
    """A vendor's file of two turns of 1 s and 0.5 s, and what the vendor says of them."""
    spoken = [("AGENT", 0, 1000, "Hello"), ("CUSTOMER", 900, 1400, "Hi")]
    document = {
        "LanguageCode": "en-US",
        "Participants": [{"ParticipantRole": "AGENT"}, {"ParticipantRole": "CUSTOMER"}],
        "Transcript": [
            {
                "ParticipantRole": role,
                "Items": [{"Type": "pronunciation", "Content": word, "BeginOffsetMillis": a, "EndOffsetMillis": b}],
            }
            for role, a, b, word in spoken
        ],
        "ConversationCharacteristics": {
            "Interruptions": {"TotalCount": 1, "InterruptionsByInterrupter": {"AGENT": [{"DurationMillis": 100}]}},
            "TalkTime": {
                "DetailsByParticipant": {"AGENT": {"TotalTimeMillis": 1000}, "CUSTOMER": {"TotalTimeMillis": 500}}
            },
        },
    }
    return written(data / "imports" / name, json.dumps(document))
