"""Runs a notebook from standard input with nbclient and writes it to a file: run_notebook.py OUT [again].

With "again", the cells after the parameters then run once more, in another order.
"""
import random
import sys

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

notebook = nbformat.reads(sys.stdin.read(), as_version=4)
# The kernel sends a message a printed line, and the client takes a while for many.
client = NotebookClient(notebook, timeout=400, iopub_timeout=120)
with client.setup_kernel():
    code = [(index, cell) for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    turns = [("in order", code)]
    if sys.argv[2:]:
        # The first cells bring packages and parameters; the last of the parameters are those that were given.
        given = next(place for place, (_, cell) in enumerate(code) if cell.get("id") == "given")
        # Who begins a comparison anew runs the variants anew, too: they are read, but not by a cell of the comparison.
        steady = [cell for cell in code[given + 1:] if "= new Ablation(" not in cell[1].source]
        turns.append(("shuffled", random.Random(1).sample(steady, len(steady))))
    for turn, cells in turns:
        for index, cell in cells:
            try:
                client.execute_cell(cell, index)
            except CellExecutionError as error:
                sys.exit(f"{turn}, cell {index}: {error}")
        if turn == "in order":
            nbformat.write(notebook, sys.argv[1])
