"""Files that people attach: what they are, what can be read from them, and how they are given back.

The files are hostile. They are opened in a child process only, see `child`.
"""
