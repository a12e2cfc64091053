# environ_open(): an open file is of the program of that moment, whoever reads; then it is empty
A=one; sleep infinity &
( while ! grep -q A=one /proc/$!/environ { true } )
open -m r /proc/$!/environ; open -m r /proc/$!/environ; spawn v; v setresuid 1000 1000 1000
expect { v cat <&3 } prints "A=one"
expect { v cat /proc/$!/environ } fails EACCES
kill -KILL 2
expect { cat <&4 } prints ""
waitpid
expect { cat <&4 } prints ""
