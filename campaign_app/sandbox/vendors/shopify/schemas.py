"""Shopify's own published schemas, if somebody fetched them: whether a query would be one there."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from graphql import GraphQLSchema, build_client_schema, parse, validate
from graphql.execution.values import get_variable_values

from campaign_app.sandbox.vendors.shopify.executing import Query

FOLDER: Final = "CAMPAIGN_APP_SHOPIFY_SCHEMAS"


def problem_of(version: str, query: Query, variables: Mapping[str, Any]) -> str | None:
    """What is wrong with a query, "" if nothing is, None where nobody can say."""
    folder = os.environ.get(FOLDER, "")
    schema = schema_of(folder, version)
    if schema is None:
        return None
    problem = _validated(folder, version, query.text)
    if problem:
        return problem
    given = get_variable_values(schema, query.operation.variable_definitions or (), dict(variables))
    return given[0].message if isinstance(given, list) and given else ""


@lru_cache(maxsize=256)
def _validated(folder: str, version: str, text: str) -> str:
    schema = schema_of(folder, version)
    errors = validate(schema, parse(text)) if schema else []
    return errors[0].message if errors else ""


@lru_cache(maxsize=8)
def schema_of(folder: str, version: str) -> GraphQLSchema | None:
    """Shopify's schemas hold names that graphql-core refuses in its own, so they are taken as they are."""
    file = Path(folder) / f"admin_{version}.json.gz"
    if not folder or not file.is_file():
        return None
    with gzip.open(file) as packed:
        found = json.load(packed)
    return build_client_schema(found.get("data", found), assume_valid=True)
