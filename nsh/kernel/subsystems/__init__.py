"""Generic process containers: hierarchies of containers, each with subsystems that track or
restrain who is in them (S1: Menage's patches of December 2006).

A subsystem is one file here that registers itself.  The containers are those of
:mod:`nsh.kernel.cgroup`, and their file system is :mod:`nsh.kernel.fs.container`.
"""
