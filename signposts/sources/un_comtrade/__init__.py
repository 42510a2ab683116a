"""UN Comtrade, public preview: a pair's goods trade as one side reports it."""
