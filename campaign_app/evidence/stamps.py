"""RFC 3161: a head of the audit shown to a time-stamp authority, whose reply says that it was there by then.

Nobody is contacted here: a person takes the request to an authority of their choice and brings back the reply. What is
asked about is the head as text with a line feed, so that any tool can be given the same. `asn1crypto` reads and writes
the structures, `cryptography` checks signatures and certificates; what is between is in `verified`.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from asn1crypto import cms, core, tsp
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    Policy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from campaign_app.domain.errors import SettingsError

REPLY_MAX: Final = 64 << 10  # bytes; a token with its chain has some 2 to 8 thousand
_CA_MAX: Final = 1 << 20
# whatever a reply that somebody made may bring the readers of it to
_ODD: Final = (
    ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError, RecursionError, UnsupportedAlgorithm,
    x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType,
)  # fmt: skip
_GRANTED: Final = ("granted", "granted_with_mods")
_HASHES: Final[Mapping[str, Callable[[], hashes.HashAlgorithm]]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}


@dataclass(frozen=True, slots=True)
class Stamp:
    """What an authority signed: that it was shown this at `at`.

    `authority` is the subject of the certificate that signed, as RFC 4514 writes it; `root` is the one that it goes
    back to, in DER.
    """

    at: datetime
    authority: str
    serial: int
    policy: str
    root: bytes

    @property
    def ca(self) -> str:
        """The fingerprint (SHA-256) of the root: a subject is what anybody may call themselves."""
        return sha256(self.root).hexdigest()


class StampRefused(Exception):
    """A reply that proves nothing; `why` is a word of `stamp_problem`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def stamped_text(head: str) -> bytes:
    """What a stamp is over: the head as N:HASH with a line feed, in ASCII."""
    return f"{head}\n".encode("ascii")


def new_nonce() -> int:
    return secrets.randbits(63) | 1 << 62


def request_over(head: str, nonce: int) -> bytes:
    """A request in DER, for the authority's certificates to come with the reply."""
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": sha256(stamped_text(head)).digest()}
    told = {"version": "v1", "message_imprint": imprint, "nonce": nonce, "cert_req": True}
    return bytes(tsp.TimeStampReq(told).dump())


def nonce_of(reply: bytes) -> int | None:
    """Of a reply that nobody has verified yet. Raises StampRefused."""
    try:
        nonce = _info(signed_in(reply))["nonce"].native
    except _ODD:
        raise StampRefused("unreadable") from None
    return None if nonce is None else int(nonce)


def is_over(reply: bytes, head: str) -> bool:
    """Of a reply that nobody has verified yet."""
    try:
        imprint = _info(signed_in(reply))["message_imprint"]
        return bool(imprint["hashed_message"].native == sha256(stamped_text(head)).digest())
    except _ODD:
        return False


def roots_in(file: Path) -> list[x509.Certificate]:
    """Certificates of authorities that a person believes, PEM or DER. Raises SettingsError `no_file`, `stamp_ca`."""
    try:
        with file.open("rb") as opened:
            data = opened.read(_CA_MAX)
    except OSError as error:
        raise SettingsError("no_file", "The file cannot be read", file=str(file)) from error
    try:
        if b"-----BEGIN" in data:
            return x509.load_pem_x509_certificates(data)
        return [x509.load_der_x509_certificate(data)]
    except ValueError as error:
        raise SettingsError("stamp_ca", "This is no certificate", file=file.name) from error


def verified(reply: bytes, head: str, nonce: int | None, roots: Sequence[x509.Certificate]) -> Stamp:
    """The stamp in a reply over this head. `nonce`: of the request, None where only the reply was kept.

    Raises StampRefused: `unreadable`, `not_granted`, `other_head`, `other_nonce`, `broken` (signature or certificates
    do not fit what was signed), `unknown_authority` (it does not go back to `roots`, or may not stamp).
    """
    try:
        signed = signed_in(reply)
        info = _info(signed)
        imprint = info["message_imprint"]
        if imprint["hash_algorithm"]["algorithm"].native != "sha256":
            raise StampRefused("other_head")
        if imprint["hashed_message"].native != sha256(stamped_text(head)).digest():
            raise StampRefused("other_head")
        if nonce is not None and info["nonce"].native != nonce:
            raise StampRefused("other_nonce")
        at = info["gen_time"].native.astimezone(UTC)
        signer, others = signer_of(signed)
        _check_signature(signed, signer)
        root = anchored(signer, others, roots, at)
        return Stamp(
            at, signer.subject.rfc4514_string(), info["serial_number"].native, info["policy"].native,
            root.public_bytes(Encoding.DER),
        )  # fmt: skip
    except InvalidSignature:
        raise StampRefused("broken") from None
    except _ODD:
        raise StampRefused("unreadable") from None


def verified_again(reply: bytes, head: str, nonce: int, root: bytes) -> Stamp:
    """As `verified`, by a root (DER) that was kept beside the reply."""
    try:
        believed = x509.load_der_x509_certificate(root)
    except _ODD:
        raise StampRefused("unreadable") from None
    return verified(reply, head, nonce, [believed])


def signed_in(reply: bytes) -> cms.SignedData:
    """What a granted reply holds; for one that was refused there is nothing."""
    if len(reply) > REPLY_MAX:
        raise StampRefused("unreadable")
    found = core.Sequence.load(reply, strict=True)
    status = tsp.PKIStatusInfo.load(found[0].dump())
    if status.dump(force=True) != found[0].dump():  # in another form than DER has
        raise StampRefused("unreadable")
    if status["status"].native not in _GRANTED:
        raise StampRefused("not_granted")
    token = tsp.TimeStampResp.load(reply, strict=True)["time_stamp_token"]
    if token["content_type"].native != "signed_data":
        raise StampRefused("unreadable")
    signed = token["content"]
    if signed["encap_content_info"]["content_type"].native != "tst_info" or len(signed["signer_infos"]) != 1:
        raise StampRefused("unreadable")
    told = signed["signer_infos"][0]
    digests = [_hash(each).name for each in signed["digest_algorithms"]]
    versions = signed["version"].native, told["version"].native
    by_name = told["sid"].name == "issuer_and_serial_number"
    if versions != ("v3", "v1" if by_name else "v3") or _hash(told["digest_algorithm"]).name not in digests:
        raise StampRefused("broken")
    return signed


def _info(signed: cms.SignedData) -> tsp.TSTInfo:
    info = tsp.TSTInfo.load(bytes(signed["encap_content_info"]["content"]), strict=True)
    if info["version"].native != "v1":
        raise StampRefused("unreadable")
    return info


def signer_of(signed: cms.SignedData) -> tuple[x509.Certificate, list[x509.Certificate]]:
    """The one certificate that the signature names, and those that came with it."""
    sid = signed["signer_infos"][0]["sid"]
    mine, others = list[x509.Certificate](), list[x509.Certificate]()
    for each in signed["certificates"]:
        if each.name != "certificate":
            continue
        known = each.chosen
        if known.serial_number <= 0:
            raise StampRefused("broken")
        if sid.name == "issuer_and_serial_number":
            told = sid.chosen["issuer"].dump(), sid.chosen["serial_number"].native
            is_signer = told == (known.issuer.dump(), known.serial_number)
        else:
            is_signer = sid.chosen.native == known.key_identifier
        (mine if is_signer else others).append(x509.load_der_x509_certificate(known.dump()))
    if len(mine) != 1:
        raise StampRefused("broken")
    return mine[0], others


def _check_signature(signed: cms.SignedData, signer: x509.Certificate) -> None:
    """RFC 5652 §5.4: over the attributes, which name the content by its hash and the certificate by its own."""
    told = signed["signer_infos"][0]
    algorithm = _hash(told["digest_algorithm"])
    attributes: dict[str, Any] = {}
    for each in told["signed_attrs"]:
        if each["type"].native in attributes or len(each["values"]) != 1:
            raise StampRefused("broken")
        attributes[each["type"].native] = each["values"][0]
    content = _digest(algorithm, bytes(signed["encap_content_info"]["content"]))
    if attributes["content_type"].native != "tst_info" or attributes["message_digest"].native != content:
        raise StampRefused("broken")
    if not _names(attributes, signer):
        raise StampRefused("broken")
    _verify(signer, told["signature_algorithm"], algorithm, told["signature"].native, _signed_bytes(told))


def _signed_bytes(told: cms.SignerInfo) -> bytes:
    """The attributes as they were signed: as a SET, whatever tag they carry in the file."""
    return b"\x31" + bytes(told["signed_attrs"].dump())[1:]


def _verify(
    signer: x509.Certificate,
    way: cms.SignedDigestAlgorithm,
    algorithm: hashes.HashAlgorithm,
    signature: bytes,
    data: bytes,
) -> None:
    """By the key of the certificate, in the `way` that is named. Raises what the library does, or StampRefused."""
    key = signer.public_key()
    if isinstance(key, rsa.RSAPublicKey) and way["algorithm"].native != "rsassa_pss":
        _require_hash(way, algorithm)
        key.verify(signature, data, padding.PKCS1v15(), algorithm)
    elif isinstance(key, rsa.RSAPublicKey):
        inner = _hash(way["parameters"]["hash_algorithm"])
        mask = padding.MGF1(_hash(way["parameters"]["mask_gen_algorithm"]["parameters"]))
        key.verify(signature, data, padding.PSS(mask, way["parameters"]["salt_length"].native), inner)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        _require_hash(way, algorithm)
        key.verify(signature, data, ec.ECDSA(algorithm))
    else:
        raise StampRefused("broken")


def _require_hash(way: cms.SignedDigestAlgorithm, algorithm: hashes.HashAlgorithm) -> None:
    """Of a bare "rsaEncryption" the hash is that of the digest."""
    named = way["algorithm"].native
    if named not in ("rsassa_pkcs1v15", "ecdsa") and way.hash_algo != algorithm.name:
        raise StampRefused("broken")


def _names(attributes: dict[str, Any], signer: x509.Certificate) -> bool:
    """RFC 5035: which certificate signed is itself signed, so that no other one can be put in its place."""
    newer, older = attributes.get("signing_certificate_v2"), attributes.get("signing_certificate")
    if newer is not None:
        first = newer["certs"][0]
        return bool(first["cert_hash"].native == signer.fingerprint(_hash(first["hash_algorithm"])))
    if older is None:
        return False
    # SHA-1, as RFC 3161 had it: all that hangs on it is whether the same key has two certificates of one number
    made = hashlib.sha1(signer.public_bytes(Encoding.DER), usedforsecurity=False).digest()
    return bool(older["certs"][0]["cert_hash"].native == made)


def _hash(algorithm: Any) -> hashes.HashAlgorithm:
    """Raises KeyError for SHA-1 and whatever else nobody should sign with."""
    if algorithm["parameters"].native is not None:  # RFC 5754 knows none
        raise StampRefused("unreadable")
    return _HASHES[algorithm["algorithm"].native]()


def _digest(algorithm: hashes.HashAlgorithm, data: bytes) -> bytes:
    made = hashes.Hash(algorithm)
    made.update(data)
    return made.finalize()


def anchored(
    signer: x509.Certificate, others: Sequence[x509.Certificate], roots: Sequence[x509.Certificate], at: datetime
) -> x509.Certificate:
    """The root of `roots` that the signer goes back to by certificates that held at that time."""
    authority = (
        ExtensionPolicy.permit_all()
        .require_present(x509.BasicConstraints, Criticality.AGNOSTIC, _is_ca)
        .may_be_present(x509.KeyUsage, Criticality.AGNOSTIC, _issues)
    )
    stamping = (
        ExtensionPolicy.permit_all()
        .require_present(x509.ExtendedKeyUsage, Criticality.CRITICAL, _only_stamps)
        .may_be_present(x509.KeyUsage, Criticality.AGNOSTIC, _signs)
    )
    policy = PolicyBuilder().store(Store(list(roots))).time(at)
    verifier = policy.extension_policies(ca_policy=authority, ee_policy=stamping).build_client_verifier()
    try:
        return verifier.verify(signer, list(others)).chain[-1]
    except VerificationError:
        raise StampRefused("unknown_authority") from None


def _is_ca(_policy: Policy, _certificate: x509.Certificate, found: x509.BasicConstraints) -> None:
    if not found.ca:
        raise ValueError("no authority")


def _issues(_policy: Policy, _certificate: x509.Certificate, found: x509.KeyUsage | None) -> None:
    if found is not None and not found.key_cert_sign:
        raise ValueError("may not issue")


def _only_stamps(_policy: Policy, _certificate: x509.Certificate, found: x509.ExtendedKeyUsage | None) -> None:
    if found is None or list(found) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise ValueError("may not stamp")


def _signs(_policy: Policy, _certificate: x509.Certificate, found: x509.KeyUsage | None) -> None:
    if found is not None and not (found.digital_signature or found.content_commitment):
        raise ValueError("may not sign")
