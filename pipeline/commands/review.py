"""The command that opens the review room."""

import signal
import socket
import sys
from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.options import DEFAULT_WORKSPACE, WorkspaceOption, existing
from pipeline.config import Config, ReviewRoom, load_config
from pipeline.errors import UsageError
from pipeline.log import configure
from pipeline.review.sign_in.origins import is_loopback
from pipeline.store.workspace import Workspace


def review(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    host: Annotated[str | None, typer.Option(help="The address to listen at; this machine only, if not given.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="The port; 0 for any that is free.")] = None,
    local: Annotated[
        bool, typer.Option("--local", help="Print a one-time link for this machine though there are users.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log each step on stderr.")] = False,
) -> None:
    """Open the web app in which drafts become feedback: listen, edit, approve. Ctrl-C closes it."""
    configure(verbose=verbose)
    config = load_config(Path.cwd(), review={"host": host, "port": port})
    space = existing(workspace)
    has_users = any(True for _ in space.users.ids())
    _require_safe(config.review, local=local, has_users=has_users)
    with _listening(config.review.host, config.review.port) as listening:
        _serve(space, config, listening, link=is_loopback(config.review.host) and (local or not has_users))


def _require_safe(settings: ReviewRoom, *, local: bool, has_users: bool) -> None:
    """Passes unless the room would be open to people it does not know. Raises: UsageError."""
    if is_loopback(settings.host):
        if (local or not has_users) and (settings.hosts or settings.https or settings.proxy.from_):
            raise UsageError(
                "the settings say that the room is reached from elsewhere, and the one-time link would let anybody in",
                hint="add users first (filmroom users add) and leave --local out; or take hosts, https and proxy out",
            )
        return
    if local or not has_users:
        raise UsageError(
            f"the room would be open to other machines at {settings.host}, "
            + ("and the one-time link is for this one only" if local else "and there are no users yet"),
            hint="add users first: filmroom users add; or leave --host and --local out to open it for yourself",
        )
    if not settings.hosts:
        raise UsageError(
            f"nobody can reach the room at {settings.host}: it does not know the name by which they ask for it",
            hint='name it in filmroom.toml: [review] hosts = ["filmroom.example.org"]',
        )


def _serve(space: Workspace, config: Config, listening: socket.socket, *, link: bool) -> None:
    """Serve the room at this socket until somebody stops it; with `link`, print the one that opens it once."""
    import uvicorn

    from pipeline.review.app import make_app
    from pipeline.review.garbage import look_seldom
    from pipeline.review.pages import warm_up
    from pipeline.review.room import open_room

    room = open_room(space, config)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: the room is closed, and nothing is left
    try:
        app = make_app(room)
        warm_up()
        room.start()
        look_seldom()
        at = f"http://{_named(config.review.host)}:{listening.getsockname()[1]}"
        typer.echo(f"Open {at}/open?token={room.entrance.new_link()}" if link else f"Open {at}")
        if link:
            typer.echo("The link works once, for ten minutes. Ctrl-C closes the room.", err=True)
        sys.stdout.flush()
        settings = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=3,
        )
        uvicorn.Server(settings).run(sockets=[listening])
    except KeyboardInterrupt:
        typer.echo("Closed. Everything that was saved is kept.", err=True)
    finally:
        room.close()


def _listening(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises: UsageError when it cannot."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=256)
    except (OSError, OverflowError) as error:
        raise UsageError(
            f"cannot listen at {host}, port {port}: {error}",
            hint="another program may have the port: give another with --port, or 0 for any that is free",
        ) from error


def _named(host: str) -> str:
    return f"[{host}]" if ":" in host else host
