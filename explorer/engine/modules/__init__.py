"""Modules that torch lacks, one file per family of blocks; each class can be copied out."""
