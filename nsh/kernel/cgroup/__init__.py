"""Cgroups: hierarchies of them, who is in which, and what their files do (cgroups(7);
Documentation/admin-guide/cgroup-v2.rst).

Their namespace is :mod:`nsh.kernel.cgroupns`'s, the file systems are :mod:`nsh.kernel.fs`'s.
"""
