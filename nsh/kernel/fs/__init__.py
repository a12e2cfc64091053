"""The file layer: a VFS, and the file system types that register with it.

`walk` finds places by path, `open`, `read_write` and their neighbours answer requests about files,
and each file system type stands in a module or folder of its own. None of them is named here.
"""
