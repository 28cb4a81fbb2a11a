"""Models, figures, tables and prose of the book; a page loads no more of it than it names."""
