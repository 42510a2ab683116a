"""The climate example's probabilities equal those of a program that shares nothing with the method's code."""

import csv
import math
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from statistics import NormalDist

import duckdb
import pytest
import yaml

COMMAND = Path(sys.executable).parent / "signposts"
INDICATORS = ("co2_fossil", "ch4", "n2o")


def years(start: date, end: date) -> float:
    return (end - start).days / 365.25


def density(x: float, mean: float, sd: float) -> float:
    return math.exp(-0.5 * ((x - mean) / sd) ** 2) / (sd * math.sqrt(2 * math.pi))


class Fan:
    """Every scenario's log-normal path of one indicator on one day, with the spread they share."""

    def __init__(self, indicator: dict[str, object], day: date, obs: float) -> None:
        self.means: dict[str, float] = {}
        variances = []
        for scenario, prediction in indicator["predictions"].items():  # type: ignore[attr-defined]
            start, target = prediction["start"], prediction["target"]
            length = years(start["date"], target["date"])
            growth = math.log(target["value"] / start["value"]) / length
            passed = years(start["date"], day)
            self.means[scenario] = math.log(start["value"]) + growth * min(passed, length)
            variances.append(prediction["sigma"] ** 2 * passed + prediction["drift_sd"] ** 2 * passed**2 + obs**2)
        variance = sum(variances) / len(variances)
        self.sd = math.sqrt(variance)
        middle = sum(self.means.values()) / len(self.means)
        between = sum((mean - middle) ** 2 for mean in self.means.values()) / len(self.means)
        self.wide = (middle, 2 * math.sqrt(variance + between))

    def ratios(self, value: float) -> tuple[dict[str, float], float]:
        """Return each scenario's likelihood ratio against the reference, and that of the wide half."""
        own = {name: density(math.log(value), mean, self.sd) for name, mean in self.means.items()}
        wide = density(math.log(value), *self.wide)
        reference = (sum(own.values()) / len(own) + wide) / 2
        return {name: found / reference for name, found in own.items()}, wide / reference

    def position(self, value: float) -> dict[str, float]:
        normal = NormalDist()
        return {name: normal.cdf((math.log(value) - mean) / self.sd) for name, mean in self.means.items()}


def probabilities(folder: Path) -> dict[str, float]:
    """Return P(scenario | readings) of the example as docs/method.md says, from its files alone."""
    settings = yaml.safe_load((folder / "tracker.yaml").read_text(encoding="utf-8"))
    scenarios = list(yaml.safe_load((folder / "scenarios.yaml").read_text(encoding="utf-8")))
    scoring, rho = settings["scoring"], settings["groups"]["emissions"]["rho"]
    grade = settings["reliability"]
    reliability = math.sqrt(grade["letter"]["A"] * grade["number"][2])
    weight, share = scoring["evidence_weight"], scoring["contamination"]
    normal = NormalDist()
    total = dict.fromkeys(scenarios, 0.0)
    contaminated = dict.fromkeys(scenarios, 0.0)
    z: dict[str, list[float]] = {name: [] for name in scenarios}
    for name in INDICATORS:
        indicator = yaml.safe_load((folder / "indicators" / f"{name}.yaml").read_text(encoding="utf-8"))
        with (folder / "ledger" / f"{name}.csv").open(encoding="utf-8") as file:
            rows = sorted(csv.DictReader(file), key=lambda row: row["period_end"])
        newest = date.fromisoformat(rows[-1]["period_end"])
        chain = [row for row in rows if (newest - date.fromisoformat(row["period_end"])).days <= 3 * 366][-4:]
        believed = dict.fromkeys(scenarios, 1.0)
        believed_contaminated = dict.fromkeys(scenarios, 1.0)
        place = dict.fromkeys(scenarios, 0.5)
        for row in chain:
            fan = Fan(indicator, date.fromisoformat(row["period_end"]), scoring["obs_sd"])
            ratios, wide = fan.ratios(float(row["value"]))
            at = fan.position(float(row["value"]))
            for scenario in scenarios:
                mixed = (1 - share) * ratios[scenario] + share * wide
                believed[scenario] = reliability * ratios[scenario] + (1 - reliability) * believed[scenario]
                believed_contaminated[scenario] = (
                    reliability * mixed + (1 - reliability) * believed_contaminated[scenario]
                )
                place[scenario] = reliability * at[scenario] + (1 - reliability) * place[scenario]
        for scenario in scenarios:
            total[scenario] += weight * math.log(believed[scenario])
            contaminated[scenario] += weight * math.log(believed_contaminated[scenario])
            z[scenario].append(-normal.inv_cdf(place[scenario]))
    n = len(INDICATORS)
    other = settings["priors"]["other_mass"]
    prior = (1 - other) / len(scenarios)
    scores = {}
    score_of_other = 0.0
    for scenario in scenarios:
        one, squares = sum(z[scenario]), sum(value**2 for value in z[scenario])
        luck = -0.5 * ((n - 1) * math.log(1 - rho) + math.log(1 + (n - 1) * rho))
        luck -= 0.5 * rho / (1 - rho) * (squares - one**2 / (1 + (n - 1) * rho))
        scores[scenario] = prior * math.exp(total[scenario] + weight * luck)
        score_of_other += prior / (1 - other) * math.exp(contaminated[scenario] + weight * luck)
    scores["other"] = other * score_of_other
    whole = sum(scores.values())
    return {name: score / whole for name, score in scores.items()}


@pytest.mark.slow
def test_the_published_probabilities_equal_an_independent_computation(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SIGNPOSTS_")}
    project = tmp_path / "climate"
    for words, folder in ((("init", "climate", "--example", "climate"), tmp_path), (("run", "--offline"), project)):
        ended = subprocess.run([COMMAND, *words], cwd=folder, env=kept, capture_output=True, text=True)
        assert ended.returncode == 0, ended.stderr
    expected = probabilities(project / "catalogue" / "climate")
    with duckdb.connect(str(project / "var" / "published" / "signposts.duckdb"), read_only=True) as connection:
        statement = "select scenario_id, posterior from latest_scenario_probability where variant = 'headline'"
        published = dict(connection.execute(statement).fetchall())
    assert published.keys() == expected.keys()
    assert max(abs(published[name] - expected[name]) for name in expected) < 1e-9
