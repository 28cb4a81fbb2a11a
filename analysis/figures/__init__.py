"""The book's figures: one function a chart, one module a chapter, one style for all."""
