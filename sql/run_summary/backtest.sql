-- Grain: one row per series, horizon and forecast of one tracker; the forecast with the best CRPS of a series and
-- horizon is marked.
-- Reads: backtest, indicator
select
    indicator.title,
    backtest.series,
    backtest.horizon_years,
    backtest.forecast,
    backtest.n_forecasts,
    backtest.crps,
    backtest.log_score,
    backtest.coverage_80,
    backtest.sigma,
    backtest.crps = min(backtest.crps) over (partition by backtest.series, backtest.horizon_years) as best
from backtest
left join indicator
    on backtest.tracker_id = indicator.tracker_id and backtest.series = indicator.indicator_id
where backtest.tracker_id = $tracker
order by
    backtest.series asc,
    backtest.horizon_years asc,
    list_position(['fan', 'last_value', 'drift'], backtest.forecast) asc
