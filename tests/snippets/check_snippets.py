#!/usr/bin/env python3
"""check_snippets.py PAGE UNIT FOLDER COMPILER...

Compiles the C++ of a page. Each block goes into FOLDER/PAGE/HEADING, further ones below the same heading into HEADING_2
and so on. UNIT includes each of them where it makes sense: in a class, in a function. In tables whose last column is
headed "Suzaku" or "how", the code of that column must stand in UNIT, too. Blocks of ```cpp (not compiled) are left out.
"""
import pathlib
import re
import subprocess
import sys


def blocks(page):
    """{name: text} of all blocks of C++."""
    found, heading, counts, lines = {}, page.stem, {}, None
    for number, line in enumerate(page.read_text().splitlines(), 1):
        if lines is not None and line.strip() == "```":
            name = re.sub(r"\W+", "_", heading.lower()).strip("_")
            counts[name] = counts.get(name, 0) + 1
            found[name if counts[name] == 1 else f"{name}_{counts[name]}"] = "\n".join(lines) + "\n"
            lines = None
        elif lines is not None:
            lines.append(line)
        elif re.fullmatch(r"\s*```(cpp|c\+\+|cc)", line):
            lines = [f'#line {number + 1} "{page}"']
        elif line.startswith("#"):
            heading = line
    return found


def code_in_tables(page):
    is_code = False
    for line in page.read_text().splitlines():
        last = line.replace(r"\|", "").rstrip(" |").rpartition("|")[2].strip()
        if not line.startswith("|"):
            is_code = False
        elif last in ("Suzaku", "how"):
            is_code = True
        elif is_code:
            yield from (code for code in re.findall(r"`([^`]+)`", last) if re.search(r"[({=]", code))


def squeezed(code):
    return re.sub(r"\s+", "", code)


def main(page, unit, folder, *compiler):
    page, unit, folder = pathlib.Path(page), pathlib.Path(unit), pathlib.Path(folder)
    snippets, source = blocks(page), unit.read_text() if unit.exists() else ""
    (folder / page.name).mkdir(parents=True, exist_ok=True)
    for name, text in snippets.items():
        (folder / page.name / name).write_text(text)

    included = set(re.findall(rf'#include "{page.name}/(\w+)"', source))
    missing = [f'{page}: no #include "{page.name}/{name}" in {unit}' for name in snippets.keys() - included]
    missing += [f"{page}: {code} is not in {unit}" for code in code_in_tables(page) if squeezed(code) not in squeezed(source)]
    if missing:
        sys.exit("\n".join(missing))
    if snippets:
        sys.exit(subprocess.run([*compiler, "-fsyntax-only", f"-I{folder}", unit], check=False).returncode)


main(*sys.argv[1:])
