"""Copy the browser assets out of node_modules into the desk's ignored static folder.

Nothing of other people's is committed: ``npm ci --ignore-scripts`` fetches what package-lock.json pins,
this copies the few files the pages load. References to source maps are cut, because the maps are not
copied and a manifest of static files refuses references to files that are not there.
"""

from __future__ import annotations

import gzip
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "node_modules"
TARGET = ROOT / "src/tenure/desk/kit/static/vendor"

FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler/tabler.min.css",
    "bootstrap-icons/font/bootstrap-icons.min.css": "bootstrap-icons/bootstrap-icons.min.css",
    "bootstrap-icons/font/fonts/bootstrap-icons.woff2": "bootstrap-icons/fonts/bootstrap-icons.woff2",
    "bootstrap-icons/font/fonts/bootstrap-icons.woff": "bootstrap-icons/fonts/bootstrap-icons.woff",
    "bootstrap-icons/LICENSE": "bootstrap-icons/LICENSE",
    "echarts/dist/echarts.common.min.js": "echarts/echarts.common.min.js",
    "echarts/LICENSE": "echarts/LICENSE",
    "echarts/NOTICE": "echarts/NOTICE",
}
SOURCE_MAP = re.compile(rb"\s*(?://[#@]\s*sourceMappingURL=\S+|/\*[#@]\s*sourceMappingURL=[^*]*\*/)\s*")


def main() -> int:
    """Copy every file; the number of the first failure is the exit code."""
    if not SOURCE.is_dir():
        print(f"✗ {SOURCE} is not there.\n  → Run `npm ci --ignore-scripts` first.", file=sys.stderr)
        return 5
    missing = [name for name in FILES if not (SOURCE / name).is_file() and not name.endswith(("LICENSE", "NOTICE"))]
    if missing:
        print(f"✗ Not in node_modules: {', '.join(missing)}", file=sys.stderr)
        print("  → Run `npm ci --ignore-scripts` again; package-lock.json says which versions.", file=sys.stderr)
        return 5
    total = 0
    for name, target in FILES.items():
        source = SOURCE / name
        if not source.is_file():
            continue
        content = source.read_bytes()
        if name.endswith((".css", ".js")):
            content = SOURCE_MAP.sub(b"\n", content)
        path = TARGET / target
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_bytes() != content:
            path.write_bytes(content)
        packed = len(gzip.compress(content, 6))
        total += packed
        print(f"  {target:<48} {len(content) / 1024:>8.0f} KB {packed / 1024:>8.0f} KB packed")
    print(f"  {'all':<48} {'':>11} {total / 1024:>8.0f} KB packed")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
