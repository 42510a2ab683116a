-- Grain: one number a call: the log density of ln(value) under a log-normal prediction (docs/method.md, 3.2).
-- Reads: nothing; mean and sd are on the log scale.
create or replace macro lognormal_log_density(value, mean, sd) as
-0.5 * ((ln(value) - mean) / sd) ** 2 - ln(sd) - 0.5 * ln(2 * pi());
