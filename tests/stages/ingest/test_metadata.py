"""What people write beside a recording, and how they are told that it is wrong."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.recording import CallMetadata, Consent, Mode, Stage
from pipeline.errors import MetadataError
from pipeline.stages.ingest.metadata import FIELDS, Entry, parse_metadata
from pipeline.stages.ingest.sidecar import read_sidecar
from pipeline.stages.ingest.table import read_table


def parsed(tmp_path: Path, text: str | bytes, name: str = "call.json") -> CallMetadata:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return parse_metadata(read_sidecar(path), path).metadata


def refused(tmp_path: Path, text: str | bytes, name: str = "call.json") -> MetadataError:
    with pytest.raises(MetadataError) as caught:
        parsed(tmp_path, text, name)
    return caught.value


def test_every_field_of_a_json_sidecar_is_read(tmp_path: Path) -> None:
    written = {
        "rep": "Zoë Ngũgĩ", "manager": "Ann", "team": "North", "customer": "Acme", "deal": 4711, "stage": "discovery",
        "started_at": "2026-03-05T14:30:00+01:00", "direction": "outbound", "consent": "announced", "mode": "live",
        "speakers": 2, "channels": {"0": "rep", "1": "customer"}, "language": "en",
    }  # fmt: skip
    assert parsed(tmp_path, json.dumps(written)) == CallMetadata(
        rep="Zoë Ngũgĩ",
        manager="Ann",
        team="North",
        customer="Acme",
        deal="4711",
        stage=Stage.DISCOVERY,
        started_at=datetime(2026, 3, 5, 13, 30, tzinfo=UTC),
        direction="outbound",
        consent=Consent.ANNOUNCED,
        mode=Mode.LIVE,
        speakers=2,
        channels={"0": "rep", "1": "customer"},
        language="en",
    )


def test_started_at_is_kept_in_utc(tmp_path: Path) -> None:
    started_at = parsed(tmp_path, '{"started_at": "2026-03-05T00:30:00+01:00"}').started_at
    assert started_at is not None
    assert started_at.isoformat() == "2026-03-04T23:30:00+00:00"


def test_a_yaml_sidecar_reads_like_json(tmp_path: Path) -> None:
    text = "rep: Ann\nconsent: yes\nstarted_at: 2026-03-05T14:30:00Z\nchannels:\n  0: customer\n  1: rep\n"
    assert parsed(tmp_path, text, "call.yaml") == CallMetadata(
        rep="Ann",
        consent=Consent.YES,
        started_at=datetime(2026, 3, 5, 14, 30, tzinfo=UTC),
        channels={"0": "customer", "1": "rep"},
    )


@pytest.mark.parametrize(
    "text",
    [
        b'\xef\xbb\xbf{"rep": "Ann"}',
        b'{\r\n  "rep": "Ann"\r\n}',
        b'{\n\t"rep":\t"Ann"\n}\n',
        b'{"rep": "  Ann ", "team": null, "deal": ""}',
        b'{"rep": "A\\u006en"}',
    ],
    ids=["byte order mark", "Windows line ends", "tabs", "open fields", "escapes"],
)
def test_ways_in_which_programs_write_json_make_no_difference(tmp_path: Path, text: bytes) -> None:
    assert parsed(tmp_path, text) == CallMetadata(rep="Ann")


@given(name=st.text(min_size=1).filter(lambda text: text.strip() == text))
def test_any_name_survives_json_with_escapes(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    assert parsed(tmp_path_factory.mktemp("sidecar"), json.dumps({"rep": name})).rep == name


@pytest.mark.parametrize(
    ("written", "line", "said", "hint"),
    [
        ('{"rep": "Ann",\n\n"stge": "demo"}', 3, "no field 'stge'", "did you mean stage?"),
        ('{\n"stage": "negotiation"}', 2, "'negotiation'", "prospecting, discovery, demo, closing"),
        ('{"consent": true}', 1, "'true'", "yes, announced"),
        ('{"consent": "unknown"}', 1, "'unknown'", "yes, announced"),
        ('{"started_at":\n"2026-03-05T14:30:00"}', 1, "has no time zone", "+01:00"),
        ('{"started_at": "2026-03-05"}', 1, "has no time zone", "+01:00"),
        ('{"started_at": 1772721000}', 1, "is not a date", "2026-03-05T13:30:00Z"),
        ('{"direction": "in"}', 1, "'in'", "inbound or outbound"),
        ('{"mode": "practice"}', 1, "'practice'", "live, recorded, simulated"),
        ('{"speakers": 0}', 1, "'0'", "1 to 20"),
        ('{"speakers": "two"}', 1, "'two'", "1 to 20"),
        ('{"channels": ["rep", "customer"]}', 1, "a list", '{"0": "rep"'),
        ('{"channels": {"left": "rep"}}', 1, "'left'", '{"0": "rep"'),
        ('{"channels": {"0": "seller"}}', 1, "'seller'", "rep, customer, other, unknown"),
        ('{"channels": "rep"}', 1, "'rep'", '{"0": "rep"'),
        ('{"rep": {"first": "Ann"}}', 1, "'Ann'", "a name"),
        ('{"rep": ["Ann"]}', 1, "a list", "a name"),
        ('{"language": "English"}', 1, "'English'", "en, de"),
        ('{"rep": "Ann",\n"rep": "Bob"}', 2, "stated twice", "line 1"),
    ],
)
def test_a_wrong_field_names_file_line_and_what_is_allowed(
    tmp_path: Path, written: str, line: int, said: str, hint: str
) -> None:
    error = refused(tmp_path, written)
    assert (error.path, error.line) == (tmp_path / "call.json", line)
    assert said in error.message
    assert hint in error.hint


def test_an_unknown_field_without_a_neighbour_lists_the_fields(tmp_path: Path) -> None:
    assert refused(tmp_path, '{"zzz": 1}').hint == "the fields are " + ", ".join(FIELDS)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (b"", 1, "no list of fields"),
        (b'["rep"]', 1, "no list of fields"),
        (b'{"rep": "Ann"\n"team": "North"}', 2, "is not valid JSON"),
        (b'{"rep":\n"Andr\xe9"}', 2, "not UTF-8"),
        (b'{"rep": "a\x00b"}', None, "is not valid JSON"),
        (b"[" * 1500, None, "is nested too deeply"),
        (b" " * 65_537, None, "is larger than 65,536 bytes, too large for metadata"),
    ],
    ids=["empty", "list", "syntax", "latin-1", "control character", "deep nesting", "too large"],
)
def test_a_file_that_is_no_sidecar_is_refused(tmp_path: Path, text: bytes, line: int | None, said: str) -> None:
    error = refused(tmp_path, text)
    assert error.line == line
    assert said in error.message


def test_a_sidecar_of_as_many_bytes_as_it_may_have_is_read(tmp_path: Path) -> None:
    path = tmp_path / "call.yaml"
    path.write_text("rep: Ann\n".ljust(65_536, "#"))
    assert read_sidecar(path)["rep"].value == "Ann"


def test_a_sidecar_cannot_construct_objects(tmp_path: Path) -> None:
    error = refused(tmp_path, "rep: !!python/object/apply:os.getcwd []\n", "call.yaml")
    assert "a list" in error.message


def test_fields_that_nobody_filled_in_are_listed() -> None:
    metadata = CallMetadata(manager="Ann", team="North", customer="Acme", deal="1", direction="inbound")
    assert metadata.missing == ("rep", "stage", "started_at")


def test_every_documented_field_is_a_field_of_the_value() -> None:
    assert set(FIELDS) == set(CallMetadata.model_fields)


def test_an_error_points_at_the_line_of_its_field(tmp_path: Path) -> None:
    stated = parse_metadata({"rep": Entry("Ann", 3)}, tmp_path / "x.json")
    assert str(stated.error("rep", "is odd")) == f"{tmp_path / 'x.json'}:3: rep: is odd"


def table(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "calls.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    "text",
    [
        b"path,rep,consent\na.wav,Zo\xc3\xab,yes\n",
        b"\xef\xbb\xbfpath,rep,consent\r\na.wav,Zo\xc3\xab,yes\r\n",
        b"path;rep;consent\na.wav;Zo\xc3\xab;yes\n",
        b'consent, path ,rep\nyes, a.wav ,"Zo\xc3\xab"\n\n,,\n',
    ],
    ids=["plain", "as Excel saves it", "semicolons", "other order, blanks, empty rows"],
)
def test_a_row_states_the_metadata_of_one_recording(tmp_path: Path, text: bytes) -> None:
    (row,) = read_table(table(tmp_path, text))
    assert not isinstance(row.stated, MetadataError)
    assert (row.recording, row.line) == ("a.wav", 2)
    assert row.stated.metadata == CallMetadata(rep="Zoë", consent=Consent.YES)


def test_a_cell_may_hold_a_channel_mapping(tmp_path: Path) -> None:
    (row,) = read_table(table(tmp_path, 'path,channels\na.wav,"{""0"": ""customer"", ""1"": ""rep""}"\n'))
    assert not isinstance(row.stated, MetadataError)
    assert row.stated.metadata.channels == {"0": "customer", "1": "rep"}


def test_a_bad_row_spoils_only_itself(tmp_path: Path) -> None:
    text = 'path,customer,stage\na.wav,"Acme\nLtd",demo\nb.wav,Acme,dmo\nc.wav,Acme\nd.wav,Acme,closing\n../e.wav,,\n'
    rows = read_table(table(tmp_path, text))
    wrong = {row.recording: row.stated for row in rows if isinstance(row.stated, MetadataError)}
    # The first row takes lines 2 and 3, its customer being written on two lines.
    assert {name: error.line for name, error in wrong.items()} == {"b.wav": 4, "c.wav": 5, "../e.wav": 7}
    assert "2 cells, the header 3" in wrong["c.wav"].message
    assert [row.recording for row in rows if not isinstance(row.stated, MetadataError)] == ["a.wav", "d.wav"]


def test_a_path_listed_twice_is_an_error_for_that_path_only(tmp_path: Path) -> None:
    rows = read_table(table(tmp_path, "path,rep\na.wav,Ann\nb.wav,Bob\na.wav,Cid\n"))
    errors = [row.stated for row in rows if isinstance(row.stated, MetadataError)]
    assert [row.recording for row in rows if not isinstance(row.stated, MetadataError)] == ["b.wav"]
    assert [error.line for error in errors] == [2, 4]
    assert "lines 2 and 4" in errors[0].message


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "no column 'path'"),
        ("file,rep\na.wav,Ann\n", 1, "no column 'path'"),
        ("path,rap\na.wav,Ann\n", 1, "no field 'rap'"),
        ("path,rep,rep\na.wav,Ann,Ann\n", 1, "two columns 'rep'"),
        ("path,sides\na.wav,x\n", 1, "sides cannot be a column"),
        ('path,rep\na.wav,Ann\nb.wav,"Bob\nc.wav,Cid\n', 3, "cannot be read as CSV"),
    ],
)
def test_a_table_whose_rows_cannot_be_told_is_refused(tmp_path: Path, text: str, line: int, said: str) -> None:
    with pytest.raises(MetadataError, match=said) as caught:
        read_table(table(tmp_path, text))
    assert caught.value.line == line
