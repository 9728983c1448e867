"""How tests are handed out to workers: a file goes to one of them whole, and what takes longest goes first.

What a file makes once for its tests, a model, a history, an office with a month of orders, is made once, and not by each
worker again. Files that share something dear are handed out as one.
"""

from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

TOGETHER = {
    "tests/conformance/test_corpus_sql.py": "spark",
    "tests/conformance/test_generated.py": "spark",
    "tests/warehouse/test_spark.py": "spark",
}
"""Files that share what a session makes: Spark starts once, and grows faster as it runs."""

LONG_FIRST = (
    "spark",
    "tests/office/test_life.py",
    "tests/office/test_browser.py",
    "tests/office/desk/test_desk_browser.py",
    "tests/office/operations/test_kills.py",
    "tests/office/operations/test_durability.py",
    "tests/practice/test_loop.py",
    "tests/flow/oversight/test_estimates.py",
    "tests/architecture/test_contracts.py",
    "tests/office/insight/test_results_audit.py",
    "tests/cli/test_rerun.py",
)
"""What takes long with few tests: no worker is to begin it when the others have nothing left to do."""


class ByFile(LoadFileScheduling):  # type: ignore[misc]  # it comes without types
    """Hand out whole files, the long ones first, then those of many tests before those of few."""

    def _split_scope(self, nodeid: str) -> str:
        """Name what a test is handed out with."""
        file: str = super()._split_scope(nodeid)
        return TOGETHER.get(file, file)

    def _assign_work_unit(self, node: WorkerController) -> None:
        """Hand out the longest that is left."""
        for name in LONG_FIRST:
            if name in self.workqueue:
                self.workqueue.move_to_end(name, last=False)
                break
        super()._assign_work_unit(node)
