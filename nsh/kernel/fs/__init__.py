"""The file layer: a VFS, and the file system types that register with it.

`walk` finds places by path; `opening`, `transfer`, `names`, `attributes`, `places` and
`mount_calls` answer requests; `types` says what a file system type is, `drivers` what a device.
Each type stands in a module or folder of its own, and none of them is named here.
"""
