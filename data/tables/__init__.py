"""One module per topic: which raw tables it reads, its checks, and the clean tables it makes."""
