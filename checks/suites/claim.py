"""What the claims must satisfy after versions have been merged."""

EXPECTATIONS = (
    {"type": "expect_table_row_count_to_be_between", "kwargs": {"min_value": 1}, "severity": "critical"},
    {
        "type": "expect_compound_columns_to_be_unique",
        "kwargs": {"column_list": ["tracker_id", "claim_id"]},
        "severity": "critical",
    },
    {
        "type": "expect_column_values_to_be_in_set",
        "kwargs": {
            "column": "kind",
            "value_set": ["value", "interval", "growth", "count", "event", "none_seen", "category", "plan"],
        },
        "severity": "critical",
    },
    {
        "type": "expect_column_values_to_be_in_set",
        "kwargs": {
            "column": "status",
            "value_set": ["reported", "estimated", "preliminary", "final", "disputed", "unverified", "withdrawn"],
        },
        "severity": "critical",
    },
    {
        "type": "expect_column_values_to_be_between",
        "kwargs": {"column": "reliability_value", "min_value": 0, "max_value": 1},
        "severity": "critical",
    },
    {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "published_on"}, "severity": "critical"},
    {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "recorded_at"}, "severity": "critical"},
    {
        "type": "expect_column_pair_values_a_to_be_greater_than_b",
        "kwargs": {
            "column_A": "value_high",
            "column_B": "value_low",
            "or_equal": True,
            "ignore_row_if": "either_value_is_missing",
        },
        "severity": "critical",
    },
    {
        "type": "expect_column_pair_values_a_to_be_greater_than_b",
        "kwargs": {
            "column_A": "period_end",
            "column_B": "period_start",
            "or_equal": True,
            "ignore_row_if": "either_value_is_missing",
        },
        "severity": "critical",
    },
)
