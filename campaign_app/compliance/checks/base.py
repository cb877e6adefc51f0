"""What a check is, and the table of kinds that rule files may name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict

from campaign_app.compliance.matcher import Literal
from campaign_app.compliance.normalize import FoldTable
from campaign_app.compliance.subject import Found, Hit, Subject
from campaign_app.compliance.traits import ANY


class Check(Protocol):
    """One rule at work.

    `look` says what is of interest near one of its `literals`; it sees the literal at window[start:end] with as much
    text around it as the literal's reach, and nothing else. `hits` is asked if something was seen, or `always`.
    Of messages with none of its `traits` it has nothing to say.
    `fixed` checks depend on the request alone, not on the rendered text; `late` ones look at the hits of the others.
    `steady` ones say the same of all rows with calm values (`skeleton`), equal traits and equal length.
    """

    @property
    def literals(self) -> Sequence[Literal]: ...
    @property
    def always(self) -> bool: ...
    @property
    def traits(self) -> int: ...
    @property
    def fixed(self) -> bool: ...
    @property
    def late(self) -> bool: ...
    @property
    def steady(self) -> bool: ...
    def look(self, literal: int, window: str, start: int, end: int) -> Sequence[Found]: ...
    def hits(self, subject: Subject, found: Sequence[Found]) -> Iterable[Hit]: ...


class Options(BaseModel):
    """The options of a kind, as a rule file gives them."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NoOptions(Options):
    """For kinds that have none."""


Ask = Callable[[Subject], Iterable[Hit]]
Builder = Callable[[Mapping[str, Any], FoldTable], Check]
O = TypeVar("O", bound=Options)  # noqa: E741


@dataclass(frozen=True, slots=True)
class Asked:
    """A check that is one function of the subject."""

    ask: Ask
    literals: Sequence[Literal] = ()
    always: bool = True
    traits: int = ANY
    fixed: bool = False
    late: bool = False
    steady: bool = False

    def look(self, literal: int, window: str, start: int, end: int) -> Sequence[Found]:  # noqa: ARG002
        return ()

    def hits(self, subject: Subject, found: Sequence[Found]) -> Iterable[Hit]:  # noqa: ARG002 - the protocol's
        return self.ask(subject)


def simple(ask: Ask, *, traits: int = ANY, fixed: bool = False, late: bool = False, steady: bool = False) -> Builder:
    """The builder of a kind without options."""

    def build(options: Mapping[str, Any], table: FoldTable) -> Check:  # noqa: ARG001 - the builder's
        NoOptions.model_validate(options)
        return Asked(ask, traits=traits, fixed=fixed, late=late, steady=steady)

    return build


def with_options(model: type[O], make: Callable[[O, FoldTable], Check]) -> Builder:
    """The builder of a kind with options of type `model`."""

    def build(options: Mapping[str, Any], table: FoldTable) -> Check:
        return make(model.model_validate(options), table)

    return build
