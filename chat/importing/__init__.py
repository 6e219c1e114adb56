"""Imports: conversations out of the export files of this and of other chat sites."""
