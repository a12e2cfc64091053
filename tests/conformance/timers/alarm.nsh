# alarm(2), setitimer(2): one timer; what is left is told in seconds, rounded, and never as 0
expect { alarm 100 } prints "0"
expect { alarm 200 } prints "100"
expect { getitimer real } matches /^(200|199\.\d+) left, every 0$/
expect { alarm 0 } prints "200"
expect { alarm 0 } prints "0"
setitimer real 0.4 5
expect { getitimer real } matches /^0\.[34]\d* left, every 5$/
expect { alarm 0 } prints "1"
expect { getitimer real } prints "0 left, every 0"
setitimer real 100.9
expect { alarm 0 } prints "101"
expect { setitimer real -1 } fails EINVAL
expect { setitimer real 1 -1 } fails EINVAL
