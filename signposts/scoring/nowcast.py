"""Nowcast of an annual figure from the growth of its first months, by quadrature (docs/method.md, 3.5).

Belongs here: Y = b (1 + g) (a + (A - a) e^z), z ~ N(0, rest_sd^2), ln b ~ N(0, base_sd^2), g known to its rounding.
Not here: which growth claims may be nowcast at all (method.md 3.1; sql/observe decides).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

Floats = NDArray[np.float64]

REST_NODES = 96
REST_REACH = 6.5
"""The unknown months' z runs over this many standard deviations either way."""
ROUNDING_NODES = 3


@dataclass(frozen=True)
class Nowcast:
    """Predictive of the annual figure, each (n,): median, spread on the log scale, and the central 90 %.

    log_sd is that of the log-normal with the same central 90 %, since it is as a log-normal that a nowcast is scored.
    """

    median: Floats
    log_sd: Floats
    p05: Floats
    p95: Floats


def rounding_half_width(percent: Floats) -> Floats:
    """Return half a unit of the last decimal given, as a fraction: 8 -> .005, 8.5 -> .0005 (at most four decimals)."""
    percent = np.asarray(percent, dtype=np.float64)
    decimals = np.full(percent.shape, 4)
    for places in (3, 2, 1, 0):
        decimals = np.where(np.isclose(percent, np.round(percent, places), rtol=0, atol=1e-9), places, decimals)
    return 0.5 * 10.0**-decimals / 100


def nowcast(
    base: Floats,
    part: Floats,
    growth: Floats,
    months: Floats,
    *,
    half_width: Floats,
    base_sd: float,
    rest_sd: float,
    rest_sd_without_part: float,
) -> Nowcast:
    """Return the nowcast of n claims at once.

    base: full-year level A; part: level a of the same months of the base year, NaN if unknown (then a = A months / 12
    and the larger spread); growth: fraction, .08 for 8 %; half_width: of its rounding, as a fraction. Arrays (n,).
    """
    base, part, growth, months = (np.asarray(column, dtype=np.float64) for column in (base, part, growth, months))
    unknown = np.isnan(part)
    known_share = np.clip(np.where(unknown, months / 12, part / base), 0.0, 1.0)
    spread = np.where(unknown, rest_sd_without_part, rest_sd)
    centre, weight = _given_base(growth, np.asarray(half_width, dtype=np.float64), known_share, spread)

    def cdf(x: Floats) -> Floats:
        result: Floats = (ndtr((x[:, None] - centre) / base_sd) * weight).sum(axis=1)
        return result

    reach = np.sqrt(base_sd**2 + half_width**2) + spread
    low, middle, high = (_solve(cdf, share, np.log1p(growth), reach) for share in (0.05, 0.5, 0.95))
    log_sd = (high - low) / (2 * float(ndtri(0.95)))
    return Nowcast(base * np.exp(middle), log_sd, base * np.exp(low), base * np.exp(high))


def _given_base(growth: Floats, half_width: Floats, known_share: Floats, spread: Floats) -> tuple[Floats, Floats]:
    """Return ln(Y / (A b)) = ln(1 + g) + ln(k + (1 - k) e^z), k the known share, at nodes of g and z, and weights.

    Both (n, nodes): Gauss-Legendre over the rounding of g, the trapezoid rule over z.
    """
    z = np.linspace(-REST_REACH, REST_REACH, REST_NODES)
    z_weight = np.exp(-0.5 * z**2)
    rest = np.log(known_share[:, None] + (1 - known_share)[:, None] * np.exp(spread[:, None] * z))
    legendre, legendre_weight = np.polynomial.legendre.leggauss(ROUNDING_NODES)
    growths = np.log1p(growth[:, None] + half_width[:, None] * legendre)
    nodes = growths[:, :, None] + rest[:, None, :]
    weight = np.outer(legendre_weight / 2, z_weight / z_weight.sum()).reshape(1, -1)
    return nodes.reshape(len(growth), -1), weight


def _solve(cdf: Callable[[Floats], Floats], share: float, centre: Floats, reach: Floats) -> Floats:
    """Return x with cdf(x) = share, by bisection within six times `reach` of the centre."""
    low, high = centre - 6 * reach, centre + 6 * reach
    for _ in range(60):
        middle = (low + high) / 2
        under = cdf(middle) < share
        low, high = np.where(under, middle, low), np.where(under, high, middle)
    result: Floats = (low + high) / 2
    return result
