"""The tables and charts of each chapter, one module per notebook, by the notebook's name."""
