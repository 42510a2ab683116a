"""What the readings must satisfy: one a date and indicator, and a reason wherever there is none."""

EXPECTATIONS = (
    {"type": "expect_table_row_count_to_be_between", "kwargs": {"min_value": 1}, "severity": "critical"},
    {
        "type": "expect_compound_columns_to_be_unique",
        "kwargs": {"column_list": ["tracker_id", "as_of", "indicator_id"]},
        "severity": "critical",
    },
    {
        "type": "expect_column_values_to_be_in_set",
        "kwargs": {
            "column": "missing_reason",
            "value_set": ["not_due", "unreported", "source_failed", "none_seen"],
        },
        "severity": "critical",
    },
    {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "scored"}, "severity": "critical"},
    {
        "type": "expect_column_values_to_be_between",
        "kwargs": {"column": "reliability", "min_value": 0, "max_value": 1},
        "severity": "critical",
    },
    {
        "type": "expect_column_pair_values_a_to_be_greater_than_b",
        "kwargs": {
            "column_A": "as_of",
            "column_B": "exposure_end",
            "or_equal": True,
            "ignore_row_if": "either_value_is_missing",
        },
        "severity": "critical",
    },
)
