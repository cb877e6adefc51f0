"""Reads a query with graphql-core and picks from plain values what it selects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
    value_from_ast_untyped,
)


class Unanswerable(Exception):
    """A query that is none, or asks for what there is not; `code` in Shopify's words."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Query:
    """One operation of a document."""

    def __init__(self, text: str, variables: Mapping[str, Any]) -> None:
        self.text = text
        try:
            self.document: DocumentNode = parse(text)
        except GraphQLError as error:
            raise Unanswerable("parseError", str(error.message)) from error
        definitions = self.document.definitions
        operations = [node for node in definitions if isinstance(node, OperationDefinitionNode)]
        if len(operations) != 1:
            raise Unanswerable("operationNames", "one operation at a time")
        self.operation = operations[0]
        self._plans: dict[tuple[int, str], list[tuple[str, str, SelectionSetNode | None]]] = {}
        self._fragments = {node.name.value: node for node in definitions if isinstance(node, FragmentDefinitionNode)}
        defaults = {
            given.variable.name.value: value_from_ast_untyped(given.default_value)
            for given in self.operation.variable_definitions or ()
            if given.default_value is not None
        }
        self.variables = {**defaults, **variables}

    @property
    def is_mutation(self) -> bool:
        return self.operation.operation.value == "mutation"

    def roots(self) -> Iterator[tuple[str, FieldNode, dict[str, Any]]]:
        """Key in the answer, field, arguments."""
        for field in self._fields(self.operation.selection_set, ""):
            yield _key(field), field, self.arguments(field)

    def arguments(self, field: FieldNode) -> dict[str, Any]:
        return {
            given.name.value: value_from_ast_untyped(given.value, self.variables) for given in field.arguments or ()
        }

    def picked(self, selection: SelectionSetNode | None, value: Any) -> Any:
        """Of a value what is selected. Raises Unanswerable for a field that it does not have."""
        if selection is None or value is None:
            return value
        if isinstance(value, list):
            return [self.picked(selection, one) for one in value]
        kind = value.get("__typename", "")
        found: dict[str, Any] = {}
        for key, name, inner in self._plan(selection, kind):
            if name not in value:
                raise Unanswerable("undefinedField", f"Field '{name}' doesn't exist on type '{kind}'")
            found[key] = value[name] if inner is None else self.picked(inner, value[name])
        return found

    def _plan(self, selection: SelectionSetNode, kind: str) -> list[tuple[str, str, SelectionSetNode | None]]:
        """Key, field and selection of each, found once for all objects of a kind."""
        known = self._plans.get((id(selection), kind))
        if known is None:
            fields = self._fields(selection, kind)
            known = [(_key(field), field.name.value, field.selection_set) for field in fields]
            self._plans[id(selection), kind] = known
        return known

    def objects(self, selection: SelectionSetNode | None) -> int:
        """How many objects lie in what is selected of one."""
        if selection is None:
            return 0
        nested = [field for field in self._fields(selection, None) if field.selection_set is not None]
        return 1 + sum(self.objects(field.selection_set) for field in nested)

    def below(self, field: FieldNode, *names: str) -> SelectionSetNode | None:
        """The selection at the end of a path of field names."""
        selection = field.selection_set
        for name in names:
            inner = [f for f in self._fields(selection, None) if f.name.value == name] if selection else []
            selection = inner[0].selection_set if inner else None
        return selection

    def _fields(self, selection: SelectionSetNode, kind: str | None) -> Iterator[FieldNode]:
        for node in selection.selections:
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                if kind is None or node.type_condition is None or node.type_condition.name.value == kind:
                    yield from self._fields(node.selection_set, kind)
            elif isinstance(node, FragmentSpreadNode):
                fragment = self._fragments.get(node.name.value)
                if fragment and (kind is None or fragment.type_condition.name.value == kind):
                    yield from self._fields(fragment.selection_set, kind)


def _key(field: FieldNode) -> str:
    return field.alias.value if field.alias else field.name.value
