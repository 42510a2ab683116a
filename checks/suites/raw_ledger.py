"""What the ledger's rows must satisfy as read from their files."""

EXPECTATIONS = (
    {"type": "expect_table_row_count_to_be_between", "kwargs": {"min_value": 1}, "severity": "critical"},
    {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "claim_id"}, "severity": "critical"},
    {
        "type": "expect_compound_columns_to_be_unique",
        "kwargs": {"column_list": ["tracker_id", "claim_id"]},
        "severity": "critical",
    },
    {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "published_on"}, "severity": "critical"},
    {
        "type": "expect_column_values_to_match_regex",
        "kwargs": {"column": "sha256", "regex": "^[0-9a-f]{64}$"},
        "severity": "critical",
    },
    # A page may be lost, but a ledger in which every tenth claim has no address can no longer be checked.
    {
        "type": "expect_column_values_to_not_be_null",
        "kwargs": {"column": "source_url", "mostly": 0.9},
        "severity": "warning",
    },
)
