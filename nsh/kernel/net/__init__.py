"""The network: links, addresses and routes, sockets of each family (N6).

Its namespaces are :mod:`nsh.kernel.netns`'s, what every machine has of links is
:mod:`nsh.kernel.interfaces`'s.
"""
