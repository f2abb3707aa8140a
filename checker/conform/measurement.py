"""What a log says of the true numbers: an interval for every measured field of every position.

All intervals hold together with the confidence that is asked for. The probability of missing one is
shared out among the cells (Bonferroni's inequality), which assumes nothing of how the cells depend
on one another: the same test questions may be asked again in every iteration.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from checker.conform.binomial import clopper_pearson
from checker.conform.columns import Fields
from checker.conform.log import Log
from checker.conform.measured import At, Certainty, Measured, Measurement, Sense, Senses, Taken
from spec.errors import SpecError
from spec.fields import FieldDomain
from spec.terms import exact


def measure(
    log: Log, fields: Fields, senses: Senses, certainty: Certainty, taken: Taken
) -> Measured:
    """The intervals of a log.

    Args:
        log: the log.
        fields: the scheme's fields.
        senses: how the scheme's numbers speak of the run's.
        certainty: the confidence, and how it is shared out.
        taken: what a value stands for that is no count.

    Raises:
        SpecError: for a cell that cannot be what its field means.
    """
    at: dict[At, dict[str, Measurement]] = {}
    for cell in log.cells.sort("iteration", "place", maintain_order=True).iter_rows(named=True):
        position, name = log.positions[cell["place"]], log.fields[cell["field"]]
        domain = fields[position][name]
        if cell["of"] is not None:
            found = _counted(log, cell, domain, share_of(certainty, cell["block"], log.counts))
        else:
            found = _written(log, cell, domain, taken)
        here = at.setdefault((cell["iteration"], cell["place"]), {})
        if name in here:
            found = _worst_rank(log, cell, here[name], found, senses[position, name])
        here[name] = found
    return Measured(log.file, log.positions, certainty, log.counts, at)


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
            f"or {domain.name}.low and {domain.name}.high",
            log.at(cell["row"], cell["column"]),
        )
    low, high = clopper_pearson(cell["count"], cell["of"], missed)
    return Measurement(low, high, cell["row"], (cell["count"], cell["of"]))


def _written(log: Log, cell: Mapping[str, str], domain: FieldDomain, taken: Taken) -> Measurement:
    where = log.at(int(cell["row"]), int(cell["column"]))
    low = high = _number(cell["low"], where)
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
    log: Log, cell: Mapping[str, int], known: Measurement, fresh: Measurement, sense: Sense
) -> Measurement:
    """The number at the worst of several ranks, which is what a field means.

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
    return Measurement(
        low, high, fresh.row if (low, high) != (known.low, known.high) else known.row
    )
