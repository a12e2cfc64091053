# socket(2): a stream joins what is sent, datagrams and sequences of packets keep it apart
socketpair stream
send 3 one; send 3 two
expect { recv 4 } prints "onetwo"
socketpair seqpacket
send 5 one; send 5 two
expect { recv -s 2 6 } prints "on"
expect { recv 6 } prints "two"
socketpair dgram
send 7 one; send 7 two
expect { recv -p 8 } prints "one"
expect { recv 8 } prints "one"
expect { recv 8 } prints "two"
