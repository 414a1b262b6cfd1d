"""Modules that torch lacks, one file per family of blocks; each class can be copied into a file of its own."""
