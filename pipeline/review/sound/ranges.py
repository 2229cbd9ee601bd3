"""Owns a file sent in answer to a request, whole or the part of it that was asked for (RFC 9110, section 14)."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Literal

from fastapi import Request
from starlette.responses import Response, StreamingResponse

_ONE = re.compile(r"bytes[ \t]*=[ \t,]*(\d*)[ \t]*-[ \t]*(\d*)[ \t,]*", re.IGNORECASE)
_CHUNK = 256 * 1024


def part_of(asked: str | None, size: int) -> tuple[int, int] | Literal["whole", "beyond"]:
    """The bytes that a Range header asks for of a file of this size: first, and last plus one.

    "whole" where there is no header, one that is no range of bytes, or several ranges, which may be answered so;
    "beyond" where no byte of the range exists.
    """
    found = _ONE.fullmatch(asked.strip()) if asked and len(asked) < 100 else None
    if found is None or found.groups() == ("", ""):
        return "whole"
    first, last = found.groups()
    if not first:
        return (max(0, size - int(last)), size) if int(last) and size else "beyond"
    if last and int(last) < int(first):
        return "whole"
    if int(first) >= size:
        return "beyond"
    return int(first), min(size, int(last) + 1) if last else size


def send_file(request: Request, path: Path, *, etag: str, media_type: str) -> Response:
    """The file, or the part that the request's Range asks for, as long as its If-Range names this version.

    `etag` without quotes. The file is open from here on: it is sent to its end even when it is deleted meanwhile.
    Raises: OSError when it cannot be opened.
    """
    file = path.open("rb")
    size = os.fstat(file.fileno()).st_size
    headers = {"Accept-Ranges": "bytes", "ETag": f'"{etag}"', "Content-Type": media_type}
    if request.headers.get("if-none-match") in (f'"{etag}"', "*"):
        file.close()
        return Response(status_code=304, headers=headers)
    same = request.headers.get("if-range", f'"{etag}"') == f'"{etag}"'
    part = part_of(request.headers.get("range") if same else None, size)
    if part == "beyond":
        file.close()
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    first, end = (0, size) if part == "whole" else part
    headers["Content-Length"] = str(end - first)
    if part != "whole":
        headers["Content-Range"] = f"bytes {first}-{end - 1}/{size}"
    status = 200 if part == "whole" else 206
    if request.method == "HEAD":
        file.close()
        return Response(status_code=status, headers=headers)
    return StreamingResponse(_bytes(file, first, end), status_code=status, headers=headers)


def _bytes(file: IO[bytes], first: int, end: int) -> Iterator[bytes]:
    with file:
        file.seek(first)
        while first < end:
            chunk = file.read(min(_CHUNK, end - first))
            if not chunk:
                return
            first += len(chunk)
            yield chunk
