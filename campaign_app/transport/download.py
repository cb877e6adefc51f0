"""A file of lines from whatever host a platform names: no credentials go there, and it is never held whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

import requests

from campaign_app.domain.errors import RemoteRefused, SettingsError
from campaign_app.transport.errors import AnswerTooLarge, Redirected, status_error, translated
from campaign_app.transport.session import checked_address
from campaign_app.transport.timely import TimelyAdapter

_CHUNK: Final = 1 << 16
_LINE_MAX: Final = 1 << 20
_WHAT: Final = "GET file"


class Download:
    """`near`: the account is on this machine, and only then may the file be."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        near: bool,
        most_bytes: int = 4 << 30,
        whole_seconds: float = 3_600.0,
    ) -> None:
        self._clock, self._near, self._most = clock, near, most_bytes
        self._seconds = whole_seconds

    def lines(self, url: str) -> Iterator[bytes]:
        """Each with its line feed, as far as it has one. Raises RemoteError."""
        origin, mark, query = url.partition("?")
        address, loopback = _address(origin)
        if loopback is not self._near:
            raise RemoteRefused("foreign_file", "The file lies on another side than the account")
        with translated(_WHAT), requests.Session() as http:
            http.trust_env = not loopback
            timely = TimelyAdapter(self._seconds, pool_maxsize=1)
            for scheme in ("http://", "https://"):
                http.mount(scheme, timely)
            # an answer that was packed could be any size: what is counted is what is read
            headers = {"User-Agent": "campaign-app", "Accept-Encoding": "identity"}
            response = http.get(
                address + mark + query, headers=headers, auth=_nobody, stream=True,
                timeout=(5.0, 60.0), allow_redirects=False,
            )  # fmt: skip
            with response:
                if 300 <= response.status_code < 400:
                    raise Redirected
                if not response.ok:
                    raise status_error(_WHAT, response.status_code, response.headers, b"", now=self._clock())
                yield from self._split(response)

    def _split(self, response: requests.Response) -> Iterator[bytes]:
        size, rest = 0, b""
        while piece := response.raw.read1(_CHUNK, decode_content=True):
            size += len(piece)
            if size > self._most or len(rest) > _LINE_MAX:
                raise AnswerTooLarge
            whole = (rest + piece).splitlines(keepends=True)
            rest = b"" if whole[-1].endswith(b"\n") else whole.pop()
            yield from whole
        if rest:
            yield rest


def _address(origin: str) -> tuple[str, bool]:
    try:
        return checked_address(origin)
    except SettingsError:
        raise RemoteRefused("foreign_file", "The file's address cannot be used") from None


def _nobody(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keeps the library from looking for a password in ~/.netrc."""
    return request
