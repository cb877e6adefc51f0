"""The address of a team's server, and that nothing is told to a server which cannot prove who it is."""

from __future__ import annotations

import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from campaign_app.domain.errors import SettingsError, WorkspaceError
from campaign_app.storage.certified import certified_until
from campaign_app.storage.postgres import open_server
from campaign_app.storage.server import Server

PASSWORD = "a-password-in-the-clear"
_ASKS_FOR_TLS = (80877103).to_bytes(4, "big")


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("postgresql://u@127.0.0.1/d", "postgresql+psycopg://u@127.0.0.1:5432/d"),
        ("postgresql+psycopg://u@localhost:6432/d", "postgresql+psycopg://u@localhost:6432/d"),
        ("postgresql://u@[::1]/d", "postgresql+psycopg://u@[::1]:5432/d"),
        ("postgresql://u@db.example/d", "postgresql+psycopg://u@db.example:5432/d?sslmode=verify-full"),
        (
            "postgresql://u@127.0.0.1/d?sslmode=verify-full",
            "postgresql+psycopg://u@127.0.0.1:5432/d?sslmode=verify-full",
        ),
        (
            "postgresql://%E5%BC%A0%40x@db.example/%E5%BA%93?sslrootcert=/etc/ca%20x.pem",
            "postgresql+psycopg://%E5%BC%A0%40x@db.example:5432/%E5%BA%93?sslmode=verify-full&sslrootcert=%2Fetc%2Fca+x.pem",
        ),
    ],
)
def test_an_address_is_read_and_written_alike(address: str, written: str) -> None:
    assert Server.parse(address).address == written
    assert Server.parse(written) == Server.parse(address)


@pytest.mark.parametrize("host", ["db.example", "10.0.0.7", "127.0.0.1.example", "localhost.example", "[fe80::1]"])
def test_off_this_machine_the_server_has_to_prove_who_it_is(host: str) -> None:
    assert Server.parse(f"postgresql://u@{host}/d").verified


@pytest.mark.parametrize("mode", ["disable", "allow", "prefer", "require", "verify-ca", ""])
@pytest.mark.parametrize(
    ("host", "code"),
    [
        ("db.example", "server_tls_off"), ("127.0.0.1.example", "server_tls_off"),
        ("127.0.0.1", "server_tls_here"), ("localhost", "server_tls_here"), ("[::1]", "server_tls_here"),
    ],
)  # fmt: skip
def test_nothing_weaker_is_taken(host: str, code: str, mode: str) -> None:
    """Nor is a server on this machine said to be off it."""
    with pytest.raises(SettingsError) as caught:
        Server.parse(f"postgresql://u@{host}/d?sslmode={mode}")
    assert (caught.value.code, caught.value.facts["sslmode"]) == (code, mode)


@pytest.mark.parametrize(
    "address",
    ["", "x", "mysql://u@h/d", "postgresql://h/d", "postgresql://u@h", "postgresql://u@h/", "postgresql://u@/d",
     "postgresql://u@h:port/d", "postgresql://u@h/d?options=-c%20x", "postgresql://u@h/d?host=elsewhere",
     "postgresql://u@h/d?hostaddr=1.2.3.4", "postgresql://u@h/d?sslmode", "postgresql://u@a,b/d",
     "postgresql://u@h/d#x", "postgresql://u@h/d/e", "postgresql://u@%2Fvar%2Frun%2Fpostgresql/d"],
)  # fmt: skip
def test_what_is_no_address_of_ours_is_refused(address: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Server.parse(address)
    assert caught.value.code == "server_address"


def test_a_password_in_the_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(SettingsError) as caught:
        Server.parse(f"postgresql://u:{PASSWORD}@h/d")
    assert caught.value.code == "server_password_written"
    assert PASSWORD not in f"{caught.value} {caught.value.facts}"


class Impostor:
    """Speaks TLS as a PostgreSQL does, by a certificate for `localhost`; `heard` is what it was told within."""

    def __init__(self, folder: Path) -> None:
        self.heard = b""
        self.certificate = folder / "server.pem"
        key, certificate = _certificate()
        self.certificate.write_bytes(certificate)
        (folder / "key.pem").write_bytes(key)
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(self.certificate, folder / "key.pem")
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._socket.accept()
            except OSError:
                return
            plain.settimeout(5)
            try:
                if len(plain.recv(8)) == 8:
                    plain.sendall(b"S")
                    with self._tls.wrap_socket(plain, server_side=True) as secret:
                        self.heard += secret.recv(4_096)
            except OSError:
                pass
            finally:
                plain.close()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()


def _certificate() -> tuple[bytes, bytes]:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    written = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return written, made.public_bytes(Encoding.PEM)


@pytest.fixture
def impostor(tmp_path: Path) -> Iterator[Impostor]:
    made = Impostor(tmp_path)
    yield made
    made.close()


def code_of(server: Server) -> str:
    with pytest.raises(WorkspaceError) as caught:
        open_server(server, PASSWORD)
    assert PASSWORD not in f"{caught.value!r} {caught.value.__cause__!r}"
    return caught.value.code


def test_a_certificate_that_nobody_trusts_or_of_another_name_ends_it_before_a_word(impostor: Impostor) -> None:
    server = Server("localhost", "u", "d", impostor.port)
    assert code_of(server) == "server_tls"
    assert code_of(replace(server, root_cert=str(impostor.certificate), host="127.0.0.1")) == "server_tls"
    assert impostor.heard == b""
    assert code_of(replace(server, root_cert=str(impostor.certificate))) == "server_unreachable"
    assert b"user\0u" in impostor.heard, "whom it trusts is spoken to"


def test_a_server_is_asked_until_when_it_is_certified(impostor: Impostor) -> None:
    server = Server("localhost", "u", "d", impostor.port, root_cert=str(impostor.certificate))
    until = certified_until(server)
    assert until is not None
    assert timedelta(hours=23) < until - datetime.now(UTC) <= timedelta(days=1)
    assert certified_until(replace(server, root_cert="")) is None, "whom nobody vouches for is not believed"
    assert certified_until(replace(server, verified=False)) is None
    assert impostor.heard == b""


def test_the_file_of_trusted_certificates_is_found_from_every_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert Server.parse("postgresql://u@db.example/d?sslrootcert=system").root_cert == "system"
    made = Server.parse("postgresql://u@db.example/d?sslrootcert=ca.pem")
    assert made.root_cert == str(tmp_path / "ca.pem")
    assert Server.parse(made.address) == made


def test_a_file_without_a_trusted_certificate_is_named_before_anybody_is_asked(
    impostor: Impostor, tmp_path: Path
) -> None:
    empty = tmp_path / "empty.pem"
    empty.touch()
    for file in (empty, tmp_path / "absent.pem", tmp_path):
        with pytest.raises(WorkspaceError) as caught:
            open_server(Server("localhost", "u", "d", impostor.port, root_cert=str(file)), PASSWORD)
        assert (caught.value.code, caught.value.facts) == ("server_root_cert", {"file": str(file)})


def test_a_key_of_this_computer_that_others_can_read_is_no_server_out_of_reach(
    impostor: Impostor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "key.pem").chmod(0o644)
    monkeypatch.setenv("PGSSLCERT", str(impostor.certificate))
    monkeypatch.setenv("PGSSLKEY", str(tmp_path / "key.pem"))
    server = Server("localhost", "u", "d", impostor.port, root_cert=str(impostor.certificate))
    assert code_of(server) == "server_client_cert"
    assert impostor.heard == b""


@contextmanager
def answering(said: bytes) -> Iterator[int]:
    """A port at which everybody is refused in these words, as PostgreSQL refuses: without TLS."""
    fields = b"SFATAL\0VFATAL\0C28000\0M" + said + b"\0\0"
    refusal = b"E" + (len(fields) + 4).to_bytes(4, "big") + fields

    def serve() -> None:
        with suppress(OSError):
            while True:
                asked, _ = listening.accept()
                with asked:
                    asked.settimeout(5)
                    if asked.recv(4_096)[4:8] == _ASKS_FOR_TLS:
                        asked.sendall(b"N")
                        asked.recv(4_096)
                    asked.sendall(refusal)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ('用户 "u" Password 认证失败', "server_login"), ('用户 "u" 的认证失败', "server_login"),
        ('没有用于主机 "h", 用户 "u", 数据库 "d", SSL encryption 的 pg_hba.conf 记录', "server_login"),
        ('角色 "u" 不存在', "server_login"), ('不允许角色"u" 进行登录', "server_login"),
        ("对数据库 d 权限不够", "server_login"), ('数据库 "d" 不存在', "server_no_database"),
        ("对不起, 已经有太多的客户", "server_connections"), ('由角色"u"发起的连接太多了', "server_connections"),
        ("数据库系统启动中", "server_unreachable"),
        ("connection requires a valid client certificate", "server_client_cert"),
        ("连接中需要一个有效的客户端认证", "server_client_cert"),
        # in the words of PostgreSQL 15
        ('访问数据库 "d" 的权限不足', "server_login"), ('角色 "u" 的连接过多', "server_connections"),
        ("客户端连接过多", "server_connections"), ("连接需要有效的客户端证书", "server_client_cert"),
        ('用户 "u" 的证书认证失败', "server_client_cert"),
        ("transaction blocks not allowed in statement pooling mode", "server_pooled"),
    ],
)  # fmt: skip
def test_what_a_server_says_before_there_is_a_connection_is_understood(said: str, code: str) -> None:
    with answering(said.encode()) as port:
        assert code_of(Server("127.0.0.1", "u", "d", port, verified=False)) == code


def test_a_chinese_server_of_another_encoding_still_refuses_a_password() -> None:
    with answering('用户 "u" Password 认证失败'.encode("gbk")) as port:
        assert code_of(Server("127.0.0.1", "u", "d", port, verified=False)) == "server_login"


def test_a_server_without_tls_is_said_to_offer_none() -> None:
    with answering(b"not reached") as port:
        assert code_of(Server("127.0.0.1", "u", "d", port)) == "server_no_tls"


def test_an_embedded_workspace_loads_no_driver(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from campaign_app.credentials import MemoryKeeper\n"
        "from campaign_app.storage.workspace import create_workspace\n"
        "create_workspace(Path(sys.argv[1]), MemoryKeeper(bytes(32))).close()\n"
        "assert not [name for name in sys.modules if name.startswith('psycopg')]\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "a")], check=True)
