"""The address of a team's PostgreSQL server: no secret is in it, and TLS is demanded off this machine."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

from campaign_app.domain.errors import SettingsError, WorkspaceError
from campaign_app.transport.loopback import is_loopback

SCHEMES: Final = ("postgresql+psycopg", "postgresql")
PORT: Final = 5432
VERIFIED: Final = "verify-full"
SYSTEM: Final = "system"  # libpq's word for the certificates of the system


@dataclass(frozen=True, slots=True)
class Server:
    """`root_cert` is a file of certificates to trust in place of the system's."""

    host: str
    user: str
    database: str
    port: int = PORT
    verified: bool = True
    root_cert: str = ""

    @classmethod
    def parse(cls, address: str) -> Server:
        """Raises SettingsError: server_address, server_password_written, server_tls_off, server_tls_here."""
        try:
            parts = urlsplit(address.strip())
            port = parts.port or PORT
            options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
        except ValueError as error:
            raise _unusable() from error
        if parts.password is not None:
            raise SettingsError("server_password_written", "A password does not belong into the server's address")
        host, user, database = parts.hostname or "", unquote(parts.username or ""), unquote(parts.path[1:])
        if not (host and user and database) or not _is_ours(parts, options):
            raise _unusable()
        mode = options.get("sslmode")
        if mode not in (None, VERIFIED):
            if is_loopback(host):
                raise SettingsError("server_tls_here", "On this machine sslmode is left out", sslmode=str(mode))
            raise SettingsError("server_tls_off", "Only sslmode=verify-full is used", sslmode=str(mode))
        verified = mode == VERIFIED or not is_loopback(host)
        # whole: the workspace is opened from other folders than the one that it was made in
        named = options.get("sslrootcert", "")
        root_cert = str(Path(named).absolute()) if named not in ("", SYSTEM) else named
        return cls(host, user, database, port, verified, root_cert)

    @property
    def address(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        options = {"sslmode": VERIFIED} if self.verified else {}
        options |= {"sslrootcert": self.root_cert} if self.root_cert else {}
        place = f"{SCHEMES[0]}://{quote(self.user, safe='')}@{host}:{self.port}/{quote(self.database, safe='')}"
        return place + (f"?{urlencode(options)}" if options else "")

    def require_root_cert(self) -> None:
        """Raises WorkspaceError `server_root_cert` where the named file holds no certificate."""
        if self.root_cert not in ("", SYSTEM) and self.verified:
            try:
                ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(self.root_cert)
            except OSError as error:
                words = "The file of trusted certificates cannot be used"
                raise WorkspaceError("server_root_cert", words, file=self.root_cert) from error


def _is_ours(parts: SplitResult, options: dict[str, str]) -> bool:
    """What libpq would take beside these may weaken what is decided here."""
    host = parts.hostname or ""
    # several hosts in one address are several names that one certificate was checked for; a socket's folder is no host
    plain = parts.scheme in SCHEMES and not parts.fragment and "," not in host and "%2f" not in host.lower()
    return plain and set(options) <= {"sslmode", "sslrootcert"} and "/" not in parts.path[1:]


def _unusable() -> SettingsError:
    form = "postgresql+psycopg://user@host:port/database"
    return SettingsError("server_address", f"The server's address has the form {form}", form=form)
