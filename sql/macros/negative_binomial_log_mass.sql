-- Grain: one number a call: the log probability of a count with Gamma-distributed rate (docs/method.md, 3.2).
-- Reads: nothing; mean is the expected count over the exposure, above 0, and shape is 1 / cv^2.
create or replace macro negative_binomial_log_mass(n, mean, shape) as
lgamma(n + shape) - lgamma(shape) - lgamma(n + 1)
+ shape * ln(shape / (shape + mean)) + n * ln(mean / (shape + mean));
