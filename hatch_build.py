"""What is made when the package is built: the words of every language, out of their readable catalogues."""

import importlib.util
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MODULE = Path("src/darvoza/office/catalogues.py")


class Words(BuildHookInterface[Any]):
    """Compiles the catalogues before a wheel is put together."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatch calls it so
        """Load the one module that compiles, without the rest of the house, and run it."""
        spec = importlib.util.spec_from_file_location("catalogues", Path(self.root) / MODULE)
        if spec is None or spec.loader is None:
            raise FileNotFoundError(MODULE)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        module.compile_catalogues()
