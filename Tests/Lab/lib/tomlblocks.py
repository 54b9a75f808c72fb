#!/usr/bin/env python3
"""tomlblocks.py FILE DIR: every configuration of a Markdown file, each into DIR/LINE.toml, and its path on a line.

A configuration is a block that begins with ```toml, or a here document that a shell block writes to a *.toml file. Each
is a whole file: what is a part of one has another fence.
"""
import re
import sys

source, directory = sys.argv[1:]
end = None
block, began = [], 0
for number, line in enumerate(open(source, encoding="utf-8"), 1):
    if end is not None:
        if line.strip() == end:
            path = f"{directory}/{began}.toml"
            with open(path, "w", encoding="utf-8") as out:
                out.writelines(block)
            print(path)
            end = None
        else:
            block.append(line)
    elif line.strip() == "```toml":
        end, block, began = "```", [], number
    elif found := re.search(r"[.]toml <<-?'?(\w+)'?$", line.rstrip()):
        end, block, began = found.group(1), [], number
if end is not None:
    sys.exit(f"{source}:{began}: a configuration without an end")
