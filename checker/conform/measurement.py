"""What a log says of the true numbers: an interval for every measured field of every position.

All intervals hold together with the confidence that is asked for. The probability of missing one is
shared out among the cells (Bonferroni's inequality), which assumes nothing of how the cells depend
on one another: the same test questions may be asked again in every iteration.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import attrs

from checker.conform.binomial import clopper_pearson
from checker.conform.columns import ASIDE, PARAMETER, Fields, Part, is_aside, is_parameter
from checker.conform.log import Log
from checker.conform.measured import At, Certainty, Measured, Measurement, Sense, Senses, Taken
from spec.errors import SpecError
from spec.fields import FieldDomain
from spec.terms import exact


def measure(
    log: Log,
    fields: Fields,
    senses: Senses,
    certainty: Certainty,
    taken: Taken,
    parameters: Mapping[str, Sense] | None = None,
) -> Measured:
    """The intervals of a log.

    Args:
        log: the log.
        fields: the scheme's fields.
        senses: how the scheme's numbers speak of the run's.
        certainty: the confidence, and how it is shared out.
        taken: what a value stands for that is no count.
        parameters: how the values of parameters speak of what is measured of them.

    Raises:
        SpecError: for a cell that cannot be what its field means.
    """
    at: dict[At, dict[str, Measurement]] = {}
    of_parameters: dict[At, dict[str, Measurement]] = {}
    beside: dict[At, dict[str, Measurement]] = {}
    sense: Sense | None
    for cell in log.cells.sort("iteration", "place", maintain_order=True).iter_rows(named=True):
        position, name = log.positions[cell["place"]], log.fields[cell["field"]]
        domain, kept = fields[position][name], at
        if is_parameter(name):
            kept, name = of_parameters, name.removeprefix(f"{PARAMETER}.")
            sense = (parameters or {})[name]
        elif is_aside(name):
            kept, name, sense = beside, name.removeprefix(f"{ASIDE}."), None
        else:
            sense = senses[position, name]
        found = _found(log, cell, domain, certainty, taken)
        here = kept.setdefault((cell["iteration"], cell["place"]), {})
        if name in here:
            found = _worst_rank(log, cell, here[name], found, sense)
        here[name] = found
    if not at:
        raise SpecError("the log measures no field; add a column such as error.count", log.file)
    told = dict(parameters or {})
    counts = log.counts
    return Measured(log.file, log.positions, certainty, counts, at, of_parameters, told, beside)


def measured_parameters(log: Log) -> set[str]:
    """The parameters that a log measures themselves."""
    names = {log.fields[number] for number in log.cells["field"].unique()}
    return {name.removeprefix(f"{PARAMETER}.") for name in names if is_parameter(name)}


def _found(
    log: Log, cell: Mapping[str, Any], domain: FieldDomain, certainty: Certainty, taken: Taken
) -> Measurement:
    if cell["of"] is None:
        found = _written(log, cell, domain, taken)
    else:
        missed = share_of(certainty, cell["block"], log.counts)
        ratio = cell["base_of"] is not None
        found = _ratio(cell, domain, missed) if ratio else _counted(log, cell, domain, missed)
    return attrs.evolve(found, rank=cell["rank"])


def _ratio(cell: Mapping[str, Any], domain: FieldDomain, missed: Fraction) -> Measurement:
    """The ratio of an event's probability where it is asked to that in training, which a density
    ratio is at least, whatever the event: P(A) <= rho P_training(A). It has no upper end."""
    low, _ = clopper_pearson(cell["count"], cell["of"], missed)
    _, base = clopper_pearson(cell["base_count"], cell["base_of"], missed)
    least = min(max(low / base, domain.low), domain.high)
    return Measurement(least, domain.high, cell["row"])


def share_of(certainty: Certainty, block: int, cells: int) -> Fraction:
    """The part of what may be missed that one cell of a block gets."""
    missed = certainty.missed
    if not certainty.growing:
        return missed / cells
    return missed / Fraction((block + 1) * (block + 2) * 2**block)


def _counted(
    log: Log, cell: Mapping[str, int], domain: FieldDomain, missed: Fraction
) -> Measurement:
    if domain.kind != "real" or domain.low < 0 or not domain.holds(Fraction(1)) or domain.high > 1:
        raise SpecError(
            f"counts measure a probability, and {domain.name} is in {domain.span}; log its value, "
            f"or {domain.name}.low and {domain.name}.high{_or_base(domain)}",
            log.at(cell["row"], cell["column"]),
        )
    low, high = clopper_pearson(cell["count"], cell["of"], missed)
    return Measurement(low, high, cell["row"], (cell["count"], cell["of"]))


def _or_base(domain: FieldDomain) -> str:
    if not is_parameter(domain.name):
        return ""
    return (
        f", or how often the same event was counted in training: {domain.name}."
        f"{Part.BASE_COUNT.value} and {domain.name}.{Part.BASE_OF.value}"
    )


def _written(log: Log, cell: Mapping[str, str], domain: FieldDomain, taken: Taken) -> Measurement:
    where = log.at(int(cell["row"]), int(cell["column"]))
    low = high = _number(cell["low"], where)
    _require_domain(low, low, domain, where)
    if cell["high"] is not None:
        high = _number(cell["high"], where)
        if high < low:
            raise SpecError(f'"{cell["high"]}" is below the lower end {cell["low"]}', where)
    elif taken.within is None:
        raise SpecError(
            f"{cell['low']} has no sampling error: log {domain.name}.count and {domain.name}.of, "
            f"or {domain.name}.low and {domain.name}.high; or say that values are exact (--exact) "
            "or how far they may be off (--within 0.01)",
            where,
        )
    _require_domain(low, high, domain, where)
    if cell["high"] is None and taken.within:
        low, high = low - taken.within, high + taken.within
    return Measurement(_inside(low, domain), _inside(high, domain), int(cell["row"]))


def _number(text: str, where: str) -> Fraction:
    try:
        return exact(text)
    except SpecError as error:
        raise SpecError(error.message, where) from None


def _require_domain(low: Fraction, high: Fraction, domain: FieldDomain, where: str) -> None:
    for value in (low, high):
        if not domain.holds(value):
            share = domain.high == 1 and 1 < value <= 100
            hint = "is it a percentage? write it as a share" if share else "check its unit"
            raise SpecError(
                f"{domain.name} = {value} is outside its domain {domain.span}; {hint}", where
            )


def _inside(value: Fraction, domain: FieldDomain) -> Fraction:
    raised = max(value, domain.low)
    return raised if domain.unbounded else min(raised, domain.high)


def _worst_rank(
    log: Log, cell: Mapping[str, int], known: Measurement, fresh: Measurement, sense: Sense | None
) -> Measurement:
    """The number at the worst of several ranks, which is what a field means; of a share beside the
    scheme an interval around all of them.

    Raises:
        SpecError: for a field of which it is not known which rank is the worst.
    """
    if sense is Sense.VALUE:
        raise SpecError(
            "is measured at several ranks, but neither more nor less of it is worse; "
            "log one number",
            log.at(cell["row"], cell["column"]),
        )
    choose = max if sense is Sense.MOST else min
    low, high = choose(known.low, fresh.low), choose(known.high, fresh.high)
    if sense is None:
        high = max(known.high, fresh.high)
    worse = fresh if (low, high) != (known.low, known.high) else known
    return Measurement(low, high, worse.row, rank=worse.rank)
