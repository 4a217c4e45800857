"""Runs a notebook from its standard input with nbclient; then the cells after the parameters again, in another order."""
import random
import sys

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

notebook = nbformat.reads(sys.stdin.read(), as_version=4)
client = NotebookClient(notebook, timeout=400)
with client.setup_kernel():
    code = [(index, cell) for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    # The first cells bring packages and parameters; the last of the parameters are those that were given.
    given = next(place for place, (_, cell) in enumerate(code) if cell.get("id") == "given")
    # Who begins a comparison anew runs the variants anew, too: they are read, but not by a cell of the comparison.
    steady = [cell for cell in code[given + 1:] if "= new Ablation(" not in cell[1].source]
    for turn, cells in [("in order", code), ("shuffled", random.Random(1).sample(steady, len(steady)))]:
        for index, cell in cells:
            try:
                client.execute_cell(cell, index)
            except CellExecutionError as error:
                sys.exit(f"{turn}, cell {index}: {error}")
print(f"{len(code)} cells, and {len(steady)} of them again")
