#: # Timers after a restart
#:
#: *"keep the monotonic timers from expiring when you restart — required for C/R"*, say the notes.
#: A program keeps its appointments in absolute times of a clock that counts from the boot. Restart
#: it elsewhere, on a machine that has been up for longer, and all of them are over at once.
profile mainline
spawn worker
as worker timer create -c monotonic -n none
as worker clock
#: The appointment: when the clock shows 100 seconds.
as worker timer settime --absolute 0 100
as worker timer gettime 0
expect { as worker timer gettime 0 } matches /^(100|99\.\d+) left, every 0$/

#: ## Without a namespace
#:
#: The other machine has been up for a day when the program is restarted there. It asks for its
#: timer again, as its image says: *when the clock shows 100*. That was long ago.
sleep 86400
spawn restarted
as restarted timer create -c monotonic -s USR1
as restarted sigprocmask -b USR1
as restarted timer settime --absolute 0 100
sleep 1
expect { as restarted sigpending } prints "USR1"
#: Nor is a periodic one merely early: a day's worth of ticks is missed, and counted at once.
as restarted timer create -c monotonic -s USR2
as restarted sigprocmask -b USR2
as restarted timer settime --absolute 1 100 100
sleep 1
as restarted trap USR2 { timer overrun 1 }
expect { as restarted sigprocmask -u USR2 } prints "863"

#: ## With one
#:
#: A time namespace gives the clock back that the program knew. Its offset is settled before the
#: first task is in it, and then never again: no clock of a running program jumps.
unshare --time
echo monotonic -86402 0 > /proc/self/timens_offsets
cat /proc/self/timens_offsets
spawn carried
as carried clock
expect { as carried clock } prints "0"
as carried timer create -c monotonic -s USR1
as carried sigprocmask -b USR1
as carried timer settime --absolute 0 100
sleep 1
expect { as carried sigpending } prints ""
expect { as carried timer gettime 0 } matches /^9[89](\.\d+)? left, every 0$/
#: It fires when it should, and not before.
sleep 98
expect { as carried sigpending } prints ""
sleep 2
expect { as carried sigpending } prints "USR1"
expect { echo monotonic 0 0 > /proc/self/timens_offsets } fails EACCES

#: The wall clock is everybody's: mainline has no namespace for it, nor for the hardware's (*nsh
#: play demos/s2/rtc.nsh*).
expect $(as carried date +%FT%H:%M) == $(date +%FT%H:%M)

# Shows N12.
