"""What the build needs of others' libraries, in one folder that travels along: headers, and zlib's archive."""

import os
import pathlib
import shutil
import subprocess

from parts.machine import PACK, ROOT, commit

# what is looked for, what is taken along from beside it
HEADERS = {
    "fmt/format.h": "fmt",
    "nlohmann/json.hpp": "nlohmann",
    "CLI/CLI.hpp": "CLI",
    "doctest/doctest.h": "doctest",
    "zlib.h": "zlib.h",
    "zconf.h": "zconf.h",
}
LIMIT_MB = 16


def include_folders(cxx):
    """Those of the compiler, then those of libraries that CMake fetched."""
    said = subprocess.run([cxx, "-E", "-v", "-x", "c++", "/dev/null"], capture_output=True, text=True).stderr
    between = said.partition("search starts here:\n#include <...>")[2] or said
    folders = [line.strip() for line in between.splitlines() if line.startswith(" /")]
    for fetched in sorted(ROOT.glob("build*/_deps/*-src")):
        folders += [str(fetched / "include"), str(fetched)]
    return folders


def pack(cxx):
    """Makes the folder anew. What is wrong, or None."""
    folders = include_folders(cxx)
    fresh = PACK.with_name("pack.new")
    shutil.rmtree(fresh, ignore_errors=True)
    (fresh / "include").mkdir(parents=True)
    (fresh / "lib").mkdir()
    for header, taken in HEADERS.items():
        folder = next((f for f in folders if os.path.exists(os.path.join(f, header))), None)
        if folder is None:
            return f"{header} is not in {', '.join(folders)}; ./gradus setup gets what is missing"
        source = pathlib.Path(folder) / taken
        if source.is_dir():
            shutil.copytree(source, fresh / "include" / taken)
        else:
            shutil.copy(source, fresh / "include" / taken)
    archive = subprocess.run([cxx, "-print-file-name=libz.a"], capture_output=True, text=True).stdout.strip()
    if not os.path.isabs(archive):
        return "libz.a is not there, zlib as an archive (package zlib1g-dev, on Fedora zlib-static)"
    shutil.copy(archive, fresh / "lib" / "libz.a")
    (fresh / "commit").write_text(commit() + "\n")
    size = sum(f.stat().st_size for f in fresh.rglob("*") if f.is_file()) / 1e6
    if size > LIMIT_MB:
        return f"it holds {size:.0f} MB, expected at most {LIMIT_MB}"
    shutil.rmtree(PACK, ignore_errors=True)
    fresh.rename(PACK)
    print(f"{PACK.relative_to(ROOT)}: {size:.1f} MB, commit {commit()}")
    return None
