-- Grain: one number a call: ln f(t) = ln H'(t) - H(t) of an event on a date after `earliest` (docs/method.md, 3.2).
-- Reads: nothing; times are years since t0, p the chance of happening by `deadline`, earliest not before 0.
create or replace macro event_log_density(t, p, earliest, deadline, shape) as
ln(-ln(1 - p) * shape / (deadline - earliest))
+ (shape - 1) * ln((t - earliest) / (deadline - earliest))
+ ln(1 - p) * ((t - earliest) / (deadline - earliest)) ** shape;
