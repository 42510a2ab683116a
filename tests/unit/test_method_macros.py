"""The macros of sql/macros give the densities of the method's Python to 1e-9."""

from pathlib import Path

import duckdb
import numpy as np
import pytest

from signposts.scoring import densities

MACROS = Path(__file__).parents[2] / "sql" / "macros"


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as database:
        for file in sorted(MACROS.glob("*.sql")):
            database.execute(file.read_text(encoding="utf-8"))
        yield database


def answers(connection, call, **columns):
    names = list(columns)
    rows = list(zip(*(np.asarray(column, dtype=float).tolist() for column in columns.values()), strict=True))
    connection.execute(
        f"create or replace temp table point (row_number integer, {', '.join(f'{n} double' for n in names)})"
    )
    marks = ", ".join("?" for _ in names)
    connection.executemany(f"insert into point values (?, {marks})", [(i, *row) for i, row in enumerate(rows)])
    return np.array([row[0] for row in connection.execute(f"select {call} from point order by row_number").fetchall()])


RANDOM = np.random.default_rng(11)
N = 300


def uniform(low, high):
    return RANDOM.uniform(low, high, N)


def event(time, p, earliest, span, shape):
    parameters = (-np.log1p(-p), earliest, span, shape)
    return parameters, densities.cumulative_hazard(time, *parameters)


def test_log_normal_density(connection):
    value, mean, sd = uniform(0.1, 500), uniform(-2, 6), uniform(0.02, 1)
    found = answers(connection, "lognormal_log_density(value, mean, sd)", value=value, mean=mean, sd=sd)
    np.testing.assert_allclose(found, densities.normal_log_density(np.log(value), mean, sd), rtol=1e-9, atol=1e-9)


def test_beta_density(connection):
    value, a, b = np.append(uniform(0, 1)[:-2], [0.0, 1.0]), uniform(0.3, 110), uniform(0.3, 60)
    found = answers(connection, "beta_log_density(value, a, b)", value=value, a=a, b=b)
    np.testing.assert_allclose(found, densities.beta_log_density(value, a, b), rtol=1e-9, atol=1e-9)


def test_beta_binomial_mass(connection):
    n = np.floor(uniform(1, 90))
    k = np.floor(n * uniform(0, 1))
    a, b = uniform(0.3, 60), uniform(0.3, 60)
    found = answers(connection, "beta_binomial_log_mass(k, n, a, b)", k=k, n=n, a=a, b=b)
    np.testing.assert_allclose(found, densities.beta_binomial_log_mass(k, n, a, b), rtol=1e-9, atol=1e-9)


def test_negative_binomial_mass(connection):
    count, mean, shape = np.floor(uniform(0, 60)), uniform(0.01, 60), uniform(0.3, 25)
    found = answers(connection, "negative_binomial_log_mass(n, mean, shape)", n=count, mean=mean, shape=shape)
    np.testing.assert_allclose(found, densities.negative_binomial_log_mass(count, mean, shape), rtol=1e-9, atol=1e-9)


def test_event_survival_and_density(connection):
    p, earliest, span, shape = uniform(0.005, 0.95), uniform(0, 3), uniform(1, 8), uniform(0.8, 3)
    for call, time in (
        ("event_log_survival(t, p, earliest, earliest + span, shape)", uniform(0, 12)),
        ("event_log_density(t, p, earliest, earliest + span, shape)", earliest + uniform(0.01, 9)),
    ):
        parameters, hazard = event(time, p, earliest, span, shape)
        found = answers(connection, call, t=time, p=p, earliest=earliest, span=span, shape=shape)
        density = "density" in call
        expected = densities.log_hazard(time, *parameters) - hazard if density else -hazard
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)
