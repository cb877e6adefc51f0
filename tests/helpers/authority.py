"""A time-stamp authority: OpenSSL's own, with a root, an intermediate and a signer that are made for the test."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs Debian's openssl")
CONFIG: Final = """
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
crypto_device = builtin
signer_digest = {digest}
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
clock_precision_digits = {digits}
ess_cert_id_chain = no
ess_cert_id_alg = {ess}
"""
STAMPS: Final = "extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n"
CA: Final = "basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign\n"
KEY: Final = ("ec", "-pkeyopt", "ec_paramgen_curve:P-256")


def openssl(*words: str | Path, good: bool = True) -> str:
    done = subprocess.run(["openssl", *map(str, words)], capture_output=True, text=True, check=False)
    assert (done.returncode == 0) is good, done.stdout + done.stderr
    return done.stdout + done.stderr


@dataclass(frozen=True)
class Authority:
    """`root` is the certificate to believe."""

    folder: Path

    @property
    def root(self) -> Path:
        return self.folder / "root.pem"

    def reply(
        self, request: Path, *, chain: bool = True, digest: str = "sha256", ess: str = "sha256", digits: int = 0
    ) -> Path:
        """`digits`: how many a second has behind its point."""
        config, made = self.folder / "tsa.cnf", request.with_suffix(".tsr")
        config.write_text(CONFIG.format(folder=self.folder, digest=digest, ess=ess, digits=digits), "ascii")
        signer = ("-signer", self.folder / "signer.pem", "-inkey", self.folder / "signer.key")
        others = ("-chain", self.folder / "chain.pem") if chain else ()
        openssl("ts", "-reply", "-config", config, "-queryfile", request, *signer, *others, "-out", made)
        return made

    def verify(self, text: Path, reply: Path, *, good: bool = True) -> bool:
        """What OpenSSL says of a reply over this text."""
        chain = ("-untrusted", self.folder / "chain.pem")
        words = ("ts", "-verify", "-data", text, "-in", reply, "-CAfile", self.root, *chain)
        return "Verification: OK" in openssl(*words, good=good)


def authority(folder: Path, extensions: str = STAMPS, key: tuple[str, ...] = KEY, middle: str = CA) -> Authority:
    folder.mkdir()
    (folder / "serial").write_text("01", "ascii")
    new = ("req", "-newkey", *key, "-nodes")
    root = (folder / "root.pem", folder / "root.key")
    openssl(*new, "-x509", "-keyout", root[1], "-out", root[0], "-days", "30", "-subj", "/CN=Root")
    _issued(folder, "middle", root, middle, key)
    _issued(folder, "signer", (folder / "middle.pem", folder / "middle.key"), extensions, key)
    (folder / "chain.pem").write_bytes((folder / "middle.pem").read_bytes() + root[0].read_bytes())
    return Authority(folder)


def _issued(folder: Path, name: str, by: tuple[Path, Path], extensions: str, key: tuple[str, ...]) -> None:
    made, told = folder / f"{name}.pem", folder / f"{name}.ext"
    told.write_text(extensions, "ascii")
    request = folder / f"{name}.csr"
    openssl(
        "req", "-newkey", *key, "-nodes", "-keyout", folder / f"{name}.key", "-out", request, "-subj", f"/CN={name}"
    )
    issuer = ("-CA", by[0], "-CAkey", by[1], "-CAcreateserial")
    openssl("x509", "-req", "-in", request, *issuer, "-out", made, "-days", "30", "-extfile", told)
