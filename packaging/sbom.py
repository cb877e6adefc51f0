"""Writes the bill of materials of the frozen program as CycloneDX 1.6 (JSON), and checks it against the schema.

`python packaging/sbom.py [--out FILE]` after packaging/build.py. It is made of what lies in the bundle, not of what was
asked for; whatever has no known origin or no licence that is allowed ends it with status 1.
"""

from __future__ import annotations

import argparse
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from build import committed
from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from parts import OURS, ROOT, Part, Unknown, parts

NAMESPACE: Final = uuid.UUID("6b0f0c50-6a36-4b55-9d2d-0a2d6f0b3a55")
_licences: Final = LicenseFactory()


def bill(found: list[Part]) -> Bom:
    """The same bundle makes the same bill."""
    (ours,) = (part for part in found if part.name == OURS)
    made = Bom(serial_number=uuid.uuid5(NAMESPACE, "\n".join(sorted(h for p in found for h in p.files.values()))))
    made.metadata.timestamp = datetime.fromtimestamp(int(committed()), UTC)
    made.metadata.component = root = _component(ours, ComponentType.APPLICATION)
    for part in found:
        if part is not ours:
            made.components.add(_component(part, ComponentType.LIBRARY))
    made.register_dependency(root, made.components)
    return made


def _component(part: Part, kind: ComponentType) -> Component:
    made = Component(
        name=part.name,
        version=part.version or None,
        type=kind,
        bom_ref=f"{part.kind}:{part.name}",
        licenses=[_licences.make_from_string(part.licence)],
        purl=PackageURL("pypi", None, part.name, part.version) if part.kind == "package" else None,
    )
    for name, digest in sorted(part.files.items()):
        if part.kind == "ours":
            break  # one resource among hundreds tells nobody anything
        made.components.add(
            Component(
                name=name, type=ComponentType.FILE, bom_ref=f"file:{name}",
                hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest)],
            )
        )  # fmt: skip
    made.properties.add(Property(name="yunfa:modules", value=str(part.modules)))
    return made


def write(file: Path) -> list[Part]:
    """Raises Unknown, and ValueError for what the schema does not take."""
    found = parts()
    text = JsonV1Dot6(bill(found)).output_as_string(indent=1)
    wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if wrong is not None:
        raise ValueError(str(wrong))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text + "\n", "utf-8")
    return found


def report(found: list[Part]) -> str:
    """The licences in the bundle, as a table for a person."""
    lines = ["| part | version | licence | kind |", "| --- | --- | --- | --- |"]
    lines += [f"| {part.name} | {part.version} | {part.licence} | {part.kind} |" for part in found]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, default=ROOT / "dist" / "campaign-app.cdx.json")
    parser.add_argument("--report", type=Path)
    chosen = parser.parse_args()
    try:
        found = write(chosen.out)
    except Unknown as error:
        sys.exit(str(error))
    if chosen.report:
        chosen.report.write_text(report(found), "utf-8")
    print(f"{chosen.out}: {len(found)} parts, valid CycloneDX 1.6")


if __name__ == "__main__":
    main()
