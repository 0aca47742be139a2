"""The browser's assets are copied whole, without references to files that are not copied, or the reason is said."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

TOOL = Path(__file__).resolve().parents[2] / "tools/copy_assets.py"


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    specification = importlib.util.spec_from_file_location("copy_assets", TOOL)
    assert specification and specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    monkeypatch.setattr(module, "SOURCE", tmp_path / "node_modules")
    monkeypatch.setattr(module, "TARGET", tmp_path / "vendor")
    return module


def test_without_packages_it_says_what_to_run(tool: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert tool.main() == 5
    assert "npm ci" in capsys.readouterr().err


def test_a_missing_file_is_named(tool: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    tool.SOURCE.mkdir()
    assert tool.main() == 5
    assert "tabler.min.css" in capsys.readouterr().err


def test_files_are_copied_and_source_maps_forgotten(tool: ModuleType) -> None:
    for name in tool.FILES:
        path = tool.SOURCE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"body{}\n/*# sourceMappingURL=tabler.min.css.map */" if name.endswith(".css") else b"x()")
        if name.endswith(".js"):
            path.write_bytes(b"x()\n//# sourceMappingURL=echarts.js.map")
    assert tool.main() == 0
    copied = {str(path.relative_to(tool.TARGET)) for path in tool.TARGET.rglob("*") if path.is_file()}
    assert copied == set(tool.FILES.values())
    for path in tool.TARGET.rglob("*.[cj]s*"):
        assert b"sourceMappingURL" not in path.read_bytes(), path
