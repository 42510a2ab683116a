-- Grain: one number a call: the log density of a share under Beta(a, b) (docs/method.md, 3.2).
-- Reads: nothing; a share of 0 or 1 is read as .0001 from the edge, where the density may be 0 or infinite.
create or replace macro beta_log_density(value, a, b) as
(a - 1) * ln(least(greatest(value, 0.0001), 0.9999))
+ (b - 1) * ln(1 - least(greatest(value, 0.0001), 0.9999))
- lgamma(a) - lgamma(b) + lgamma(a + b);
