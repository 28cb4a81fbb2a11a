"""What the make targets run: execute the notebooks, judge them, build the book."""
