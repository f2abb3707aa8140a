"""The explorer's server: a page, and answers to what it asks, line by line as they come.

It listens on this machine only. Every request must name this machine as its host, so that no other
site's name leads here, and whatever makes it work must carry the token that stands in the page,
which no other site can read. A request that is taken back ends the process that works on it, so a
page that moves on costs nothing and hears no late answer. One thread does everything but decide.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import secrets
from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import attrs
from tornado.httpserver import HTTPServer
from tornado.iostream import StreamClosedError
from tornado.netutil import bind_sockets
from tornado.web import Application, HTTPError, RequestHandler

from checker.cli.explore_requests import Asked, Subject, read
from checker.cli.exploring import Deciding
from checker.cli.tasks import verdict_of
from checker.cli.workers import Ended, Limits, Work, Wrong, carry_out_async
from checker.report.explorer import Panel, explorer_page, message
from checker.report.words import ending
from checker.system.verdict import Verdict
from spec.errors import SpecError

HOST = "127.0.0.1"
NAMES = (HOST, "localhost")
TOKEN = "X-Alignspec-Token"
LONGEST_REQUEST = 64 * 1024
AT_ONCE = 4
"""Processes at work at a time; other requests wait."""
MAP_SECONDS = 30.0


@attrs.frozen
class Serving:
    """What is served, and within which limits.

    Args:
        subjects: the schemes, as requests number them.
        panels: the same, as the page shows them.
        seconds: for a verdict.
        gib: of memory for each process.
        token: what the page must send.
        room: for how many processes there is room at a time.
    """

    subjects: Sequence[Subject]
    panels: Sequence[Panel]
    seconds: float
    gib: float
    token: str = attrs.field(factory=lambda: secrets.token_urlsafe(24))
    room: asyncio.Semaphore = attrs.field(factory=lambda: asyncio.Semaphore(AT_ONCE))


class _Handler(RequestHandler):
    """A request of this machine's own."""

    def initialize(self, serving: Serving) -> None:
        self.serving = serving

    def prepare(self) -> None:
        if self.request.host_name not in NAMES:
            raise HTTPError(403, "this server answers for this machine only")
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")

    def log_exception(self, *raised: Any) -> None:
        if not isinstance(raised[1], HTTPError):  # those are told to whoever asks
            super().log_exception(*raised)

    def write_error(self, status_code: int, **given: Any) -> None:
        error = given.get("exc_info", (None, None, None))[1]
        said = error.log_message if isinstance(error, HTTPError) else None
        self.set_header("Content-Type", "application/json")
        self.finish({"error": said or self._reason})


class _Page(_Handler):
    """The page itself."""

    def get(self) -> None:
        nonce = secrets.token_urlsafe(16)
        own = f"'nonce-{nonce}'"
        self.set_header(
            "Content-Security-Policy",
            f"default-src 'none'; script-src {own}; style-src {own}; connect-src 'self'; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        )
        self.finish(explorer_page(self.serving.panels, self.serving.token, nonce))


class _Answers(_Handler):
    """What is announced of some work, a line of JSON each, as it comes."""

    @abstractmethod
    def work(self, asked: Asked, seconds: float) -> Work[Any]:
        """What is done."""

    @property
    @abstractmethod
    def seconds(self) -> float:
        """For how long at most."""

    parts = 1
    task: asyncio.Task[None] | None = None

    async def post(self) -> None:
        """Do what is asked, unless the page takes it back."""
        if not hmac.compare_digest(self.request.headers.get(TOKEN, ""), self.serving.token):
            raise HTTPError(403, "the token is not this server's; load the page again")
        try:
            asked = read(self.request.body, self.serving.subjects)
            work = self.work(asked, self.seconds)
        except SpecError as error:
            raise HTTPError(400, error.message.replace("%", "%%")) from None
        self.set_header("Content-Type", "application/x-ndjson")
        self.task = asyncio.ensure_future(
            self._answer(work, Limits(self.parts * self.seconds, self.serving.gib))
        )
        try:
            await self.task
        except (asyncio.CancelledError, StreamClosedError):
            return
        await self.finish()

    def on_connection_close(self) -> None:
        if self.task is not None:
            self.task.cancel()

    async def _answer(self, work: Work[Any], limits: Limits) -> None:
        async with self.serving.room:
            outcome = await carry_out_async(work, limits, self._heard)
        if isinstance(outcome, Wrong):
            self._say({"error": str(outcome.error)})
        elif isinstance(outcome, Ended) and isinstance(work, Deciding):
            if not any(isinstance(shown, Verdict) for shown in outcome.announced):
                self._heard(verdict_of(work, outcome))
        elif isinstance(outcome, Ended):
            self._say({"ended": ending(outcome.stopped)})
        self._say({"done": True})

    def _heard(self, shown: object) -> None:
        told = message(shown)
        if told is not None:
            self._say(told)

    def _say(self, told: dict[str, Any]) -> None:
        self.write(json.dumps(told) + "\n")
        self.flush().add_done_callback(lambda sent: sent.cancelled() or sent.exception())


class _Verdict(_Answers):
    """A verdict, a run, and where the budgets go: the time limit holds for the last part again."""

    parts = 2

    def work(self, asked: Asked, seconds: float) -> Work[Any]:
        return asked.deciding(seconds)

    @property
    def seconds(self) -> float:
        return self.serving.seconds


class _Map(_Answers):
    """A region map, cell by cell."""

    def work(self, asked: Asked, seconds: float) -> Work[Any]:
        return asked.drawing(seconds)

    @property
    def seconds(self) -> float:
        return MAP_SECONDS


class _Nothing(_Handler):
    """Whatever is not there."""

    def prepare(self) -> None:
        super().prepare()
        raise HTTPError(404, "there is no such page; the explorer is at /")


def application(serving: Serving) -> Application:
    """The pages and what they can ask for."""
    given = {"serving": serving}
    return Application(
        [("/", _Page, given), ("/verdict", _Verdict, given), ("/map", _Map, given)],
        default_handler_class=_Nothing,
        default_handler_args=given,
        log_function=lambda handler: None,
    )


async def serve(serving: Serving, port: int, ready: Callable[[str], None]) -> None:
    """Serve until it is cancelled.

    Args:
        serving: what is served.
        port: on this machine; any that is free for 0.
        ready: is told the page's address once it can be loaded.

    Raises:
        SpecError: when the port is in use.
    """
    try:
        sockets = bind_sockets(port, HOST)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SpecError(f"port {port}: {reason}; give another --port, or 0 for any", "") from None
    server = HTTPServer(application(serving), max_body_size=LONGEST_REQUEST)
    server.add_sockets(sockets)
    try:
        ready(f"http://{HOST}:{sockets[0].getsockname()[1]}/")
        await asyncio.Event().wait()
    finally:
        server.stop()
        await server.close_all_connections()
