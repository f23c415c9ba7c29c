"""Loading the Python files that lie beside a lab: checks.py and setup.py."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from ecslab.course.problem import CourseProblem


def load_module(path: Path) -> ModuleType:
    """Run a file of a lab as a module of its own; it is not kept in `sys.modules`.

    Raises:
        CourseProblem: there is no such file, or it does not run.
    """
    name = f"ecslab_course_{path.parent.name}_{path.stem}".replace("-", "_")
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise CourseProblem(path, "there is no such file", f"Every lab has a {path.name}")
    module = importlib.util.module_from_spec(spec)
    bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        trace, line = error.__traceback__, None
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == str(path):
                line = trace.tb_lineno
            trace = trace.tb_next
        raise CourseProblem(
            path, f"does not run: {type(error).__name__}: {error}", "Mend it", line=line
        ) from error
    finally:
        sys.dont_write_bytecode = bytecode
    return module
