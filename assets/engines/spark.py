"""Apache Spark: the one module that imports pyspark, and only when a statement is to run.

Belongs here: the session, and running a translated statement from Parquet to Parquet. Not here: the translation, and
which tables go to and fro.

The session keeps UTC and ANSI rules whatever spark-defaults.conf says, since results depend on them; the rest (memory,
executors, shuffle) is the operator's, by spark-defaults.conf in SPARK_CONF_DIR.
"""

import os
import sys
import threading
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from assets.engines.translation import DOUBLE_AS_TEXT
from assets.errors import EngineFailed, InputError

# What decides results: it is set last, over any file of settings.
MEANING = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.timestampType": "TIMESTAMP_LTZ",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.cteRecursionLevelLimit": "10000",
    "spark.sql.cteRecursionRowLimit": "-1",
}
# What suits tables that fit on one machine; a file of settings has precedence.
USUAL = {"spark.sql.shuffle.partitions": "8"}
# The command shows how far a run is; on one machine nobody watches Spark's own page, and nothing need be reachable.
BEGUN_WITH = {"spark.ui.showConsoleProgress": "false"}
BEGUN_LOCALLY_WITH = {
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
}
# Spark itself waits for ever where no worker is left.
PATIENCE_SECONDS = 600.0
LOOK_SECONDS = 1.0
# What a session is marked with once it is ready.
PREPARED = "spark.signposts.prepared"


def run(statement: str, tables: Mapping[str, tuple[Path, str]], target: Path, master: str) -> None:
    """Run a statement of Spark's and write its rows to a folder of Parquet files, in the statement's order.

    ``tables`` gives for each view the file it is read from and its columns as Spark declares them. The files must lie
    where the driver and every executor can reach them.

    Raises:
        EngineFailed: Spark could not run it; the message names the master and Spark's own reason.
        InputError: pyspark or Java is missing.
    """
    spark = session(master)
    try:
        for view, (file, columns) in tables.items():
            spark.read.schema(columns).parquet(file.as_uri()).createOrReplaceTempView(view)
        with _executors_awaited(spark, master):
            spark.sql(statement).write.mode("error").parquet(target.as_uri())
    except _faults() as error:
        stop(spark)
        again = "" if isinstance(error, _imported().errors.AnalysisException) else "; run again"
        raise EngineFailed(f"Spark at {master} could not make {target.name}: {_reason(error)}{again}") from error


def session(master: str) -> Any:
    """Return this process's session, begun with the first statement; it ends with the process.

    Raises:
        InputError: pyspark or Java is missing.
        EngineFailed: the master does not answer.
    """
    pyspark = _imported()
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    try:
        begun_with = BEGUN_WITH | (BEGUN_LOCALLY_WITH if master.startswith("local") else {})
        builder = pyspark.sql.SparkSession.builder.master(master).appName("signposts")
        spark = builder.config(map=begun_with).getOrCreate()
    except _faults() as error:
        raise EngineFailed(
            f"no Spark session at {master}: {_reason(error)}; is Java 17 here, and the master up?"
        ) from error
    if spark.conf.get(PREPARED, "") != "yes":
        _prepare(spark)
    return spark


def _imported() -> Any:
    """Return pyspark. It warns of a new pandas when it looks whether there is one; nothing here goes through pandas.

    Raises:
        InputError: it is not installed.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas", category=FutureWarning)
        try:
            import pyspark.errors
            import pyspark.sql.types
            import pyspark.testing.utils
        except ImportError as error:
            raise InputError(
                f"SIGNPOSTS_ENGINE is spark, but {error.name} is missing: pip install -e .[spark]"
            ) from error
    return pyspark


def _prepare(spark: Any) -> None:
    """Give a new session the settings and the function that the statements need."""
    own = spark.sparkContext.getConf()
    for name, value in USUAL.items():
        if not own.contains(name):
            spark.conf.set(name, value)
    for name, value in MEANING.items():
        spark.conf.set(name, value)
    as_text = _imported().sql.types.StringType()
    spark.udf.register(DOUBLE_AS_TEXT, lambda number: None if number is None else repr(number), as_text)
    spark.sparkContext.setLogLevel("ERROR")
    spark.conf.set(PREPARED, "yes")


@contextmanager
def _executors_awaited(spark: Any, master: str) -> Iterator[None]:
    """Give up a statement that has had no executor for PATIENCE_SECONDS.

    Raises:
        EngineFailed: none came.
    """
    if master.startswith("local"):
        yield
        return
    context = spark.sparkContext
    ended, given_up = threading.Event(), threading.Event()

    def watch() -> None:
        seen = time.monotonic()
        while not ended.wait(LOOK_SECONDS):
            with suppress(*_faults()):
                if context._jsc.sc().getExecutorMemoryStatus().size() > 1:  # the driver counts as one
                    seen = time.monotonic()
                elif time.monotonic() - seen > PATIENCE_SECONDS:
                    given_up.set()
                    context.cancelAllJobs()
                    return

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    except _faults() as error:
        if given_up.is_set():
            stop(spark)
            raise EngineFailed(
                f"Spark at {master} has had no executor for {PATIENCE_SECONDS:.0f} s: start its workers and run again"
            ) from error
        raise
    finally:
        ended.set()
        watcher.join()


def stop(spark: Any) -> None:
    """End a session whose cluster is in doubt, so that the next statement begins a new one; a dead one is let go."""
    with suppress(*_faults()):
        spark.stop()


def _faults() -> tuple[type[Exception], ...]:
    """Return the errors by which a failed statement, a lost cluster or a lost driver shows itself."""
    from py4j.protocol import Py4JError

    return (_imported().errors.PySparkException, Py4JError, ConnectionError)


def _reason(error: Exception) -> str:
    """Return the line of an error that names the cause; a Java trace has it behind the last 'Caused by'."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    causes = [line for line in lines if line.startswith("Caused by:")]
    return (causes or lines or [type(error).__name__])[-1 if causes else 0][:300].rstrip(".")
