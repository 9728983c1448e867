"""A Spark session: one of this machine, or the one a cluster started us in."""

import os
import re
import shutil
import sys
from pathlib import Path

from pyspark.sql import SparkSession

from darvoza.errors import SettingsError

MEMORY = "2g"
QUIET = Path(__file__).with_name("log4j2.properties")


HERE = "local[2]"
SUBMITTED = "PYSPARK_GATEWAY_PORT"
"""Set for a program that ``spark-submit`` started; the master is then known already."""


def local_session(master: str | None = None) -> SparkSession:
    """Start Spark, or take the session that runs already.

    Started by ``spark-submit`` on a cluster, everything the cluster has set stays as it is. On this machine
    (``local[2]``) nothing listens beyond the loopback, there is no screen of Spark's own, and the workers run the
    Python that runs this.

    Parameters
    ----------
    master
        ``local[N]``, or the address of a cluster. ``None`` takes what ``spark-submit`` was told, and where that did
        not start us, two threads of this machine.

    Raises
    ------
    SettingsError
        There is no Java to run it on.
    """
    if "JAVA_HOME" not in os.environ and shutil.which("java") is None:
        raise SettingsError(field="engine", expected="Java 17 or later", got="none", hint="or use --engine local")
    builder = SparkSession.builder.appName("darvoza").config("spark.sql.session.timeZone", "UTC")
    if master is None and SUBMITTED in os.environ:
        return builder.getOrCreate()
    master = master or HERE
    if not re.fullmatch(r"local(\[.*\])?", master):
        return builder.master(master).getOrCreate()
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    settings = {
        "spark.driver.memory": MEMORY,
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={QUIET.as_uri()}",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "4",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "65536",
        "spark.sql.warehouse.dir": "/nonexistent/darvoza-keeps-no-tables",
        "spark.sql.catalogImplementation": "in-memory",
    }
    builder = builder.master(master)
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session
