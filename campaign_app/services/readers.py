"""The people of an audience as readers of a text: their values, and how many parts each would get."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from campaign_app.compliance.segments import CN_PART, CN_SINGLE, units
from campaign_app.compliance.template import Template
from campaign_app.domain.customer import Customer
from campaign_app.services.texts import SOMEBODY, values_of

OWN_FIELDS: Final = ("name", "province", "city")


@dataclass(frozen=True, slots=True)
class Reader:
    """One recipient; `customer_id` None is the stand-in of an audience that nobody is in yet."""

    customer_id: int | None
    name: str
    home: str = ""
    phone: str = ""  # masked
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    shop: int | None = None


@dataclass(frozen=True, slots=True)
class Variable:
    """What a text may use, with somebody's value of it; `imported` ones come from a file."""

    name: str
    sample: str
    imported: bool = False


@dataclass(frozen=True, slots=True)
class Spread:
    """Of a sample: how many people get how many parts, and where the shortest and the longest text is."""

    parts: tuple[tuple[int, int], ...]  # (parts, people), ascending
    shortest: int
    longest: int


def stand_in() -> Reader:
    return Reader(None, SOMEBODY["name"], SOMEBODY["province"] + SOMEBODY["city"], "", SOMEBODY)


def reader_of(customer: Customer) -> Reader:
    home = customer.province if customer.city == customer.province else customer.province + customer.city
    phone = customer.phone.masked if customer.phone is not None else ""
    return Reader(customer.id, customer.name, home, phone, values_of(customer), customer.account_id)


def variables_of(readers: Sequence[Reader]) -> tuple[Variable, ...]:
    """Those that a placeholder can name: the customer's own fields, then what files added, by name."""
    samples: dict[str, str] = dict.fromkeys(OWN_FIELDS, "")
    for reader in readers:
        for name, value in reader.values.items():
            if not samples.get(name):
                samples[name] = value
    added = sorted(name for name in samples if name not in OWN_FIELDS and _can_be_named(name))
    return tuple(Variable(name, samples[name], name in added) for name in (*OWN_FIELDS, *added))


def spread(head: str, body: str, readers: Sequence[Reader]) -> Spread:
    """`head` is the 【signature】. Counts without building a single text: a sample is counted at every keystroke."""
    template = Template.parse(body)
    fixed = units(head) + units(template.fixed)
    lengths = [fixed + _values(template.names, reader.values) for reader in readers]
    people = Counter(1 if length <= CN_SINGLE else -(-length // CN_PART) for length in lengths)
    places = range(len(lengths))
    return Spread(
        tuple(sorted(people.items())), min(places, key=lengths.__getitem__), max(places, key=lengths.__getitem__)
    )


def _values(names: Iterable[str], values: Mapping[str, str]) -> int:
    return sum(units(values[name]) if name in values else units(name) + 2 for name in names)


def _can_be_named(name: str) -> bool:
    return Template.parse(f"{{{name}}}").names == (name,)
