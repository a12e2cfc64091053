# show_timer(): a timer keeps the struct pid of the thread it signals, dead or not
spawn --pid w
w spawn --thread q
w timer create -s USR1 -t 2
as q exit --thread
expect { ps -L -o tid= -p w } prints "2"
expect { cat /proc/2/timers } matches /^notify: signal\/tid\.3$/
w { unshare -m; mount -t proc proc /proc }
expect { w cat /proc/1/timers } matches /^notify: signal\/tid\.2$/
