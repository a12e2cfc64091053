# timeout(1): 124 for who was ended, 137 by KILL, else the command's own status
expect { timeout 0.01 sleep infinity || echo $? } prints "124"
expect { timeout 1000 cat /nowhere || echo $? } prints "1"
expect { timeout 0 true }
expect { timeout -s KILL 0.01 sleep infinity || echo $? } prints "137"
expect { timeout --preserve-status 0.01 sleep infinity || echo $? } prints "143"
expect { timeout 1000 nosuchcommand || echo $? } prints "127"
