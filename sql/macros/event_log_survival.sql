-- Grain: one number a call: ln S(t) = -H(t), the log chance that the event has not happened by t (docs/method.md, 3.2).
-- Reads: nothing; times are years since t0, p the chance of happening by `deadline`, earliest not before 0.
create or replace macro event_log_survival(t, p, earliest, deadline, shape) as
ln(1 - p) * (greatest(t - earliest, 0) / (deadline - earliest)) ** shape;
