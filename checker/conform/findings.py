"""What was found out about a measured run, as data."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from fractions import Fraction

import attrs

from checker.conform.measured import At, Measured, Measurement, Sense, Senses
from checker.conform.witness import Explained
from checker.explain.relaxations import End
from checker.system.findings import Stopped


class Judgement(Enum):
    """Whether a scheme allows a measured run."""

    CONFORMS = "conforms"
    """An allowed run within all intervals is in hand."""
    DEPARTS = "departs"
    """It is proved that there is none."""
    UNDECIDED = "undecided"
    """Neither was found."""


class Blamed(Enum):
    """What kind of assumption would have to be exceeded."""

    CHOICE = "choice of nature"
    PARAMETER = "parameter"


Ends = tuple[Fraction, Fraction | None]
"""The ends of a range; the upper one is None where there is none."""
Ranges = tuple[tuple[Ends, ...], ...]
"""The ranges of all fields, position by position from the seed on."""


@attrs.frozen
class Excess:
    """An assumption that, exceeded by itself, would explain a step that nothing allowed explains.

    Args:
        kind: what it is.
        step: the step that a choice belongs to; "" for a parameter.
        name: the choice's or the parameter's name.
        end: which of its ends must move: up, or down.
        allowed: where the end is; of a choice whose bound depends on the state, in the state that
            ``enough`` was found at.
        least: the end must move at least so far: below, it is proved, nothing explains the step
            (with the expert overseeing the student, if ``overseen``).
        enough: so far is enough for this step; None if no such was found.
        reads: the parameters that bound a choice.
        overseen: whether it explains the step with an expert that can oversee the student; if not,
            it does so by breaking oversight, after which the student is arbitrary.
        measured: what the log measures of the parameter itself in those steps.
    """

    kind: Blamed
    step: str
    name: str
    end: End
    allowed: Fraction
    least: Fraction
    enough: Fraction | None
    reads: tuple[str, ...] = ()
    overseen: bool = True
    measured: Ends | None = None

    @property
    def needed(self) -> Fraction:
        """Where the end must be, at the least."""
        return self.allowed + (self.least if self.end is End.UPPER else -self.least)

    @property
    def ruled_out(self) -> bool:
        """Whether what was measured of the parameter falls short of what is needed."""
        if self.measured is None:
            return False
        low, high = self.measured
        if self.end is End.UPPER:
            return high is not None and high < self.needed
        return low > self.needed


@attrs.frozen
class Observed:
    """A parameter that a log measures itself.

    Args:
        name: the parameter.
        sense: how its value speaks of what is measured.
        given: its value.
        low, high: they hold the worst of the true numbers; of one that is told to be equal, the
            values that are within all intervals, of which there may be none.
        rows: at how many positions it was measured.
        exceeded: the first at which it is beyond its value.
    """

    name: str
    sense: Sense
    given: Fraction
    low: Fraction
    high: Fraction
    rows: int
    exceeded: tuple[At, Measurement] | None = None


@attrs.frozen
class Departure:
    """The first place at which no allowed run has what was measured.

    Args:
        at: the iteration and position whose measurement is not explained.
        steps: the steps since the last measurement, one of which departs; none for the seed.
        found: what was measured there.
        explanations: the assumptions that would explain it, each by itself.
        first: whether a run up to the measurement before is in hand, so that nothing departs
            earlier.
    """

    at: At
    steps: tuple[str, ...]
    found: Mapping[str, Measurement]
    explanations: tuple[Excess, ...]
    first: bool


class Silent(Enum):
    """Why a log says nothing of a parameter."""

    UNREAD = "no step reads it at these parameter values"
    UNMEASURED = "what reads it is not measured"
    HIDDEN = "what was measured may be as it is whatever it is"


@attrs.frozen
class Estimate:
    """What a log says of one parameter, the others at their values.

    Args:
        name: the parameter.
        given: its value.
        domain: the values that it may have, by its domain and the scheme's assumptions.
        low, high: it is proved that no value outside explains the log; the ends of ``domain``
            where the log says nothing.
        enough: it is proved that at this value each step that reads the parameter can be taken,
            whatever the true numbers are that some value of it explains; None if no such value is
            known, or any would do.
        empty: whether it is proved that no value at all explains the log.
        cut_short: whether the time was up before all that the log says was looked at.
        measured: the interval of what the log measures of it itself.
        until: the last iteration that was looked at, if not all of them were.
        silent: why the log says nothing, where it does not.
        through: the fields, with their positions, that are said with it.
    """

    name: str
    given: Fraction
    domain: tuple[Fraction, Fraction]
    low: Fraction
    high: Fraction
    enough: Fraction | None = None
    empty: bool = False
    cut_short: bool = False
    measured: tuple[Fraction, Fraction] | None = None
    until: int | None = None
    silent: Silent = Silent.HIDDEN
    through: tuple[str, ...] = ()

    @property
    def identified(self) -> bool:
        """Whether the log says anything of it."""
        excluded = self.low > self.domain[0] or self.high < self.domain[1]
        return self.empty or excluded or self.enough is not None or self.measured is not None


class Kept(Enum):
    """What becomes of an invariant from the last measurement on."""

    FOREVER = "forever"
    SOME_TIME = "for some iterations"
    BROKEN = "may be broken already"
    OPEN = "undecided"


@attrs.frozen
class Outlook:
    """Whether an invariant is guaranteed from the last measurement on.

    Args:
        invariant: its name and limits.
        kept: what becomes of it.
        clear: for how many iterations after the last it is proved to hold.
        breaks: after how many iterations an allowed run breaks it; None if none is known.
        broken: the iterations whose agent breaks it, whatever its true numbers within the intervals
            are.
    """

    invariant: str
    kept: Kept
    clear: int = 0
    breaks: int | None = None
    broken: tuple[int, ...] = ()


@attrs.frozen
class Ranged:
    """A measurement against the range that was forecast for it."""

    at: At
    field: str
    measurement: Measurement
    ends: Ends

    @property
    def failed(self) -> bool:
        """Whether no number is within both."""
        low, high = self.ends
        return self.measurement.high < low or (high is not None and self.measurement.low > high)


@attrs.frozen
class Forecast:
    """What the prefix of a log says of the rest.

    Args:
        until: the last iteration of the prefix.
        fitted: the values of the parameters that were fitted to it.
        rows: every later measurement with the range that it was forecast to lie in.
    """

    until: int
    fitted: Mapping[str, Fraction]
    rows: tuple[Ranged, ...]

    @property
    def failed(self) -> tuple[Ranged, ...]:
        """The measurements outside their range."""
        return tuple(row for row in self.rows if row.failed)


@attrs.frozen
class Conformance:
    """All that was found out about a measured run.

    Args:
        scheme: the scheme's name.
        parameters: the parameter values at which it was judged.
        senses: how the scheme's numbers speak of the run's.
        measured: the measurements.
        judgement: whether the run is allowed.
        explained: an allowed run, as far as one was found.
        departure: of a run whose fields depart, where and why.
        observed: the parameters that the log measures themselves.
        fields: the names of the fields, position by position.
        allowed: where each step leads, by what was measured before it.
        departs: where measurements are not reached; of all but the first, if the fields that were
            not measured at the ones before are as the scheme allows.
        bands: where the fields could be by the scheme alone, position by position from the seed.
        estimates: what the log says of parameters.
        outlook: what is guaranteed from the last measurement on.
        forecast: the forecast, if one was asked for.
        ended: why the work was ended before all of this was looked at.
    """

    scheme: str
    parameters: Mapping[str, Fraction]
    senses: Senses
    measured: Measured
    judgement: Judgement
    explained: Explained | None
    departure: Departure | None
    observed: tuple[Observed, ...] = ()
    fields: tuple[tuple[str, ...], ...] = ()
    allowed: Ranges = ()
    departs: tuple[At, ...] = ()
    bands: Ranges = ()
    estimates: tuple[Estimate, ...] = ()
    outlook: tuple[Outlook, ...] = ()
    forecast: Forecast | None = None
    ended: Stopped | None = None
