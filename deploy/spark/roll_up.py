"""One statement of sql/ on Spark, reporting to its Dagster asset through Pipes; spark-submit runs this file.

Extras: `statement`, the path of the file of sql/; `reads`, Parquet files by table; `target`, the folder to write.
"""

from pathlib import Path

import sqlglot
from dagster_pipes import open_dagster_pipes
from pyspark.sql import SparkSession

with open_dagster_pipes() as pipes:
    spark = SparkSession.builder.appName("signposts").getOrCreate()
    for name, files in pipes.extras["reads"].items():
        spark.read.parquet(files).createOrReplaceTempView(name)
    (statement,) = sqlglot.transpile(Path(pipes.extras["statement"]).read_text(), read="duckdb", write="spark")
    spark.sql(statement).write.mode("overwrite").parquet(pipes.extras["target"])
    rows = spark.read.parquet(pipes.extras["target"]).count()
    pipes.report_asset_materialization(metadata={"dagster/row_count": rows, "spark": spark.version})
