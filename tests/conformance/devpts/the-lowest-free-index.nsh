# ptmx_open(), devpts_new_index(): a new terminal has the lowest index that is free
openpty -m
openpty -m
openpty -m
openpty -m
exec 4<&- 6<&-
expect { ls /dev/pts } matches /^0\s+2\s+ptmx$/
expect { openpty -m } matches /\/dev\/pts\/1$/
expect { openpty -m } matches /\/dev\/pts\/3$/
expect { openpty -m } matches /\/dev\/pts\/4$/
