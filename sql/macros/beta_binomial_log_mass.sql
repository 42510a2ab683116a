-- Grain: one number a call: the log probability of k of n votes under BetaBinomial(n, a, b) (docs/method.md, 3.2).
-- Reads: nothing.
create or replace macro beta_binomial_log_mass(k, n, a, b) as
lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
+ lgamma(k + a) + lgamma(n - k + b) - lgamma(n + a + b)
- lgamma(a) - lgamma(b) + lgamma(a + b);
