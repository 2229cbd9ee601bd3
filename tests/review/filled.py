"""A workspace that the real pipeline filled from real recordings: the demo call, and those of others where they are."""

import csv
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.known_recordings import DEMO, SIDECARS, TWO_FILES, lay_out, lay_out_demo
from benchmarks.recordings import run_command
from pipeline.domain.people import User, UserRole
from pipeline.review.sign_in.passwords import hash_password
from pipeline.store.workspace import Workspace

AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
PASSWORD = "a long walk by the harbour"
TEAM: tuple[tuple[str, str, tuple[UserRole, ...], str | None], ...] = (
    ("vera", "Vera Holt", ("second_level",), None),
    ("joan", "Joan", ("manager",), "vera"),
    ("maya", "Maya", ("rep",), "joan"),
    ("theo", "Theo Brandt", ("rep",), "joan"),
    ("iris", "Iris Kwon", ("rep",), "joan"),
    ("omar", "Omar", ("manager",), "vera"),
    ("lena", "Lena Fuchs", ("rep",), "omar"),
    ("paul", "Paul Ekman", ("author",), None),
    ("quin", "Quin Abara", ("author",), None),
    ("adam", "Adam Reed", ("admin",), None),
)
"""Id, name, roles, manager."""

REPS = {
    "car-repair-call": ("Theo Brandt", "Northside Motors"),
    "auto-loan-sale": ("Iris Kwon", "R. Delgado"),
    "insurance-15": ("Theo Brandt", "Harbour Mutual"),
    "insurance-16": ("Iris Kwon", "Quill & Daughters"),
    "insurance-17": ("Lena Fuchs", "Brisk Logistics"),
    "phone-30s": ("Lena Fuchs", "Fern Street Dental"),
    "one-voice-two-roles": ("Theo Brandt", "Alder Foods"),
    "true-stereo-10s": ("Iris Kwon", "Lowland Print"),
}
"""Rep and customer of each folder of recordings that is reviewed: our own invention."""


def add_team(workspace: Workspace) -> None:
    """The people of `TEAM`, all with the same password."""
    password = hash_password(PASSWORD)
    for user_id, name, roles, above in TEAM:
        user = User(
            id=user_id, name=name, roles=frozenset(roles), reports_to=above, password=password, by="tests", at=AT
        )
        workspace.users.append(user_id, user)


def fill(root: Path, audio: Path | None, *, reader: str = "similarity") -> Workspace:
    """The workspace below `root`, filled by `filmroom run` on the demo call and, where they are, others' recordings."""
    folder, workspace = root / "recordings", root / "workspace"
    if audio is not None:
        lay_out(audio, folder)
        for path in folder.iterdir():
            if path.name not in REPS:
                shutil.rmtree(path)
        for name in ("agent.wav", "customer.wav"):  # the sides of the stereo file beside them
            (folder / "true-stereo-10s" / name).unlink()
        _state_reps(folder)
    lay_out_demo(folder)
    outcomes = run_command(folder, workspace, reader=reader)
    assert all(outcome.status == "done" for outcome in outcomes), outcomes
    space = Workspace(workspace)
    add_team(space)
    return space


def demo_call(workspace: Workspace) -> str:
    """The id of the demo call."""
    name = Path(DEMO).name
    return next(call for call in workspace.calls.ids() if workspace.record(call).path.name == name)


def _state_reps(folder: Path) -> None:
    """Rep and customer of each recording, beside it."""
    for n, (name, (rep, customer)) in enumerate(sorted(REPS.items())):
        stated = {"rep": rep, "customer": customer, "consent": "yes", "stage": ("discovery", "demo")[n % 2]}
        stated["started_at"] = f"2026-03-{2 + n:02d}T{9 + n:02d}:30:00+00:00"
        two_files = TWO_FILES.startswith(f"{name}/")
        sidecars = [path for path in SIDECARS if path.startswith(f"{name}/")]
        if two_files or sidecars:
            target = folder / (TWO_FILES if two_files else sidecars[0])
            target.write_text(json.dumps({**json.loads(target.read_text()), **stated}))
            continue
        with (folder / name / "calls.csv").open("w", newline="", encoding="utf-8") as file:
            table = csv.DictWriter(file, ["path", *stated])
            table.writeheader()
            for sound in sorted(p for p in (folder / name).iterdir() if p.suffix in (".wav", ".mp3")):
                table.writerow({"path": sound.name, **stated})
