"""The published description, the wire models and the program say the same, and the worked examples are true."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any

import pytest
import requests
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError

from campaign_app import assets
from campaign_app.sandbox.config import BODY_MAX
from campaign_app.transport import wire
from campaign_app.transport.receipts import ReceiptVerifier, leaf_hash, leaf_text, unb64u, verify_inclusion
from campaign_app.transport.signing import RequestSigner, verify_request

API: dict[str, Any] = yaml.safe_load(assets.path("openapi", "platform-consent-v1.yaml").read_text("utf-8"))
SCHEMAS: dict[str, Any] = API["components"]["schemas"]
MODELS = {
    name.removeprefix("Wire"): model
    for name, model in vars(wire).items()
    if isinstance(model, type) and issubclass(model, wire.Wire) and model is not wire.Wire
}
# parsed one by one by the client, so that one odd row does not spoil its page; described as what they should be
ROWS = {("CustomersPage", "customers"): "Customer", ("LookupPage", "answers"): "Answer"}
OPERATIONS = [(path, method) for path, methods in API["paths"].items() for method in methods]


def plain(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema without its prose, with nullable types and references written in one way."""
    kept = {k: v for k, v in schema.items() if k not in ("title", "description", "default", "examples")}
    if "$ref" in kept:
        return {"$ref": kept["$ref"].rpartition("/")[2].removeprefix("Wire")}
    options = kept.pop("anyOf", None)
    if options:
        (known,) = (o for o in options if o != {"type": "null"})
        kept |= {**known, "type": [known["type"], "null"]}
    if "items" in kept:
        kept["items"] = plain(kept["items"])
    return kept


def properties(schema: dict[str, Any]) -> dict[str, Any]:
    return {name: plain(field) for name, field in schema["properties"].items()}


@pytest.mark.parametrize("name", sorted(MODELS))
def test_every_wire_model_is_described_field_by_field(name: str) -> None:
    described, modelled = SCHEMAS[name], MODELS[name].model_json_schema()
    wanted = properties(modelled)
    for (page, rows), row in ROWS.items():
        if page == name:
            wanted[rows] = {"type": "array", "items": {"$ref": row}}
    assert properties(described) == wanted
    assert set(described.get("required", [])) == set(modelled.get("required", []))


def test_nothing_else_is_described_but_the_key_set() -> None:
    assert set(SCHEMAS) - set(MODELS) == {"Key", "KeySet"}


def test_no_line_of_the_description_lost_its_quotes() -> None:
    """A comma in an unquoted flow mapping makes a key without a value."""

    def keys_without_value(node: Any, path: str = "") -> list[str]:
        if isinstance(node, dict):
            bare = [f"{path}/{k}" for k, v in node.items() if v is None]
            return bare + [found for k, v in node.items() for found in keys_without_value(v, f"{path}/{k}")]
        return [found for item in node for found in keys_without_value(item, path)] if isinstance(node, list) else []

    assert [p for p in keys_without_value(API) if not p.endswith("/phone")] == []


def test_limits_and_words_are_those_of_the_program() -> None:
    prose = API["info"]["description"]
    assert API["info"]["version"] == wire.API_VERSION
    assert f'tag="{wire.SIGNATURE_TAG}"' in prose
    assert " ".join(f'"{c}"' for c in wire.COVERED) in prose.replace("\n", " ")
    assert f"{wire.CREATED_WINDOW_SECONDS} seconds" in prose
    assert f"{BODY_MAX // 1024 // 1024} MiB" in API["components"]["responses"]["TooLarge"]["description"]


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_operation_is_whole(path: str, method: str) -> None:
    operation = API["paths"][path][method]
    assert operation["operationId"]
    assert operation["summary"]
    assert operation["description"]
    answers = operation["responses"]
    assert {"200", "429", "500", "503"} <= set(answers)
    assert "example" in answers["200"]["content"]["application/json"]
    if path.startswith("/v1/"):
        assert {"401", "413"} <= set(answers)
        assert {"$ref": "#/components/parameters/Date"} in operation["parameters"]
    if method == "post":
        assert {"400", "415", "422"} <= set(answers)
        assert "example" in operation["requestBody"]["content"]["application/json"]


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_example_is_an_instance_of_its_model(path: str, method: str) -> None:
    operation = API["paths"][path][method]
    bodies = [operation["responses"]["200"], operation.get("requestBody")]
    for content in (body["content"]["application/json"] for body in bodies if body):
        first = content["schema"].get("oneOf", [content["schema"]])[0]
        name = first["$ref"].rpartition("/")[2]
        if name != "KeySet":
            example = MODELS[name].model_validate(content["example"]).model_dump(mode="json")
            assert example.keys() == content["example"].keys()
    for row in operation["responses"]["200"]["content"]["application/json"]["example"].get("customers", []):
        assert wire.WireCustomer.model_validate(row)


def test_the_example_of_a_test_message_is_one_and_no_campaigns() -> None:
    example = SCHEMAS["TrialRequest"]["example"]
    assert wire.TrialRequest.model_validate(example).model_dump(mode="json") == example
    with pytest.raises(ValidationError):
        wire.MessagesRequest.model_validate(example)


def test_the_worked_request_signs_to_what_is_printed() -> None:
    example = API["x-worked-examples"]["request"]
    now = datetime.fromisoformat(example["now"])
    request = requests.Request(example["method"], example["url"], data=example["body"].encode()).prepare()
    RequestSigner(example["key_id"], unb64u(example["private_key"])).sign(request, now=now, nonce=example["nonce"])
    assert {name: request.headers[name] for name in example["headers"]} == example["headers"]


def test_the_worked_request_verifies_with_and_without_our_code() -> None:
    example = API["x-worked-examples"]["request"]
    key = Ed25519PublicKey.from_public_bytes(unb64u(example["public_key"]))
    signature = base64.b64decode(example["headers"]["Signature"].removeprefix("sig1=:").removesuffix(":"))
    key.verify(signature, example["signature_base"].encode())
    verified = verify_request(
        example["method"],
        example["url"],
        example["headers"],
        example["body"].encode(),
        {example["key_id"]: key}.get,
        datetime.fromisoformat(example["now"]),
    )
    assert verified.nonce == example["nonce"]


def test_the_worked_receipt_proves_each_of_its_answers() -> None:
    example = API["x-worked-examples"]["receipt"]
    page = wire.LookupPage.model_validate(example["page"])
    claims = ReceiptVerifier({"keys": example["keys"]}).verify(page.receipt)
    assert claims.request_id == page.request_id
    for row in page.answers:
        answer = wire.Answer.model_validate(row)
        leaf = wire.Leaf.model_validate_json(answer.leaf)
        assert leaf_text(leaf) == answer.leaf
        assert leaf.ref == answer.ref
        path = [unb64u(node) for node in answer.path]
        assert verify_inclusion(leaf_hash(answer.leaf), answer.index, claims.size, path, unb64u(claims.root))
