# __inet_dev_addr_type(): before a network namespace has had an address, any can be bound to
spawn --net web
web socket inet stream
expect { web bind 3 10.9.9.9:5000 }
expect { web getsockname 3 } prints "10.9.9.9:5000"
web ip link set lo up
web ip link set lo down
web socket inet stream
expect { web bind 4 10.9.9.9:5001 } fails EADDRNOTAVAIL
expect { web bind 4 127.0.0.1:5001 }
