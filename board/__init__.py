"""Everything that runs on the PYNQ-Z2: driver, preprocessing, notebook.

Needs Python 3.8, numpy and, on the board itself, pynq. Imports no other package of the project.
"""
