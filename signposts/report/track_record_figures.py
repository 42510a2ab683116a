"""Figures of the track record for docs/: probabilities through time, reliability, scores; plain SVG files.

Belongs here: how the three figures look. Not here: their numbers (tables), the page around them (cli/track_record.py).
"""

from collections.abc import Mapping
from typing import Any

import altair as alt

Rows = list[dict[str, Any]]
WIDTH, HEIGHT, PANELS = 220, 110, 3
NEUTRAL = "#8a8a8a"
CLOSEST, OTHER = "#1f6f8b", "#b3541e"


def probabilities_through_time(rows: Rows) -> str:
    """Return a panel a set: blue the scenario that came closest, orange `other`, grey the rest; of resolved_curve."""
    shown = [
        {
            "set": row["set_id"],
            "as_of": row["as_of"].isoformat(),
            "scenario": row["scenario_id"],
            "probability": row["posterior"],
            "role": "none of the above"
            if row["scenario_id"] == "other"
            else ("came closest" if row["closest"] else "another scenario"),
        }
        for row in rows
    ]
    colour = alt.Color(
        "role:N",
        title=None,
        scale=alt.Scale(
            domain=["came closest", "another scenario", "none of the above"], range=[CLOSEST, NEUTRAL, OTHER]
        ),
        legend=alt.Legend(orient="top"),
    )
    chart = (
        alt.Chart(alt.InlineData(values=tuple(shown)))
        .mark_line(point=alt.OverlayMarkDef(size=12), strokeWidth=1.6)
        .encode(
            x=alt.X("as_of:T", title=None, axis=alt.Axis(tickCount=3, format="%b %Y", grid=False)),
            y=alt.Y(
                "probability:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(tickCount=3, format="%")
            ),
            color=colour,
            detail="scenario:N",
        )
        .properties(width=WIDTH, height=HEIGHT)
        .facet(facet=alt.Facet("set:N", title=None), columns=PANELS)
        .resolve_scale(x="independent")
    )
    return _svg(chart)


def reliability(rows: Rows) -> str:
    """Return what was said against how often it was right, with the diagonal; size is the number of probabilities."""
    points = (
        alt.Chart(alt.InlineData(values=tuple(rows)))
        .mark_line(point=False, color=CLOSEST)
        .encode(
            x=alt.X("said:Q", title="probability said", scale=alt.Scale(domain=[0, 1])),
            y=alt.Y("came:Q", title="share that came closest", scale=alt.Scale(domain=[0, 1])),
        )
    )
    dots = (
        alt.Chart(alt.InlineData(values=tuple(rows)))
        .mark_circle(color=CLOSEST, opacity=0.9)
        .encode(x="said:Q", y="came:Q", size=alt.Size("n:Q", title="probabilities", scale=alt.Scale(range=[20, 400])))
    )
    ends = ({"said": 0.0, "came": 0.0}, {"said": 1.0, "came": 1.0})
    diagonal = (
        alt.Chart(alt.InlineData(values=ends))
        .mark_line(color=NEUTRAL, strokeDash=[4, 4])
        .encode(x="said:Q", y="came:Q")
    )
    return _svg((diagonal + points + dots).properties(width=320, height=320))


def scores(rows: Rows, names: Mapping[str, str]) -> str:
    """Return the log score of each family by the method and two baselines; equal odds are the grey tick."""
    shown = [{**row, "rule": names[row["rule"]]} for row in rows]
    domain = list(names.values())
    chart = (
        alt.Chart(alt.InlineData(values=tuple(shown)))
        .mark_point(filled=True, size=70)
        .encode(
            x=alt.X("value:Q", title="mean log score of the closest scenario (right is better)"),
            y=alt.Y("family:N", title=None, sort=None),
            color=alt.Color(
                "rule:N", title=None, scale=alt.Scale(domain=domain, range=[CLOSEST, NEUTRAL, OTHER][: len(domain)])
            ),
            shape=alt.Shape("rule:N", title=None, scale=alt.Scale(domain=domain)),
        )
        .properties(width=420, height=240)
    )
    return _svg(chart)


def _svg(chart: alt.TopLevelMixin) -> str:
    """Return the chart as SVG; the renderer reaches nothing outside the specification."""
    import vl_convert

    vl_convert.configure(base_url=False, allowed_base_urls=[])
    return str(vl_convert.vegalite_to_svg(chart.to_dict(), vl_version="6.4"))
