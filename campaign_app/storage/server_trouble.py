"""What a server, or the way to it, says of a failure, as one of the errors that a user may meet.

A server that speaks Chinese is understood as well: libpq gives nothing but its words where no connection was made.
"""

from __future__ import annotations

from typing import Final

from campaign_app.storage.engine import FENCED_ERROR

BUSY: Final = ("busy", "The workspace is busy with another program")
_AWAY: Final = ("server_unreachable", "The workspace's server cannot be reached")
_CROWDED: Final = ("server_connections", "The workspace's server has no connection left")
# a standby that has not taken over yet, or a server that somebody or its full disk keeps from being written
_READ_ONLY: Final = ("server_read_only", "The workspace's server takes no changes for now")
_DAMAGED: Final = ("damaged", "The workspace is damaged")
_LOGIN: Final = ("server_login", "The server refuses this user or password")
_NO_DATABASE: Final = ("server_no_database", "The server has no such database")
_TLS: Final = ("server_tls", "The server cannot prove who it is")
_NO_TLS: Final = ("server_no_tls", "The server offers no encrypted connection")
_POOLED: Final = ("server_pooled", "A pooler lends the server's sessions by transactions or statements")
_CLIENT_CERT: Final = ("server_client_cert", "The server asks for a certificate of this computer")
# what a grant or a guard of `roles` refuses; the services know whose right it is and mostly say so before
NOT_PERMITTED: Final = ("not_permitted", "The server does not permit this")
# whose last role was taken away is shown a schema without tables
NO_ROLE: Final = ("no_role", "This login has no role in the workspace")
# one that no server uses
FENCED_STATE: Final = "YF001"
# by SQLSTATE, else by its class
_TROUBLE: Final = {
    "53100": ("server_disk_full", "The disk of the workspace's server is full; nothing was changed"),
    "53300": _CROWDED,
    "53": BUSY,
    "55P03": BUSY,
    "57014": BUSY,
    "40": BUSY,
    "25P03": BUSY,
    "57P01": _AWAY,
    "57P02": _AWAY,
    "57P03": _AWAY,
    "57P05": _AWAY,
    "08": _AWAY,
    "42501": NOT_PERMITTED,
    "42P01": NO_ROLE,
    "28": _LOGIN,
    "3D": _NO_DATABASE,
    FENCED_STATE: FENCED_ERROR,
    "58": ("disk_error", "The disk of the workspace reports an error"),
    "XX001": _DAMAGED,
    "XX002": _DAMAGED,
}
# PgBouncer's own, in English everywhere
_NO_TRANSACTIONS: Final = "statement pooling"
# what a standby says of a transaction that may write; prepared statements are refused so as well
_NOT_HERE: Final = "0A000"
_RECOVERY: Final = ("during recovery", "恢复")
# libpq gives no SQLSTATE for a connection that was not made
_SAID: Final = {
    "too many": _CROWDED,  # before the role that has them
    "connection slots": _CROWDED,
    "太多": _CROWDED,
    "过多": _CROWDED,
    "连接槽": _CROWDED,
    "unexpected eof": _AWAY,
    "client certificate": _CLIENT_CERT,
    "客户端认证": _CLIENT_CERT,
    "客户端证书": _CLIENT_CERT,
    "证书认证": _CLIENT_CERT,
    "certificate authentication": _CLIENT_CERT,
    "private key file": _CLIENT_CERT,
    "alert unknown ca": _CLIENT_CERT,
    "alert certificate": _CLIENT_CERT,
    "alert bad certificate": _CLIENT_CERT,
    "alert unsupported certificate": _CLIENT_CERT,
    "certificate": _TLS,
    "SSL error:": _TLS,
    "not support SSL": _NO_TLS,
    "password": _LOGIN,
    "Password": _LOGIN,  # in Chinese, also where the rest comes in another encoding
    "permission denied": _LOGIN,  # to connect to this database
    "权限不够": _LOGIN,
    "权限不足": _LOGIN,
    "authentication": _LOGIN,
    "认证失败": _LOGIN,
    "pg_hba.conf": _LOGIN,
    "role ": _LOGIN,
    "角色": _LOGIN,
    "does not exist": _NO_DATABASE,
    "不存在": _NO_DATABASE,
}


def takes_no_changes(error: BaseException | None) -> bool:
    """Whether the server that is spoken to can only be read; one that is asked for anew may be another one."""
    state = getattr(error, "sqlstate", None)
    return state == "25006" or (state == _NOT_HERE and any(said in str(error) for said in _RECOVERY))


def word_of(error: BaseException, *, lost: bool) -> tuple[str, str] | None:
    from psycopg import OperationalError

    state = getattr(error, "sqlstate", None)
    if state is not None and takes_no_changes(error):
        return _READ_ONLY
    if _NO_TRANSACTIONS in str(error):
        return _POOLED
    if state is not None:
        return _TROUBLE.get(state) or _TROUBLE.get(state[:2])
    if not isinstance(error, OperationalError):
        return _AWAY if lost else None
    return next((word for said, word in _SAID.items() if said in str(error)), _AWAY)
