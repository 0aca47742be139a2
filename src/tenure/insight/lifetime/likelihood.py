"""Maximum likelihood for models whose parameters are all positive, and what every fitted model offers.

The likelihood is climbed over the logarithms of the parameters: nothing has to be bounded, and the unit of time
(days or weeks) is a shift. The observed information is taken there too; at the maximum the gradient is zero, so that
the covariance of the parameters themselves is exactly diag(θ)·Σ·diag(θ).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from tenure.errors import InputError

Array = NDArray[np.float64]
#: Log-likelihood (summed over customers) and its gradient by the parameters.
LogLikelihood = Callable[[Array], tuple[float, Array]]

#: A parameter this far from its starting scale is running away: e^±14, a million-fold.
FARTHEST = 14.0
#: Step of central differences over log parameters: error about 1e-10 in the gradient and 1e-8 in the information.
STEP = 1e-4
ADVICE = "The customers may differ too little, or be too few: use a longer window or a simpler model."
#: What another step of Newton could still add to the log-likelihood (a chi-square of one is a difference of ½).
REMAINING = 1e-5


class DidNotConverge(InputError):
    """No maximum of the likelihood was found: the message says which parameter ran away, or that it is flat."""


@dataclass(frozen=True)
class Caution:
    """Something a reader must know beside a figure: a code to be put into words elsewhere, with its numbers."""

    code: str
    numbers: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Maximum:
    """Where the likelihood is greatest: ``theta`` and the covariance of its logarithms."""

    theta: Array
    log_covariance: Array
    log_likelihood: float


def central(value: Callable[[Array], float]) -> LogLikelihood:
    """A log-likelihood with its gradient by central differences, for models of few rows."""

    def both(theta: Array) -> tuple[float, Array]:
        gradient = np.empty_like(theta)
        for i in range(len(theta)):
            up, down = theta.copy(), theta.copy()
            up[i] *= np.exp(STEP)
            down[i] *= np.exp(-STEP)
            gradient[i] = (value(up) - value(down)) / (2 * STEP) / theta[i]
        return value(theta), gradient

    return both


def maximise(
    log_likelihood: LogLikelihood, starts: Sequence[Sequence[float]], names: Sequence[str], *, all_starts: bool = False
) -> Maximum:
    """The maximum reached from the likeliest start, or from the next one if that leads nowhere; with ``all_starts``
    the greatest of all. Each start has one positive value a parameter.

    Raises:
        DidNotConverge: from no start, or the maximum is so flat that the data do not tell the parameters apart.
    """
    found: list[Maximum] = []
    failed: list[DidNotConverge] = []

    def likely(start: Array) -> float:
        value, _ = log_likelihood(start)
        return value if np.isfinite(value) else -np.inf

    for start in sorted((np.array(start, dtype=float) for start in starts), key=likely, reverse=True):
        try:
            found.append(_from(log_likelihood, np.log(start), names))
        except DidNotConverge as why:
            failed.append(why)
        if found and not all_starts:
            break
    if not found:
        raise failed[0]
    return max(found, key=lambda each: each.log_likelihood)


def _from(log_likelihood: LogLikelihood, start: Array, names: Sequence[str]) -> Maximum:
    log_theta = _climb(log_likelihood, start)
    if log_theta is None:
        raise DidNotConverge("the likelihood has no maximum that could be found", ADVICE)
    away = [name for name, moved in zip(names, np.abs(log_theta - start), strict=True) if moved > FARTHEST]
    information = _information(log_likelihood, log_theta)
    if away or not _bends(information):
        told = f"{', '.join(away)} ran away" if away else "the likelihood is flat"
        raise DidNotConverge(f"these data do not determine {', '.join(names)}: {told}", ADVICE)
    covariance = np.asarray(np.linalg.inv(information), dtype=np.float64)
    reached, slope = _by_logs(log_likelihood, log_theta)
    remaining = float(slope @ covariance @ slope) / 2
    if remaining > REMAINING:
        raise DidNotConverge(
            f"the climb stopped {remaining:.2g} below the maximum of the likelihood",
            "Look for a few extreme customers, or use a longer window.",
        )
    return Maximum(np.exp(log_theta), covariance, reached)


def _by_logs(log_likelihood: LogLikelihood, log_theta: Array) -> tuple[float, Array]:
    theta = np.exp(log_theta)
    value, gradient = log_likelihood(theta)
    return value, gradient * theta


def _climb(log_likelihood: LogLikelihood, start: Array) -> Array | None:
    value, _ = _by_logs(log_likelihood, start)
    if not np.isfinite(value):
        return None
    per = max(abs(value), 1.0)  # of order one, whatever the number of customers

    def downhill(log_theta: Array) -> tuple[float, Array]:
        with np.errstate(all="ignore"):  # a far step of the line search may overflow; it is refused by its value
            value, slope = _by_logs(log_likelihood, log_theta)
        if not (np.isfinite(value) and np.isfinite(slope).all()):
            return 1e10, np.zeros_like(log_theta)
        return -value / per, -slope / per

    bounds = [(at - FARTHEST - 1, at + FARTHEST + 1) for at in start]
    options = {"maxiter": 500, "ftol": 1e-13, "gtol": 1e-9, "maxcor": 12}
    result = optimize.minimize(downhill, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
    if result.fun > 1e9:
        return None
    return _polish(log_likelihood, np.asarray(result.x))


def _polish(log_likelihood: LogLikelihood, log_theta: Array) -> Array:
    """Newton's last steps, where the quasi-Newton climb is stopped by rounding."""
    for _ in range(3):
        value, slope = _by_logs(log_likelihood, log_theta)
        information = _information(log_likelihood, log_theta)
        if not _bends(information):
            return log_theta
        move = np.linalg.solve(information, slope)
        if slope @ move / 2 < REMAINING / 100 or np.abs(move).max() > 1:
            return log_theta
        if not _by_logs(log_likelihood, log_theta + move)[0] >= value:
            return log_theta
        log_theta = log_theta + move
    return log_theta


def _bends(information: Array) -> bool:
    """Whether the likelihood falls in every direction."""
    return bool(np.isfinite(information).all() and (np.linalg.eigvalsh(information) > 0).all())


def _information(log_likelihood: LogLikelihood, log_theta: Array) -> Array:
    """The observed information over log parameters: minus the differences of the gradient."""
    rows = []
    for i in range(len(log_theta)):
        step = np.zeros_like(log_theta)
        step[i] = STEP
        with np.errstate(all="ignore"):
            up = _by_logs(log_likelihood, log_theta + step)[1]
            down = _by_logs(log_likelihood, log_theta - step)[1]
        rows.append((down - up) / (2 * STEP))
    information = np.asarray(rows)
    return (information + information.T) / 2


class Model:
    """What every lifetime model has once fitted.

    Attributes:
        params_: the parameters by the paper's letters.
        standard_errors_: of each parameter, from the observed information (NaN if the parameters were given).
        covariance_: of the parameters in the order of ``params_``, shape ``(k, k)``.
        log_covariance_: of their logarithms; intervals are built on it, since no parameter can be negative.
        log_likelihood_: at the maximum, constants included as in the paper.
        customers_: how many customers it rests on.
        cautions_: what a reader must know beside the figures, as codes with numbers.
    """

    letters: ClassVar[tuple[str, ...]] = ()
    params_: dict[str, float]
    standard_errors_: dict[str, float]
    covariance_: Array
    log_covariance_: Array
    log_likelihood_: float
    customers_: float
    cautions_: tuple[Caution, ...]

    @classmethod
    def with_params(cls, **params: float) -> Self:
        """The model at parameters that were published or fitted elsewhere; it has no standard errors.

        Raises:
            InputError: a parameter missing, unknown, or not positive.
        """
        if set(params) != set(cls.letters):
            raise InputError(f"{cls.__name__} has the parameters {', '.join(cls.letters)}; {', '.join(params)} came")
        if not all(np.isfinite(each) and each > 0 for each in params.values()):
            raise InputError(f"the parameters of {cls.__name__} are positive; {params} came")
        model = cls()
        theta = np.array([params[letter] for letter in cls.letters], dtype=float)
        unknown = np.full((len(theta), len(theta)), np.nan)
        return model._keep(Maximum(theta, unknown, np.nan), customers=0)

    def as_dict(self) -> dict[str, Any]:
        """The fitted model as plain values, from which :meth:`from_dict` makes it again: no fit twice."""
        return {
            "params": dict(self.params_),
            "log_covariance": self.log_covariance_.tolist(),
            "log_likelihood": self.log_likelihood_,
            "customers": self.customers_,
            "cautions": [[each.code, each.numbers] for each in self.cautions_],
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """The model that :meth:`as_dict` wrote down."""
        theta = np.array([kept["params"][letter] for letter in cls.letters], dtype=float)
        maximum = Maximum(theta, np.array(kept["log_covariance"], dtype=float), float(kept["log_likelihood"]))
        return cls()._keep(maximum, kept["customers"], [Caution(code, numbers) for code, numbers in kept["cautions"]])

    def _keep(self, maximum: Maximum, customers: float, cautions: Sequence[Caution] = ()) -> Self:
        theta = maximum.theta
        self.log_covariance_ = maximum.log_covariance
        self.covariance_ = maximum.log_covariance * np.outer(theta, theta)
        errors = np.sqrt(np.diag(self.covariance_))
        self.params_ = {letter: float(each) for letter, each in zip(self.letters, theta, strict=True)}
        self.standard_errors_ = {letter: float(each) for letter, each in zip(self.letters, errors, strict=True)}
        self.log_likelihood_ = float(maximum.log_likelihood)
        self.customers_ = float(customers)
        self.cautions_ = tuple(cautions)
        return self

    def _theta(self) -> Array:
        if not hasattr(self, "params_"):
            raise InputError(f"this {type(self).__name__} is not fitted", "Call fit first.")
        return np.array([self.params_[letter] for letter in self.letters])
