"""An SMS centre as an account: its login is checked over real TLS, and it knows nobody.

The centre is npm's `smpp` (see `tests/helpers/smpp_centre.py`); without it the tests that need one are skipped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from campaign_app.domain.consent import ConsentStatus, CustomerRef
from campaign_app.domain.errors import RemoteRefused, RemoteUnavailable, SettingsError
from campaign_app.domain.platform import is_carrier
from campaign_app.platforms import adapter_for, client_for
from tests.helpers.smpp_centre import Centre, needs_centre
from tests.helpers.smpp_desk import NOW, OPTIONS, SmppDesk, account, messages


def needs(test: Any) -> Any:
    for mark in needs_centre:
        test = mark(test)
    return test


def client(url: str, password: str = "secret", **changed: Any) -> Any:
    return client_for(account(url, **changed), f'{{"password": "{password}"}}', lambda: NOW)


@pytest.fixture
def centre() -> Iterator[Centre]:
    with Centre() as started:
        yield started


def certificate(folder: Path, address: str) -> Path:
    """A certificate that signs itself, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "centre")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{address}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


@needs
def test_a_check_logs_in_and_leaves_nothing_open(centre: Centre) -> None:
    found = client(centre.url).check_connection()
    assert (found.ok, found.api_version, found.simulated, found.issuer_uscc) == (True, "3.4", True, "127.0.0.1")
    assert found.shop == "user@127.0.0.1"
    seen = centre.order("seen")
    assert [bind["kind"] for bind in seen["binds"]] == ["bind_transmitter"], "no reply may be delivered to a check"
    assert (seen["enquiries"], seen["bound"]) == (1, False)


@needs
def test_the_near_end_of_a_tunnel_is_a_real_centre(centre: Centre, tmp_path: Path) -> None:
    live = {**OPTIONS, "use": "live"}
    assert client(centre.url, options=live).check_connection().simulated is False
    with SmppDesk(tmp_path / "ws", centre.url) as desk:
        desk.account = replace(desk.account, simulated=False, options=live)
        desk.line, desk.gateway = desk.connected()
        with pytest.raises(RemoteRefused) as info:
            desk.submit(messages(1))
        assert info.value.code == "simulated_fact"
    assert list(centre.ledger()) == []


@needs
def test_a_wrong_password_is_said(centre: Centre) -> None:
    with pytest.raises(RemoteRefused) as info:
        client(centre.url, "another").check_connection()
    assert (info.value.code, info.value.account_wide, info.value.facts) == (
        "smpp_login",
        True,
        {"status": "smpp_password"},
    )


@needs
def test_over_tls_the_certificate_is_verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = certificate(tmp_path, "127.0.0.1")
    with Centre(file) as centre:
        with pytest.raises(RemoteRefused) as info:
            client(centre.url).check_connection()
        assert (info.value.code, info.value.account_wide) == ("tls", True)
        assert centre.order("seen")["binds"] == [], "no password leaves before the certificate is known"
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        assert client(centre.url).check_connection().ok
        with SmppDesk(tmp_path / "ws", centre.url) as desk:
            assert {each.outcome for each in desk.submit(messages(50))} == {"accepted"}
            assert len(desk.all_reports(50)) == 50


@needs
def test_the_certificate_of_another_host_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = certificate(tmp_path, "127.0.0.2")
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with Centre(file) as centre, pytest.raises(RemoteRefused) as info:
        client(centre.url).check_connection()
    assert info.value.code == "tls"


@needs
def test_plain_words_to_a_centre_that_speaks_tls_are_no_connection(tmp_path: Path) -> None:
    with Centre(certificate(tmp_path, "127.0.0.1")) as centre, pytest.raises(RemoteUnavailable):
        client(centre.url.replace("smpps", "smpp")).check_connection()


@needs
def test_tls_to_a_centre_that_does_not_speak_it_is_refused(centre: Centre) -> None:
    with pytest.raises((RemoteRefused, RemoteUnavailable)):
        client(centre.url.replace("smpp:", "smpps:")).check_connection()
    assert centre.order("seen")["binds"] == []


def test_where_nobody_listens_nothing_is_reached() -> None:
    with pytest.raises(RemoteUnavailable) as info:
        client("smpp://127.0.0.1:1").check_connection()
    assert info.value.code == "unreachable"


def test_a_centre_without_tls_elsewhere_is_never_asked() -> None:
    with pytest.raises(SettingsError) as info:
        client("smpp://sms.example.cn")
    assert info.value.code == "insecure_smpp"


def test_it_carries_messages_and_knows_nobody() -> None:
    found = client("smpp://127.0.0.1:1")
    assert is_carrier(found.capabilities())
    assert found.capabilities() == adapter_for("smpp").capabilities
    ref = CustomerRef(0, "c1")
    fact = found.consents([ref]).facts[ref]
    assert (fact.status, fact.note) == (ConsentStatus.UNKNOWN, "no_consent_api")
    for ask in (lambda: found.customers("", None), found.signatures, lambda: found.consent_changes("")):
        with pytest.raises(RemoteRefused) as info:
            ask()
        assert info.value.code == "not_offered"
    found.close()
