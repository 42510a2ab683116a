"""What the published odds must satisfy row by row; that they sum to 1 is a rule in SQL."""

EXPECTATIONS = (
    {"type": "expect_table_row_count_to_be_between", "kwargs": {"min_value": 1}, "severity": "critical"},
    {
        "type": "expect_compound_columns_to_be_unique",
        "kwargs": {"column_list": ["tracker_id", "as_of", "variant", "scenario_id"]},
        "severity": "critical",
    },
    {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "posterior"}, "severity": "critical"},
    {
        "type": "expect_column_values_to_be_between",
        "kwargs": {"column": "posterior", "min_value": 0, "max_value": 1},
        "severity": "critical",
    },
    {
        "type": "expect_column_values_to_be_between",
        "kwargs": {"column": "prior", "min_value": 0, "max_value": 1},
        "severity": "critical",
    },
)
