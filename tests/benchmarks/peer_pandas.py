"""`python peer_pandas.py input output`: the tables and tests of peer_dbt as a plain script on pandas.

A peer to be measured beside; not part of the product.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd


def main(given: Path, made: Path) -> None:
    """Make the three tables, hold them to the four tests, and write them as Parquet."""
    claim, prediction, prior = (pd.read_parquet(given / f"{name}.parquet") for name in ("claim", "prediction", "prior"))
    newest = claim.sort_values(["period_end", "version"]).groupby("indicator_id").tail(1)
    reading = newest[["indicator_id", "value"]]

    density = prediction.merge(reading, on="indicator_id")
    density["log_density"] = (
        -np.log(density["deviation"]) - ((density["value"] - density["mean"]) / density["deviation"]) ** 2 / 2
    )
    middle = density[density["scenario_id"] == "middle"].set_index("indicator_id")["log_density"]
    density["log_ratio"] = density["log_density"] - density["indicator_id"].map(middle)
    log_ratio = density[["indicator_id", "scenario_id", "log_ratio"]]

    odds = np.log(prior.set_index("scenario_id")["probability"]) + log_ratio.groupby("scenario_id")["log_ratio"].sum()
    weight = np.exp(odds - odds.max())
    probability = (weight / weight.sum()).rename("probability").reset_index()

    if not reading["indicator_id"].is_unique or reading["value"].isna().any():
        raise SystemExit("a reading stands twice or has no value")
    if not probability["scenario_id"].isin(["low", "middle", "high"]).all():
        raise SystemExit("a scenario that nobody named")
    if abs(probability["probability"].sum() - 1) > 1e-9:
        raise SystemExit("the probabilities do not add up to one")
    for name, table in (("reading", reading), ("log_ratio", log_ratio), ("probability", probability)):
        table.to_parquet(made / f"{name}.parquet")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
