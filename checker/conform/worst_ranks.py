"""Of cells that measure one field at several ranks, those that can be the worst.

The field means the worst rank. The ends of an interval of Clopper and Pearson rise with how many
draws were counted and fall with how many were not, at a fixed level. So where more is worse, a rank
at which no more were counted and no fewer were not than at another cannot have the greater end,
whatever the level is; where less is worse, the other way round. What is left is the Pareto front
of either side. Of values and intervals the least and greatest of each end are kept. Ratios of two
counts are all kept.
"""

from __future__ import annotations

import polars as pl

SAME = ["iteration", "place", "field", "block"]
"""Cells that are alike in these measure one field, and their intervals have one level."""
BLOCKS = [2**power for power in range(63)]


def blocks(number: pl.Expr) -> pl.Expr:
    """For the number of a count in a log, the b for which it is in 2^b .. 2^(b+1) - 1.

    In a log that may grow, these share a part of what may be missed. The others have block 0.
    """
    powers = pl.Series(BLOCKS)
    return (
        number.map_batches(
            lambda numbers: powers.search_sorted(numbers.cast(pl.Int64), side="right").cast(
                pl.Int32
            ),
            return_dtype=pl.Int32,
        )
        .sub(1)
        .clip(0)
    )


def worst_ranks(cells: pl.DataFrame) -> pl.DataFrame:
    """The cells without those that cannot be the worst of their ranks, in their order."""
    alike = pl.struct(SAME).is_duplicated() & pl.col("base_of").is_null()
    several = cells.select(alike).to_series()
    if not several.any():
        return cells
    ranked = cells.filter(several)
    counted = ranked["of"].is_not_null()
    kept = [
        cells.filter(~several),
        _extreme_counts(ranked.filter(counted)),
        _extreme_values(ranked.filter(~counted)),
    ]
    return pl.concat(kept).sort("row", "column")


def _extreme_counts(cells: pl.DataFrame) -> pl.DataFrame:
    """The counts of which no other of their rank has both as many and as few, either way round."""
    missed = cells.with_columns(missed=pl.col("of") - pl.col("count"))
    fronts = [_front(missed, "count", "missed"), _front(missed, "missed", "count")]
    return pl.concat(fronts).drop("missed").unique(["row", "column"])


def _front(cells: pl.DataFrame, more: str, fewer: str) -> pl.DataFrame:
    """The cells that have more of one than every cell with as few or fewer of the other."""
    ordered = cells.sort(*SAME, fewer, more, "row", descending=[False] * 5 + [True, False])
    before = pl.col(more).cum_max().shift(1).over(SAME)
    return ordered.filter(before.is_null() | (pl.col(more) > before))


def _extreme_values(cells: pl.DataFrame) -> pl.DataFrame:
    """The values and intervals at the ends of their ranks'.

    They are compared as floats, which keep the order of what is written; those that are the same
    as floats are all kept, unless they are written alike.
    """
    low = pl.col("low").cast(pl.Float64)
    high = pl.coalesce("high", "low").cast(pl.Float64)
    extreme = [
        end == getattr(end, which)().over(SAME) for end in (low, high) for which in ("min", "max")
    ]
    alike = [*SAME, "low", "high"]
    return cells.filter(pl.any_horizontal(extreme)).unique(alike, keep="first", maintain_order=True)
