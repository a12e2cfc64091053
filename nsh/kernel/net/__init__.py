"""The network: namespaces, links and routes, sockets of each family (network_namespaces(7); N6)."""
